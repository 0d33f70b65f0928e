import type Sqlite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteDialect,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely';
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
   * Takes the lock at once where a transaction writes: one that reads first, and finds that another process has written
   * since, is refused the lock without any waiting (https://sqlite.org/rescode.html#busy_snapshot).
   */
  override async beginTransaction(
    connection: DatabaseConnection,
    { accessMode }: TransactionSettings = {},
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(accessMode === 'read only' ? 'begin' : 'begin immediate'));
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
