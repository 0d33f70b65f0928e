import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/**
 * Does a piece of work in a transaction that it may share with others. The work may be done twice, so it does nothing
 * but ask the database.
 *
 * @returns what the work returned, once it is on the disk
 * @throws what the work throws; then nothing of it is in the database
 */
export type GroupCommit = <T>(work: (transaction: Transaction<Schema>) => Promise<T>) => Promise<T>;

interface Waiting {
  work(transaction: Transaction<Schema>): Promise<unknown>;
  resolve(result: never): void;
  reject(error: unknown): void;
}

/** A request that is under way when another one is here takes about as long to get here itself. */
const WAIT_MS = 1;

/**
 * A commit waits for the disk, and the whole process with it; so what comes together is committed together. One that
 * comes alone does not wait for company.
 */
export function createGroupCommit(db: Kysely<Schema>): GroupCommit {
  let waiting: Waiting[] = [];
  let crowded = false;

  const commit = async (group: readonly Waiting[]) => {
    try {
      const results = await db.transaction().execute(async (transaction) => {
        const done: unknown[] = [];
        for (const { work } of group) done.push(await work(transaction));
        return done;
      });
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as never);
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      // One of them failed and took the others along. That is rare; by itself, each gets what it deserves.
      else for (const one of group) await commit([one]);
    }
  };

  const commitAll = () => {
    const group = waiting;
    waiting = [];
    crowded = group.length > 1;
    void commit(group);
  };

  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push({ work, resolve, reject });
      if (waiting.length > 1) return;
      if (crowded) setTimeout(commitAll, WAIT_MS);
      else setImmediate(commitAll);
    });
}
