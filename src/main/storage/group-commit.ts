import type { Kysely, Transaction } from 'kysely';
import type { Clock, Timer } from '../core/clock.ts';
import type { Schema } from './schema.ts';
import { StorageConnection } from './storage-dialect.ts';

/**
 * A commit waits for the disk, and the whole process with it; so what comes together is committed together. One that
 * comes alone does not wait for company.
 */
export interface GroupCommit {
  /**
   * Does a piece of work in a transaction that it may share with others. The work may be done twice, so it does nothing
   * but ask the database.
   *
   * @returns what the work returned, once it is on the disk
   * @throws what the work throws; then nothing of it is in the database
   */
  run<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T>;
  /**
   * Somebody is on the way here, and those who are here wait for him, though not for long.
   *
   * @returns to be called when he has come, or will not; more than once does no harm
   */
  expect(): () => void;
}

interface Waiting {
  work(transaction: Transaction<Schema>): Promise<unknown>;
  resolve(result: never): void;
  reject(error: unknown): void;
}

/** For somebody who is expected, from the first who is here. */
const LONGEST_WAIT_MS = 8;

export function createGroupCommit({ db, clock }: { db: Kysely<Schema>; clock: Clock }): GroupCommit {
  let waiting: Waiting[] = [];
  let expected = 0;
  let timer: Timer | null = null;
  let due = false;
  let busy = false;

  const commit = async (group: readonly Waiting[]) => {
    let committed: Awaited<ReturnType<typeof commitAhead<unknown[]>>>;
    try {
      committed = await commitAhead(db, async (transaction) => {
        const done: unknown[] = [];
        for (const { work } of group) done.push(await work(transaction));
        return done;
      });
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
    timer?.cancel();
    timer = null;
    due = false;
    const group = waiting;
    waiting = [];
    busy = true;
    await commit(group);
    busy = false;
    commitWhenComplete();
  };

  const commitWhenComplete = () => {
    // While the disk is busy with one group, the next one gathers.
    if (waiting.length === 0 || due || busy) return;
    if (expected > 0) {
      timer ??= clock.after(LONGEST_WAIT_MS, commitAll);
      return;
    }
    due = true;
    // Not at once: what arrived in the same moment is about to be here.
    setImmediate(commitAll);
  };

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({ work, resolve, reject });
        commitWhenComplete();
      }),

    expect() {
      let coming = true;
      expected += 1;
      return () => {
        if (!coming) return;
        coming = false;
        expected -= 1;
        commitWhenComplete();
      };
    },
  };
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
  const { results, onDisk } = await commitAhead(db, work);
  await onDisk();
  return results;
}

/** A transaction that does not wait for the disk. That is for `onDisk`, in another thread, while others have the database. */
async function commitAhead<T>(db: Kysely<Schema>, work: (transaction: Transaction<Schema>) => Promise<T>) {
  return db.connection().execute(async (own) => {
    const connection = await own.getExecutor().provideConnection(async (held) => held);
    if (!(connection instanceof StorageConnection)) throw new TypeError('This database is not one of openDatabase.');
    const results = await connection.aheadOfDisk(() => own.transaction().execute(work));
    const onDisk = () => connection.synced().catch(() => db.connection().execute(async () => connection.foldLog()));
    return { results, onDisk };
  });
}
