import type Sqlite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteDialect,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely';
import { AppError } from '../core/errors.ts';
import { createLogFolding, type LogFolding } from './log-folding.ts';
import type { Schema } from './schema.ts';
import { toStorageError } from './storage-error.ts';
import { createWalSync, type WalSync } from './wal-sync.ts';

/** Makes a statement of its text, once for each text. */
export type Prepare = <P extends unknown[], R = unknown>(text: string) => Sqlite.Statement<P, R>;

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
  readonly #wal: WalSync;
  readonly #folding: LogFolding;
  #connection: StorageConnection | undefined;

  constructor(database: Sqlite.Database) {
    super({ database: { prepare: prepareOnce(database), close: () => database.close() } });
    this.#database = database;
    this.#wal = createWalSync(database.name);
    this.#folding = createLogFolding(database.name);
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= new StorageConnection(await super.acquireConnection(), {
      ...{ database: this.#database, wal: this.#wal, folding: this.#folding },
    });
    return this.#connection;
  }

  override async destroy(): Promise<void> {
    await this.#wal.close();
    await this.#folding.close();
    await super.destroy();
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
function prepareOnce(database: Sqlite.Database): Prepare {
  const prepared = new Map<string, Sqlite.Statement>();
  return (text) => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = database.prepare(text);
      // A list of values makes a text for each length: the oldest goes, so that they do not pile up.
      if (prepared.size >= MOST_PREPARED) prepared.delete(prepared.keys().next().value ?? '');
      prepared.set(text, statement);
    }
    return statement as never;
  };
}

interface ConnectionParts {
  database: Sqlite.Database;
  wal: WalSync;
  folding: LogFolding;
}

/** The one connection, whose errors are those of `toStorageError`. */
export class StorageConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection;
  readonly #database: Sqlite.Database;
  readonly #prepare: Prepare;
  readonly #wal: WalSync;
  readonly #folding: LogFolding;
  readonly #changes: Sqlite.Statement<[], number>;
  #synchronous: 'FULL' | 'NORMAL' = 'FULL';
  #isAhead = false;
  readonly #immediate: (work: (prepare: Prepare) => unknown) => unknown;

  constructor(inner: DatabaseConnection, { database, wal, folding }: ConnectionParts) {
    // Statements of its own: who asks by one may tell it how to give its rows, which Kysely must not find.
    const prepare = prepareOnce(database);
    this.#inner = inner;
    this.#database = database;
    this.#prepare = prepare;
    this.#wal = wal;
    this.#folding = folding;
    this.#changes = database.prepare<[], number>('select total_changes()').pluck();
    this.#immediate = database.transaction((work: (prepare: Prepare) => unknown) => work(prepare)).immediate;
  }

  /** What `Store.ask` does for who holds the connection. */
  ask<T>(work: (prepare: Prepare) => T): T {
    try {
      return work(this.#prepare);
    } catch (error) {
      throw toStorageError(error, this.#database.name);
    }
  }

  /** What `Store.atOnce` does for who holds the connection. */
  atOnce<T>(work: (prepare: Prepare) => T): T {
    try {
      this.#waitForDisk();
      return this.#immediate(work) as T;
    } catch (error) {
      throw toStorageError(error, this.#database.name);
    } finally {
      this.#wrote();
    }
  }

  /** What is written from here on is on the disk when it is committed, but for what is done ahead of it. */
  #waitForDisk(): void {
    if (!this.#isAhead) this.#setSynchronous('FULL');
  }

  /** To change it takes as long as to write a few rows, so it stays as it is until the other is needed. */
  #setSynchronous(level: 'FULL' | 'NORMAL'): void {
    if (this.#synchronous === level) return;
    this.#database.pragma(`synchronous = ${level}`);
    this.#synchronous = level;
  }

  #wrote(): void {
    this.#folding.wrote(this.#changes.get() ?? 0);
  }

  async executeQuery<R>(...query: Parameters<DatabaseConnection['executeQuery']>): Promise<QueryResult<R>> {
    try {
      this.#waitForDisk();
      const result = await this.#inner.executeQuery<R>(...query);
      if ((result.numAffectedRows ?? 0n) > 0n) this.#wrote();
      return result;
    } catch (error) {
      throw toStorageError(error, this.#database.name);
    }
  }

  async *streamQuery<R>(...query: Parameters<DatabaseConnection['streamQuery']>) {
    try {
      yield* this.#inner.streamQuery<R>(...query);
    } catch (error) {
      throw toStorageError(error, this.#database.name);
    }
  }

  /**
   * Does work, the commits of which do not wait for the disk: who needs them there calls `synced` afterwards. Whatever
   * else comes to the database waits for it as ever.
   */
  async aheadOfDisk<T>(work: () => T | Promise<T>): Promise<T> {
    this.#setSynchronous('NORMAL');
    this.#isAhead = true;
    try {
      return await work();
    } finally {
      this.#isAhead = false;
    }
  }

  /**
   * @returns once all that was committed before the call is on the disk
   * @throws AppError `disk_full`, `data_folder_unusable`; `foldLog` may bring it there still
   */
  async synced(): Promise<void> {
    try {
      await this.#wal.sync();
    } catch (error) {
      throw toStorageError(error, this.#database.name);
    }
  }

  /**
   * Writes everything into the file itself and empties the log. A log that could not be synced is not to be trusted: the
   * system tells of what it lost only once, and what is added to the log later is worth no more than what is before it.
   *
   * @throws AppError as every query
   */
  async foldLog(): Promise<void> {
    const path = this.#database.name;
    // Of two who fold at once, the second is turned away without any waiting.
    await this.#folding.idle();
    try {
      const busy = this.#database.pragma('wal_checkpoint(TRUNCATE)', { simple: true });
      if (busy !== 0) throw new AppError('data_folder_unusable', `The database ${path} cannot be read or written.`);
      this.#wal.trust();
    } catch (error) {
      throw toStorageError(error, path);
    }
  }
}

/** The connection that `Kysely.connection` was given for a while. */
export async function held(own: Kysely<Schema>): Promise<StorageConnection> {
  const connection = await own.getExecutor().provideConnection(async (provided) => provided);
  if (!(connection instanceof StorageConnection)) throw new TypeError('This database is not one of openDatabase.');
  return connection;
}
