/**
 * How a program of the same user finds the running app and proves that it may speak to it: a file in the data folder
 * that only this user can read. It holds the socket's path as well as the key. Working the path out on both sides would
 * need both to see the same environment (a service and a terminal do not), and a name that can be guessed could be taken
 * first by another user.
 *
 * The command line reads this on its way to every answer, so nothing heavy is imported here.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ControlKey {
  /** Path of the Unix socket, or name of the Windows pipe. */
  path: string;
  /** Random for every start of the app. */
  key: string;
}

const CONTROL_KEY_FILE = 'control.key';

/**
 * @returns what a running, or killed, app has left in `dataDir`; null when there is nothing of use
 * @throws the file system's error when the file is there and must not be read
 */
export function readControlKey(dataDir: string): ControlKey | null {
  let text: string;
  try {
    text = readFileSync(join(dataDir, CONTROL_KEY_FILE), 'utf8');
  } catch (error) {
    if (isNoSuchFile(error)) return null;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isControlKey(value) ? value : null;
  } catch {
    // Read in the instant in which the app writes it: not ready yet.
    return null;
  }
}

/** Writes the file anew, so that an older one's mode does not matter. */
export function writeControlKey(dataDir: string, value: ControlKey): void {
  removeControlKey(dataDir);
  writeFileSync(join(dataDir, CONTROL_KEY_FILE), JSON.stringify(value), { mode: 0o600, flag: 'wx' });
}

export function removeControlKey(dataDir: string): void {
  rmSync(join(dataDir, CONTROL_KEY_FILE), { force: true });
}

function isControlKey(value: unknown): value is ControlKey {
  if (typeof value !== 'object' || value === null) return false;
  return 'path' in value && typeof value.path === 'string' && 'key' in value && typeof value.key === 'string';
}

function isNoSuchFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
