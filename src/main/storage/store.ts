import type Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import { held, type Prepare, StorageDialect } from './storage-dialect.ts';

export type { Prepare } from './storage-dialect.ts';

/**
 * The database as the rooms use it: with Kysely, and where programs ask thousands of times a second, with statements. A
 * statement takes a third of the time that it takes as a query: nothing is compiled, and nobody waits for a turn in
 * between.
 */
export class Store extends Kysely<Schema> {
  constructor(file: Sqlite.Database) {
    super({ dialect: new StorageDialect(file) });
  }

  /**
   * Asks something in no transaction of its own.
   *
   * @returns what the work returned
   * @throws what the work throws; as every query, AppError `disk_full`, `data_folder_unusable`, `database_corrupt`
   */
  ask<T>(work: (prepare: Prepare) => T): Promise<T> {
    return this.connection().execute(async (own) => (await held(own)).ask(work));
  }

  /**
   * Does a piece of work in a transaction of its own, without a pause in it. Nor does anybody come between the commit and
   * the caller: were the disk waited for in another thread, a token could be on its way out while its account is
   * disconnected.
   *
   * @returns what the work returned, once what it wrote is on the disk
   * @throws what the work throws, and then nothing of it is in the database; as every query, AppError `disk_full`,
   *   `data_folder_unusable`, `database_corrupt`
   */
  atOnce<T>(work: (prepare: Prepare) => T): Promise<T> {
    return this.connection().execute(async (own) => (await held(own)).atOnce(work));
  }
}
