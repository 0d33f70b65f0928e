import { closeSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { writeFileAtomic } from '../../core/atomic-file.ts';
import { AppError } from '../../core/errors.ts';
import { toFileError } from '../../core/file-error.ts';

/** The first line of a file of ours, by which it is known again before it is replaced or deleted. */
const MARK = '# Kept current by Trackeep Tray. Do not edit: it is replaced whenever the token changes.\n';

/** What a shell takes as it stands; GitHub's tokens have nothing else. */
const PLAIN = /^[\w.+/=-]+$/;

/**
 * Whether a token may go into this file, before one is asked for.
 * @throws AppError `bad_input` for a relative path, or a file that is not ours; `data_folder_unusable`
 */
export function checkEnvFile(path: string): void {
  if (!isAbsolute(path)) throw new AppError('bad_input', `“${path}” is no absolute path.`);
  if (whose(path) === 'foreign') {
    throw new AppError('bad_input', `${path} exists already, and Trackeep Tray did not write it.`, {
      remedy: 'Choose another file, or delete this one first.',
    });
  }
}

/**
 * Writes a token into a file that a shell can source and tools can read: `GH_TOKEN` and `GITHUB_TOKEN`, as `gh` and
 * GitHub's own tools call it. Only this user can read it.
 *
 * @throws AppError as `checkEnvFile`; `disk_full`; `provider_error` for a token that a shell would take as more than that
 */
export function writeEnvFile(path: string, token: string): void {
  checkEnvFile(path);
  if (!PLAIN.test(token)) throw new AppError('provider_error', 'The token holds characters that no such file can.');
  try {
    writeFileAtomic(path, `${MARK}GH_TOKEN=${token}\nGITHUB_TOKEN=${token}\n`);
  } catch (cause) {
    throw inItsPlace(cause, path);
  }
}

/**
 * Deletes a file of ours; one that somebody replaced by their own stays.
 * @throws AppError `data_folder_unusable`
 */
export function removeEnvFile(path: string): void {
  if (whose(path) !== 'ours') return;
  try {
    rmSync(path, { force: true });
  } catch (cause) {
    throw inItsPlace(cause, path);
  }
}

function whose(path: string): 'ours' | 'foreign' | 'nobody' {
  try {
    // Reading is kept to files: a pipe would have us wait, and a device could be endless.
    if (!statSync(path).isFile()) return 'foreign';
    return beginning(path) === MARK ? 'ours' : 'foreign';
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 'nobody';
    throw inItsPlace(cause, path);
  }
}

function beginning(path: string): string {
  const bytes = Buffer.alloc(Buffer.byteLength(MARK));
  const file = openSync(path, 'r');
  try {
    return bytes.toString('utf8', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/** The usual remedies are about the data folder; this file is where the person wants it. */
function inItsPlace(cause: unknown, path: string): AppError {
  const { code, message } = toFileError(cause, path);
  const remedy =
    code === 'disk_full'
      ? 'Free some space on that disk; the file is written as soon as there is some.'
      : 'Make its folder writable for your user, or choose another file.';
  return new AppError(code, message, { cause, remedy });
}
