import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/**
 * Does a piece of work in a transaction that it may share with others. It may be done twice, so it does nothing but ask
 * the database.
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

/**
 * A commit waits for the disk, and the whole process with it; so what comes meanwhile is committed together with the
 * next. Under load that is several times as fast as each by itself, and alone it is as fast.
 */
export function createGroupCommit(db: Kysely<Schema>): GroupCommit {
  let waiting: Waiting[] = [];

  const run = async (group: readonly Waiting[]) => {
    try {
      const results = await db.transaction().execute(async (transaction) => {
        const done: unknown[] = [];
        for (const { work } of group) done.push(await work(transaction));
        return done;
      });
      group.forEach(({ resolve }, index) => {
        resolve(results[index] as never);
      });
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      // Whose failure it was does not matter: it is rare, and by itself each gets its own.
      else for (const one of group) await run([one]);
    }
  };

  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push({ work, resolve, reject });
      if (waiting.length > 1) return;
      // Not at once: those whose requests arrived in the same moment are about to come.
      setImmediate(() => {
        const group = waiting;
        waiting = [];
        void run(group);
      });
    });
}
