import { constants } from 'node:fs';
import { access, chmod, mkdir, stat } from 'node:fs/promises';
import { AppError } from './errors.ts';

/**
 * Makes the data folder, or takes the one that is there, so that only this user can read it. A folder that others may
 * read is closed to them; one that belongs to somebody else is refused, since its owner could open it again.
 *
 * @throws AppError `data_folder_unusable`, naming the folder
 */
export async function openDataFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await stat(path);
    if (!found.isDirectory()) throw new AppError('data_folder_unusable', `${path} is not a folder.`);
    if (process.platform !== 'win32') {
      if (found.uid !== process.getuid?.()) {
        throw new AppError('data_folder_unusable', `The data folder ${path} belongs to another user.`, {
          remedy: 'Choose a folder of your own with --data DIR.',
        });
      }
      if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
    }
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('data_folder_unusable', `The data folder ${path} cannot be used: ${reason(error)}.`, {
      cause: error,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'your user may not write there',
  EPERM: 'your user may not write there',
  EROFS: 'it is on a read-only disk',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'there is a file of that name',
};

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? `the system says ${code || 'no'}`;
}
