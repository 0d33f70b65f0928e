import { chmodSync, closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { MIGRATIONS } from './migrations.ts';
import { toStorageError } from './storage-error.ts';
import { Store } from './store.ts';

/** The opened database of one data folder. */
export interface Database {
  readonly db: Store;
  /** Absolute path of the file, for messages. */
  readonly path: string;
  /** SQLite's own thorough check: "ok", or what it found. */
  integrityCheck(): Promise<string>;
  /** What the file takes on the disk, its write-ahead log included, bytes. */
  size(): number;
  /**
   * Gives space that stands empty in the file back to the disk, a little at a time. A tenth of the file stays for what
   * is written next.
   */
  giveBack(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** How long a statement waits for another program that has the file open. It stands in the way of everything else. */
const BUSY_TIMEOUT_MS = 2_000;

/** Given back in one step: about a millisecond. */
const PAGES_AT_ONCE = 100;
const MOST_BYTES_WRITTEN_ANEW = 64 * 1024 * 1024;

/**
 * Opens `trackeep.db` in the data folder, or makes it, and brings it to today's schema. Before the first write it is
 * read through once, so that a damaged file is left byte for byte as it is: an early write could cost what a repair
 * would still save.
 *
 * @throws AppError `database_corrupt`, `database_newer`, `disk_full`, `data_folder_unusable`, each naming the file
 */
export async function openDatabase({ dataDir, logger }: { dataDir: string; logger: Logger }): Promise<Database> {
  const path = join(dataDir, 'trackeep.db');
  let file: Sqlite.Database | undefined;
  try {
    const applied = examine(path);
    makePrivate(path);
    file = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS });
    configure(file);
    const database = assemble(file, path);
    const pending = Object.keys(MIGRATIONS).filter((name) => !applied.has(name));
    if (pending.length > 0) await migrate(database.db);
    for (const name of pending) logger.info('database migrated', { migration: name });
    letItShrink(file, logger);
    return database;
  } catch (error) {
    file?.close();
    throw toStorageError(error, path);
  }
}

function assemble(file: Sqlite.Database, path: string): Database {
  const db = new Store(file);
  return {
    db,
    path,
    async integrityCheck() {
      try {
        return lines(file.pragma('integrity_check(20)'));
      } catch (error) {
        throw toStorageError(error, path);
      }
    },
    size: () =>
      [path, `${path}-wal`].reduce((sum, part) => sum + (statSync(part, { throwIfNoEntry: false })?.size ?? 0), 0),
    async giveBack(signal) {
      const pages = (name: string) => Number(file.pragma(name, { simple: true }));
      while (!signal.aborted && pages('freelist_count') > pages('page_count') / 10) {
        // A prepared statement would give back one page and stop.
        if (!file.inTransaction) file.exec(`pragma incremental_vacuum(${PAGES_AT_ONCE})`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async close() {
      await db.destroy();
      file.close();
    },
  };
}

function configure(file: Sqlite.Database): void {
  // Counts only in a file that holds nothing yet, so it comes first.
  file.pragma('auto_vacuum = incremental');
  file.pragma('journal_mode = WAL');
  // WAL's usual NORMAL may lose the last commits with the power. A rotated refresh token cannot be had a second time.
  file.pragma('synchronous = FULL');
  // Folding the log into the file waits for the disk twice and keeps everybody waiting; of a longer log (16 MB) more pages
  // are written once for many changes.
  file.pragma('wal_autocheckpoint = 4000');
  file.pragma('foreign_keys = ON');
  // What was deleted is overwritten: a disconnected account leaves not even its ciphertext.
  file.pragma('secure_delete = ON');
}

/**
 * Lets a file of an earlier version give space back, for which SQLite writes it anew as a whole: done while that is
 * little. Where it cannot be, the file only ever grows, but what stands empty in it is used again.
 */
function letItShrink(file: Sqlite.Database, logger: Logger): void {
  const value = (name: string) => Number(file.pragma(name, { simple: true }));
  if (value('auto_vacuum') !== 0 || value('page_count') * value('page_size') > MOST_BYTES_WRITTEN_ANEW) return;
  try {
    file.pragma('auto_vacuum = incremental');
    file.exec('vacuum');
  } catch (error) {
    logger.warn('the database file cannot shrink', { error });
  }
}

/**
 * Reads the file through without changing a byte: a connection that may not write does not even fold a write-ahead log
 * into it.
 *
 * @returns the names of the migrations that were applied to it
 * @throws AppError `database_corrupt`, `database_newer`, or SQLite's error
 */
function examine(path: string): Set<string> {
  // A new file, or one that a crash left at the very first instant.
  if (!existsSync(path) || statSync(path).size === 0) return new Set();
  // Reading in WAL mode makes these two, which only a writer takes away again.
  const made = [`${path}-wal`, `${path}-shm`].filter((beside) => !existsSync(beside));
  // The journal of a crash while the file was made: rolling that back is a write, and SQLite's right way to read it.
  const file = new Sqlite(path, { readonly: !existsSync(`${path}-journal`), timeout: BUSY_TIMEOUT_MS });
  let sound = false;
  try {
    const found = lines(file.pragma('quick_check(20)'));
    if (found !== 'ok') {
      throw new AppError('database_corrupt', `The database ${path} is damaged.`, { cause: new Error(found) });
    }
    const applied = appliedMigrations(file);
    const unknown = [...applied].find((name) => !Object.hasOwn(MIGRATIONS, name));
    if (unknown !== undefined) {
      throw new AppError('database_newer', `The database ${path} was made by a newer Trackeep Tray.`, {
        cause: new Error(`unknown migration ${unknown}`),
      });
    }
    sound = true;
    return applied;
  } finally {
    file.close();
    if (!sound) for (const beside of made) rmSync(beside, { force: true });
  }
}

function appliedMigrations(file: Sqlite.Database): Set<string> {
  const table = file.prepare("select 1 from sqlite_schema where name = 'kysely_migration'").get();
  const names = table === undefined ? [] : file.prepare<[], string>('select name from kysely_migration').pluck().all();
  return new Set(names);
}

async function migrate(db: Store): Promise<void> {
  const { Migrator } = await import('kysely/migration');
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** SQLite gives the log and its index the mode of the database, so the mode must be right before they are made. */
function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  if (process.platform !== 'win32') chmodSync(path, 0o600);
}

function lines(rows: unknown): string {
  return (rows as Record<string, string>[]).map((row) => Object.values(row)[0]).join('\n');
}
