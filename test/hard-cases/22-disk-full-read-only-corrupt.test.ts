/**
 * Hard case 22: disk full, read-only data folder, corrupt database file. A clear error naming the path and the remedy;
 * the original file untouched.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { accountRow } from '../support/account-row.ts';
import { type Outcome, outcomeOf } from '../support/outcome.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';
import { onReadOnlyDisk, onSmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const child = (name: string) => resolve(import.meta.dirname, '../support', name);
const logger = createQuietLogger();

/** A data folder in which an account is connected, and which was closed in good order. */
async function connectedFolder(): Promise<string> {
  const dataDir = temporaryFolder();
  const { db, close } = await openDatabase({ dataDir, logger });
  await db.insertInto('installations').values(accountRow()).execute();
  // Enough pages that damage can hit the middle of something.
  const cached = Array.from({ length: 200 }, (_, number) => ({
    installation_id: accountRow().id,
    url: `https://api.github.com/repos/octocat/${number}`,
    etag: 'e',
    sealed_body: 'x'.repeat(2_000),
    updated_at: 1,
  }));
  await db.insertInto('http_cache').values(cached).execute();
  await close();
  return dataDir;
}

/** Every file of the folder with the digest of its bytes. */
function contentOf(folder: string): Record<string, string> {
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(readdirSync(folder).map((name) => [name, digest(name)]));
}

function open(dataDir: string): Promise<Outcome> {
  let database: Database | undefined;
  return outcomeOf(async () => {
    database = await openDatabase({ dataDir, logger });
  }).finally(() => database?.close());
}

describe.runIf(process.platform === 'linux')('on a disk that is full', () => {
  it('every write fails with disk_full and the path, nothing is lost, and all works again once there is room', async () => {
    const dataDir = temporaryFolder();

    const { code, stdout, stderr } = await onSmallDisk(dataDir, 2_048, child('full-disk-child.ts'), dataDir);

    expect({ code, stderr: stderr.replace(/^The log .*\n/, '') }).toEqual({ code: 0, stderr: '' });
    const { full, kept, afterwards } = JSON.parse(stdout);
    const failure = {
      code: 'disk_full',
      message: expect.stringContaining(dataDir),
      remedy: expect.stringMatching(/^Free/),
    };
    expect(full).toEqual({
      folder: failure,
      commit: failure,
      settings: failure,
      file: { code: 'not an AppError', message: expect.stringContaining('ENOSPC'), remedy: '' },
      log: 'fine',
    });
    expect(kept).toMatchObject({ token: 'committed', prereleases: true, key: 'the old key', integrity: 'ok' });
    expect(JSON.parse(kept.settingsFile)).toEqual({ prereleases: true });
    expect(afterwards).toBe('fine');
  });
});

describe.runIf(process.platform === 'linux')('in a data folder that is read-only', () => {
  it('the start fails with data_folder_unusable and the path, and nothing is changed', async () => {
    const dataDir = await connectedFolder();
    const before = contentOf(dataDir);

    const { stdout, stderr } = await onReadOnlyDisk(dataDir, child('data-folder-child.ts'), dataDir);

    expect(stderr).toBe('');
    const failure = {
      code: 'data_folder_unusable',
      message: expect.stringContaining(dataDir),
      remedy: expect.stringContaining('--data'),
    };
    expect(JSON.parse(stdout)).toEqual({ folder: failure, lock: failure, database: failure });
    expect(contentOf(dataDir)).toEqual(before);
  });
});

describe('a database file that is damaged', () => {
  const damages: [string, (path: string) => void][] = [
    ['by another file in its place', (path) => writeFileSync(path, '{"this": "is JSON"}\n'.repeat(100))],
    ['by bytes of nothing', (path) => writeFileSync(path, Buffer.alloc(20_000))],
    ['by being cut off in the middle', (path) => truncateSync(path, 100_000)],
    ['by being cut off after a few bytes', (path) => truncateSync(path, 50)],
    ['in the middle of a page', damageCache],
    ['in its header', (path) => overwrite(path, 0, 90)],
    ['in its first page', (path) => overwrite(path, 100, 3_000)],
  ];

  it.each(damages)('%s is named with a remedy, and left byte for byte as it is', async (_how, damage) => {
    const dataDir = await connectedFolder();
    damage(join(dataDir, 'trackeep.db'));
    const before = contentOf(dataDir);

    const outcome = await open(dataDir);

    expect(outcome).toEqual({
      code: 'database_corrupt',
      message: expect.stringContaining(join(dataDir, 'trackeep.db')),
      remedy: expect.stringContaining('backup'),
    });
    expect(contentOf(dataDir)).toEqual(before);
  });

  it('is not even changed by a second try', async () => {
    const dataDir = await connectedFolder();
    damageCache(join(dataDir, 'trackeep.db'));
    const before = contentOf(dataDir);

    await open(dataDir);
    await open(dataDir);

    expect(contentOf(dataDir)).toEqual(before);
  });

  it('beside the log of a crash is left as it is, and so is the log', async () => {
    const dataDir = await connectedFolder();
    const crashed = temporaryFolder();
    const page = pageOfCache(join(dataDir, 'trackeep.db'));
    const { db, close } = await openDatabase({ dataDir, logger });
    await db.updateTable('installations').set({ login: 'renamed' }).execute();
    // The files as they lie while the database is open are what a power cut leaves.
    for (const name of ['trackeep.db', 'trackeep.db-wal']) copyFileSync(join(dataDir, name), join(crashed, name));
    await close();
    damageCache(join(crashed, 'trackeep.db'), page);
    const before = contentOf(crashed);

    expect(await open(crashed)).toMatchObject({ code: 'database_corrupt' });
    expect(contentOf(crashed)).toEqual(before);
  });
});

/** The page that the table of cached answers begins with, counted from 1. */
function pageOfCache(path: string): number {
  const file = new Sqlite(path);
  const page = file.prepare("select rootpage from sqlite_schema where name = 'http_cache'").pluck().get();
  file.close();
  return Number(page);
}

/** Everything behind the page's own first few bytes. */
function damageCache(path: string, page = pageOfCache(path)): void {
  overwrite(path, 4_096 * (page - 1) + 8, 4_000);
}

function overwrite(path: string, from: number, length: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, from, from + length);
  writeFileSync(path, bytes);
}
