/**
 * The rows of one account are found by stretches of the log: of each is noted which accounts it is about. An index of all
 * rows by their accounts would have to be written with every row; this is so only with the first of an account in a
 * stretch.
 */
import type { Prepare } from '../../storage/store.ts';

export const ROWS_OF_STRETCH = 64;

/** Enough to tell a few accounts apart, for connections have random ids (RFC 9562 §5.4). */
export const LENGTH_OF_MARK = 8;

export function stretchOf(number: number): number {
  return Math.floor(number / ROWS_OF_STRETCH);
}

/** @returns how an account stands in the list of a stretch, where another might stand alike */
export function markOf(connectionId: string): string {
  return connectionId.slice(0, LENGTH_OF_MARK);
}

/** Notes which accounts rows are about. */
export function noteAccounts(prepare: Prepare, rows: readonly { number: number; connectionId: string }[]): void {
  const stretches = new Map<number, Set<string>>();
  for (const { number, connectionId } of rows) {
    const stretch = stretchOf(number);
    const marks = stretches.get(stretch) ?? new Set();
    stretches.set(stretch, marks.add(markOf(connectionId)));
  }
  for (const [stretch, marks] of stretches) {
    const noted = prepare<[number], { accounts: string }>('select accounts from audit_stretches where stretch = ?');
    const { accounts } = noted.get(stretch) ?? { accounts: '' };
    const added = [...marks].filter((mark) => !accounts.includes(mark));
    if (added.length === 0) continue;
    const note = prepare<[number, string]>(`
      insert into audit_stretches values (?, ?) on conflict do update set accounts = excluded.accounts`);
    note.run(stretch, [...(accounts === '' ? [] : [accounts]), ...added].join());
  }
}
