import { createHash } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { AppError } from './errors.ts';

/** Held while the app runs on a data folder. */
export interface InstanceLock {
  /**
   * Names this data folder on this machine: the same for each process that ever holds the lock, since they hold it one
   * after the other. A folder that is moved or copied gets another.
   */
  readonly place: string;
  release(): void;
}

/**
 * Takes the data folder for this process alone. The lock is the exclusive lock of an empty SQLite database: the system
 * drops it with the process, however that ends, and SQLite knows how to take it on every platform. A file with a
 * process id would outlive a `kill -9`, and the id could be another program's by then. The empty file stays: removing
 * it would let a third process lock a new file of that name while a second still waits on the old one.
 *
 * @throws AppError `already_running`, `data_folder_unusable`
 */
export function acquireInstanceLock(dataDir: string): InstanceLock {
  const path = join(dataDir, 'instance.lock');
  let held: Sqlite.Database | undefined;
  try {
    held = new Sqlite(path, { timeout: 0 });
    // No journal beside it that a crash could leave.
    held.pragma('journal_mode = MEMORY');
    held.exec('BEGIN EXCLUSIVE');
    // Not by making the file first: on POSIX, closing any descriptor of a file drops the locks this process has on it.
    chmodSync(path, 0o600);
    const lock = held;
    const release = () => {
      process.off('exit', release);
      lock.close();
    };
    // Also what keeps the lock from being collected as garbage, and so released, where nobody holds on to the answer.
    process.on('exit', release);
    return { release, place: placeOf(path) };
  } catch (cause) {
    held?.close();
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
      throw new AppError('already_running', `Trackeep Tray is running already on ${dataDir}.`, { cause });
    }
    const damaged = code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT');
    throw new AppError('data_folder_unusable', `The lock file ${path} cannot be used.`, {
      cause,
      ...(damaged ? { remedy: `Delete ${path}: it holds nothing, and is made anew.` } : {}),
    });
  }
}

/** Of the file's identity and not of its path, which two machines, or two containers, can have in common. */
function placeOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return createHash('sha256').update(`${hostname()}\n${dev}\n${ino}`).digest('hex').slice(0, 32);
}
