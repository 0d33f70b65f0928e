import { AppError } from './errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'your user may not do that there',
  EPERM: 'your user may not do that there',
  EROFS: 'it is on a read-only disk',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'there is a file of that name',
  ENOENT: 'it is not there',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'it is a link that leads back to itself',
  EMFILE: 'too many files are open',
  EIO: 'the disk reports an error',
};

/**
 * What the system says about a file or folder of ours, as an AppError: `disk_full`, or `data_folder_unusable`.
 *
 * @param error what a function of `node:fs` threw; an AppError is answered as it is
 * @param path for the message
 */
export function toFileError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new AppError('disk_full', `There is no space left for ${path}.`, { cause: error });
  }
  const reason = REASONS[code] ?? `the system says ${code || 'no'}`;
  return new AppError('data_folder_unusable', `${path} cannot be used: ${reason}.`, { cause: error });
}
