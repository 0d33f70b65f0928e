import type Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import { prepareOnce, StorageConnection, StorageDialect } from './storage-dialect.ts';
import { toStorageError } from './storage-error.ts';

/** Makes a statement of its text, once for each text. */
export type Prepare = <P extends unknown[], R = unknown>(text: string) => Sqlite.Statement<P, R>;

/** The database as the rooms use it: with Kysely, and where programs ask thousands of times a second, without. */
export class Store extends Kysely<Schema> {
  readonly #path: string;
  readonly #transaction: (work: (prepare: Prepare) => unknown) => unknown;

  constructor(file: Sqlite.Database) {
    super({ dialect: new StorageDialect(file) });
    this.#path = file.name;
    const prepare = prepareOnce(file) as Prepare;
    this.#transaction = file.transaction((work: (prepare: Prepare) => unknown) => work(prepare)).immediate;
  }

  /**
   * Does a piece of work in a transaction of its own, without a pause in it. A statement takes a third of the time that
   * it takes as a query: nothing is compiled, and nobody waits for a turn in between. The disk keeps only the caller
   * waiting.
   *
   * @returns what the work returned, once what it wrote is on the disk
   * @throws what the work throws, and then nothing of it is in the database; as every query, AppError `disk_full`,
   *   `data_folder_unusable`, `database_corrupt`
   */
  async atOnce<T>(work: (prepare: Prepare) => T): Promise<T> {
    const { result, onDisk } = await aheadOfDisk(this, async () => {
      try {
        return this.#transaction(work) as T;
      } catch (error) {
        throw toStorageError(error, this.#path);
      }
    });
    await onDisk();
    return result;
  }
}

/**
 * Has the database do work whose commits do not wait for the disk. That is for `onDisk`, in another thread, while others
 * have the database.
 *
 * @param work gets the one connection, which is its own until it ends
 */
export async function aheadOfDisk<T>(
  db: Kysely<Schema>,
  work: (own: Kysely<Schema>) => Promise<T>,
): Promise<{ result: T; onDisk(): Promise<void> }> {
  return db.connection().execute(async (own) => {
    const connection = await own.getExecutor().provideConnection(async (held) => held);
    if (!(connection instanceof StorageConnection)) throw new TypeError('This database is not one of openDatabase.');
    const result = await connection.aheadOfDisk(() => work(own));
    const onDisk = () => connection.synced().catch(() => db.connection().execute(async () => connection.foldLog()));
    return { result, onDisk };
  });
}
