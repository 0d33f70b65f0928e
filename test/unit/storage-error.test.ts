import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import { toFileError } from '../../src/main/core/file-error.ts';
import { toStorageError } from '../../src/main/storage/storage-error.ts';

const coded = (code: string) => Object.assign(new Error(`it says ${code}`), { code });

describe('an error of SQLite', () => {
  it.each([
    ['SQLITE_FULL', 'disk_full'],
    ['SQLITE_IOERR_SHMSIZE', 'disk_full'],
    ['SQLITE_CORRUPT', 'database_corrupt'],
    ['SQLITE_CORRUPT_INDEX', 'database_corrupt'],
    ['SQLITE_NOTADB', 'database_corrupt'],
    ['SQLITE_READONLY', 'data_folder_unusable'],
    ['SQLITE_READONLY_DBMOVED', 'data_folder_unusable'],
    ['SQLITE_CANTOPEN', 'data_folder_unusable'],
    ['SQLITE_IOERR_WRITE', 'data_folder_unusable'],
    ['SQLITE_BUSY', 'data_folder_unusable'],
    ['SQLITE_LOCKED_SHAREDCACHE', 'data_folder_unusable'],
  ])('%s is %s, with the file and the reason', (code, expected) => {
    const cause = coded(code);
    expect(toStorageError(cause, '/data/trackeep.db')).toMatchObject({
      code: expected,
      message: expect.stringContaining('/data'),
      cause,
    });
  });

  it('that another room must understand stays what it is', () => {
    const error = coded('SQLITE_CONSTRAINT_UNIQUE');
    expect(toStorageError(error, '/data/trackeep.db')).toBe(error);
  });

  it('that is an AppError already stays what it is', () => {
    const error = new AppError('database_newer', 'newer');
    expect(toStorageError(error, '/data/trackeep.db')).toBe(error);
  });
});

describe('an error of the file system', () => {
  it.each([
    ['ENOSPC', 'disk_full'],
    ['EDQUOT', 'disk_full'],
    ['EACCES', 'data_folder_unusable'],
    ['EROFS', 'data_folder_unusable'],
    ['EWHATEVER', 'data_folder_unusable'],
  ])('%s is %s, with the path', (code, expected) => {
    expect(toFileError(coded(code), '/data/file')).toMatchObject({
      code: expected,
      message: expect.stringContaining('/data/file'),
    });
  });
});
