import { GraphQLTrouble } from './trouble.ts';

/** The arguments of every connection. */
export interface PageArguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

/** A connection, of which only what is asked for is worked out. */
export interface Connection<T> {
  totalCount: number | (() => number);
  nodes: () => T[];
  edges: () => { cursor: string; node: T }[];
  pageInfo: () => {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/** What items are ordered by: a value, and the number that decides between equal ones. */
export type SortKey = readonly [number | string, number];

/** In a fixed order; cursors count. When something comes or goes before a page, later pages move. */
export function pageByPlace<T>(list: readonly T[] | (() => readonly T[]), args: PageArguments): Connection<T> {
  let known: readonly T[] | null = null;
  const all = () => {
    known ??= typeof list === 'function' ? list() : list;
    return known;
  };
  const placeOf = (cursor: string): number => {
    const place = Number(Buffer.from(cursor, 'base64').toString('utf8'));
    if (!Number.isSafeInteger(place) || place < 1) throw notACursor(cursor);
    return place;
  };
  return connection({
    total: () => all().length,
    cut: () => {
      const items = all();
      const from = args.after == null ? 0 : placeOf(args.after);
      const to = args.before == null ? items.length : placeOf(args.before) - 1;
      return take(items, from, to, args);
    },
    cursorOf: (_, place) => Buffer.from(String(place + 1)).toString('base64'),
  });
}

/** By a key; a cursor names the key of an item, so what comes or goes elsewhere moves nothing. */
export function pageByKey<T>(
  items: () => readonly T[],
  args: PageArguments,
  keyOf: (item: T) => SortKey,
  direction: 'ASC' | 'DESC',
): Connection<T> {
  const sign = direction === 'ASC' ? 1 : -1;
  const order = (a: SortKey, b: SortKey) => sign * (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]);
  const read = (cursor: string): SortKey => {
    const [, value, id] = /^cursor:v2:(.*):(\d+)$/s.exec(Buffer.from(cursor, 'base64').toString('utf8')) ?? [];
    if (value === undefined) throw notACursor(cursor);
    return [JSON.parse(value) as number | string, Number(id)];
  };
  return connection({
    total: () => items().length,
    cut: () => {
      const sorted = [...items()].sort((a, b) => order(keyOf(a), keyOf(b)));
      const after = args.after == null ? null : read(args.after);
      const before = args.before == null ? null : read(args.before);
      const from = after === null ? 0 : countWhile(sorted, (item) => order(keyOf(item), after) <= 0);
      const to = before === null ? sorted.length : countWhile(sorted, (item) => order(keyOf(item), before) < 0);
      return take(sorted, from, to, args);
    },
    cursorOf: (item) => {
      const [value, id] = keyOf(item);
      return Buffer.from(`cursor:v2:${JSON.stringify(value)}:${id}`).toString('base64');
    },
  });
}

interface Cut<T> {
  items: readonly T[];
  /** Where it begins in the whole. */
  from: number;
  before: boolean;
  more: boolean;
}

export function connection<T>(parts: {
  total: () => number;
  cut: () => Cut<T>;
  cursorOf: (item: T, place: number) => string;
}): Connection<T> {
  let made: Cut<T> | null = null;
  const page = () => {
    made ??= parts.cut();
    return made;
  };
  const cursorAt = (index: number) => {
    const { items, from } = page();
    const item = items.at(index);
    return item === undefined ? null : parts.cursorOf(item, from + (index < 0 ? items.length + index : index));
  };
  return {
    totalCount: parts.total,
    nodes: () => [...page().items],
    edges: () => page().items.map((node, index) => ({ cursor: cursorAt(index) ?? '', node })),
    pageInfo: () => ({
      ...{ hasNextPage: page().more, hasPreviousPage: page().before },
      ...{ startCursor: cursorAt(0), endCursor: cursorAt(-1) },
    }),
  };
}

export function take<T>(items: readonly T[], from: number, to: number, { first, last }: PageArguments): Cut<T> {
  const end = first == null ? to : Math.min(to, from + first);
  const start = last == null ? from : Math.max(from, end - last);
  return { items: items.slice(start, end), from: start, before: start > 0, more: end < items.length };
}

export function notACursor(cursor: string): GraphQLTrouble {
  return new GraphQLTrouble('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`);
}

/** How many at the beginning of a sorted list. */
function countWhile<T>(sorted: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = sorted[middle];
    if (item !== undefined && holds(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
