import { dirname } from 'node:path';
import { AppError } from '../core/errors.ts';
import { toFileError } from '../core/file-error.ts';

/**
 * What SQLite says (https://sqlite.org/rescode.html), in the words of the product. A failed growth of the shared memory
 * file (IOERR_SHMSIZE) is how a full disk shows in WAL mode before the database itself is written.
 */
const MEANINGS: readonly [RegExp, (path: string, cause: unknown) => AppError][] = [
  [
    /^SQLITE_(FULL|IOERR_SHMSIZE)/,
    (path, cause) => new AppError('disk_full', `The disk that holds ${dirname(path)} is full.`, { cause }),
  ],
  [
    /^SQLITE_(CORRUPT|NOTADB|IOERR_CORRUPTFS|IOERR_SHORT_READ)/,
    (path, cause) => new AppError('database_corrupt', `The database ${path} is damaged.`, { cause }),
  ],
  [
    /^SQLITE_(BUSY|LOCKED)/,
    (path, cause) =>
      new AppError('data_folder_unusable', `Another program holds the database ${path}.`, {
        cause,
        remedy: 'Close the program that has the file open, then try again.',
        action: 'retry',
      }),
  ],
  [
    /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH|IOERR|NOLFS)/,
    (path, cause) => new AppError('data_folder_unusable', `The database ${path} cannot be read or written.`, { cause }),
  ],
];

/**
 * An error of SQLite, or of the file system under it, as an AppError: `disk_full`, `database_corrupt` or `data_folder_unusable`. Everything else is
 * answered as it came, a violated constraint for instance: that is for the room that asked to understand.
 *
 * @param path the database file, for the message
 */
export function toStorageError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const meaning = MEANINGS.find(([pattern]) => pattern.test(code));
  if (meaning) return meaning[1](path, error);
  return error instanceof Error && 'syscall' in error ? toFileError(error, path) : error;
}
