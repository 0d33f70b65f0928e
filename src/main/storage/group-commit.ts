import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';
import { held, type Prepare, type StorageConnection } from './storage-dialect.ts';

/**
 * A commit waits for the disk; so what comes while one group is on its way there is committed together, as the next. Work
 * that comes alone waits for nobody. To wait for those who are expected was tried: it is no faster.
 *
 * Does a piece of work in a transaction that it may share with others. The work may be done twice, so it does nothing but
 * ask the database.
 *
 * @returns what the work returned, once it is on the disk
 * @throws what the work throws; then nothing of it is in the database
 */
export type GroupCommit = <T>(work: (prepare: Prepare) => T) => Promise<T>;

interface Waiting {
  work(prepare: Prepare): unknown;
  resolve(result: never): void;
  reject(error: unknown): void;
}

export function createGroupCommit(db: Kysely<Schema>): GroupCommit {
  let waiting: Waiting[] = [];
  let busy = false;

  const commit = async (group: readonly Waiting[]) => {
    let committed: Awaited<ReturnType<typeof commitAhead<unknown[]>>>;
    try {
      committed = await commitAhead(db, (connection) =>
        connection.atOnce((prepare) => group.map(({ work }) => work(prepare))),
      );
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      // One of them failed and took the others along. That is rare; by itself, each gets what it deserves.
      else for (const one of group) await commit([one]);
      return;
    }
    const { results, onDisk } = committed;
    try {
      await onDisk();
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as never);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const commitAll = async () => {
    const group = waiting;
    waiting = [];
    await commit(group);
    // Not at once: what arrived in the same moment is about to be here.
    if (waiting.length > 0) setImmediate(commitAll);
    else busy = false;
  };

  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push({ work, resolve, reject });
      if (busy) return;
      busy = true;
      setImmediate(commitAll);
    });
}

/**
 * A transaction whose wait for the disk keeps nobody else waiting: for work that comes by the thousand while others want
 * their answers.
 *
 * @returns what the work returned, once it is on the disk
 * @throws what the work throws; then nothing of it is in the database
 */
export async function commitInBackground<T>(
  db: Kysely<Schema>,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  const { results, onDisk } = await commitAhead(db, (_connection, own) => own.transaction().execute(work));
  await onDisk();
  return results;
}

/** Does work whose commits do not wait for the disk. That is for `onDisk`, in another thread, while others have the database. */
async function commitAhead<T>(
  db: Kysely<Schema>,
  work: (connection: StorageConnection, own: Kysely<Schema>) => T | Promise<T>,
) {
  return db.connection().execute(async (own) => {
    const connection = await held(own);
    const results = await connection.aheadOfDisk(() => work(connection, own));
    const onDisk = () => connection.synced().catch(() => db.connection().execute(async () => connection.foldLog()));
    return { results, onDisk };
  });
}
