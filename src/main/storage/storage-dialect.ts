import type Sqlite from 'better-sqlite3';
import { type DatabaseConnection, type Driver, type QueryResult, SqliteDialect, SqliteDriver } from 'kysely';
import { toStorageError } from './storage-error.ts';

/**
 * Kysely's SQLite dialect, every error of which has passed `toStorageError`: so no room needs to know SQLite's codes,
 * and none can forget to translate them.
 */
export class StorageDialect extends SqliteDialect {
  readonly #database: Sqlite.Database;

  constructor(database: Sqlite.Database) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new StorageDriver(this.#database);
  }
}

class StorageDriver extends SqliteDriver {
  readonly #database: Sqlite.Database;
  #connection: DatabaseConnection | undefined;

  constructor(database: Sqlite.Database) {
    super({ database });
    this.#database = database;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= guarded(await super.acquireConnection(), this.#database.name);
    return this.#connection;
  }

  /**
   * SQLite itself rolls back when the disk is full or broken. Asked to do it again it complains, and that complaint
   * would take the place of the reason.
   */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }
}

function guarded(inner: DatabaseConnection, path: string): DatabaseConnection {
  return {
    async executeQuery<R>(...query: Parameters<DatabaseConnection['executeQuery']>): Promise<QueryResult<R>> {
      try {
        return await inner.executeQuery<R>(...query);
      } catch (error) {
        throw toStorageError(error, path);
      }
    },
    async *streamQuery<R>(...query: Parameters<DatabaseConnection['streamQuery']>) {
      try {
        yield* inner.streamQuery<R>(...query);
      } catch (error) {
        throw toStorageError(error, path);
      }
    },
  };
}
