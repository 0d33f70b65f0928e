import type Sqlite from 'better-sqlite3';
import { type DatabaseConnection, type Driver, type QueryResult, SqliteDialect } from 'kysely';
import { toStorageError } from './storage-error.ts';

/**
 * Kysely's SQLite dialect, every error of which has passed `toStorageError`: so no room needs to know SQLite's codes,
 * and none can forget to translate them.
 */
export class StorageDialect extends SqliteDialect {
  readonly #path: string;

  constructor(database: Sqlite.Database) {
    super({ database });
    this.#path = database.name;
  }

  override createDriver(): Driver {
    return translated(super.createDriver(), this.#path);
  }
}

/** A transaction's begin, commit and rollback run through the connection as well, so this is the one place. */
function translated(driver: Driver, path: string): Driver {
  let connection: DatabaseConnection | undefined;
  return new Proxy(driver, {
    get(target, name) {
      if (name === 'acquireConnection') {
        return async () => {
          connection ??= guarded(await target.acquireConnection(), path);
          return connection;
        };
      }
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
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
