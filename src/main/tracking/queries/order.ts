import type { Place } from './cursor.ts';

/** A page of rows, and where the next one begins. */
export function cutPage<R>(
  rows: readonly R[],
  limit: number,
  cursorAfter: (row: R) => string,
): { shown: R[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { shown, nextCursor: last === undefined ? null : cursorAfter(last) };
}

/**
 * The first rows of several lists together, each of which is in the same order: an index keeps the order within one
 * value of its first column only, so each value is asked for by itself.
 *
 * @param placeOf what the lists are sorted by
 */
export function firstOf<R>(
  lists: readonly (readonly R[])[],
  count: number,
  direction: 'asc' | 'desc',
  placeOf: (row: R) => Place,
): R[] {
  const sign = direction === 'asc' ? 1 : -1;
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return only.slice(0, count);
  return lists
    .flat()
    .map((row) => ({ row, place: placeOf(row) }))
    .sort((a, b) => sign * compare(a.place, b.place))
    .slice(0, count)
    .map(({ row }) => row);
}

/** As SQLite compares what is of one kind. */
function compare(a: Place, b: Place): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? null;
    if (value === other) continue;
    if (value === null || other === null) return value === null ? -1 : 1;
    return value < other ? -1 : 1;
  }
  return 0;
}
