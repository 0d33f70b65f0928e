import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../storage/schema.ts';

/** Keeps what was found out from the database for as long as nothing is written to it. */
export type Memory = <T>(name: string, findOut: () => Promise<T>) => Promise<T>;

const MOST_KEPT = 100;

/**
 * SQLite counts the rows that were written through a connection (https://sqlite.org/c3ref/total_changes.html), and the
 * app has one: asking for the count costs next to nothing. It counts rows of any table, so what is kept may be found out
 * anew without need, but is never out of date.
 */
export function createMemory(db: Kysely<Schema>): Memory {
  let at: number | undefined;
  const kept = new Map<string, Promise<unknown>>();
  return async <T>(name: string, findOut: () => Promise<T>): Promise<T> => {
    const { rows } = await sql<{ count: number }>`select total_changes() as count`.execute(db);
    const now = rows[0]?.count;
    if (at !== now || kept.size >= MOST_KEPT) kept.clear();
    at = now;
    const known = kept.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const found = findOut();
    kept.set(name, found);
    found.catch(() => kept.delete(name));
    return found;
  };
}
