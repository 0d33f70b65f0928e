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

/** Texts of statements that are kept ready; the app has about a hundred. */
const MOST_PREPARED = 500;

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
    super({ database: { prepare: prepareOnce(database), close: () => database.close() } });
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

/**
 * Kysely has SQLite read a statement's text anew with every use, which takes three times as long as the usual statement.
 * A prepared one stays good: SQLite itself reads it again when the schema has changed.
 */
function prepareOnce(database: Sqlite.Database): (text: string) => Sqlite.Statement {
  const prepared = new Map<string, Sqlite.Statement>();
  return (text) => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = database.prepare(text);
      // A list of values makes a text for each length: the oldest goes, so that they do not pile up.
      if (prepared.size >= MOST_PREPARED) prepared.delete(prepared.keys().next().value ?? '');
      prepared.set(text, statement);
    }
    return statement;
  };
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
