import { createRequire } from 'node:module';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { AppError } from './errors.ts';

/** Held while the app runs on a data folder. */
export interface InstanceLock {
  release(): void;
}

/**
 * Takes the data folder for this process alone. The lock is the exclusive lock of a SQLite file that holds nothing: the
 * operating system drops it with the process, however that ends. A file with a process id would outlive a `kill -9`,
 * and the id could be another program's by then.
 *
 * @throws AppError `already_running`, `data_folder_unusable`
 */
export function acquireInstanceLock(dataDir: string): InstanceLock {
  const path = join(dataDir, 'instance.lock');
  const Database: typeof BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3');
  let file: BetterSqlite3.Database | undefined;
  try {
    file = new Database(path, { timeout: 0 });
    // No journal file beside it, so nothing is left behind by a crash.
    file.pragma('journal_mode = MEMORY');
    file.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    file?.close();
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
      throw new AppError('already_running', `Trackeep Tray is running already on ${dataDir}.`, { cause });
    }
    throw new AppError('data_folder_unusable', `The lock file ${path} cannot be used (${code}).`, { cause });
  }
  const held = file;
  return { release: () => held.close() };
}
