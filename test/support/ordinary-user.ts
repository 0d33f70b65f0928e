import { execFile } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { promisify } from 'node:util';

/** "nobody": an account that every Unix has, and that owns nothing. */
const NOBODY = 65_534;

/**
 * Runs `node script folder` as a user whom the system's permissions bind, which they do not for root. The folder is
 * given to that user, with `mode`.
 */
export async function asOrdinaryUser(folder: string, mode: number, script: string): Promise<string> {
  const root = process.getuid?.() === 0;
  if (root) chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, mode);
  const identity = root ? { uid: NOBODY, gid: NOBODY } : {};
  const { stdout } = await promisify(execFile)(process.execPath, [script, folder], identity);
  return stdout;
}
