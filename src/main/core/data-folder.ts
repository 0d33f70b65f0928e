import { chmod, mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from './errors.ts';
import { toFileError } from './file-error.ts';

/** What `openDataFolder` did, for the log that only opens after it. */
export interface OpenedDataFolder {
  /** Others could read the folder until now. */
  tightened: boolean;
}

/**
 * Makes the data folder, or takes the one that is there, so that only this user can read it. A folder that others may
 * read is closed to them; one that belongs to somebody else is refused, since its owner could open it again. Windows
 * keeps a profile's folders to its user by inheritance and knows no mode.
 *
 * @throws AppError `data_folder_unusable` or `disk_full`, naming the folder
 */
export async function openDataFolder(path: string): Promise<OpenedDataFolder> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await stat(path);
    if (!found.isDirectory()) throw new AppError('data_folder_unusable', `${path} is not a folder.`);
    let tightened = false;
    if (process.platform !== 'win32') {
      if (found.uid !== process.getuid?.()) {
        throw new AppError('data_folder_unusable', `The data folder ${path} belongs to another user.`, {
          remedy: 'Choose a folder of your own with --data DIR.',
        });
      }
      tightened = (found.mode & 0o077) !== 0;
      if (tightened) await chmod(path, 0o700);
    }
    await probe(path);
    return { tightened };
  } catch (error) {
    throw toFileError(error, path);
  }
}

/**
 * Writes and removes a file: what `access` answers is not the truth on a read-only disk, on a full one, or for root.
 * Always of the same name, so that one a crash left is gone after the next start.
 */
async function probe(folder: string): Promise<void> {
  const path = join(folder, 'probe.tmp');
  try {
    const file = await open(path, 'w', 0o600);
    try {
      await file.write('x');
    } finally {
      await file.close();
    }
  } finally {
    await rm(path, { force: true });
  }
}
