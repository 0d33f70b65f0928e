import { copyFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createLogFolding, type LogFolding } from '../../src/main/storage/log-folding.ts';
import { StorageConnection } from '../../src/main/storage/storage-dialect.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What stands in the file itself, without the log beside it. */
function rowsInFile(path: string, table: string): number {
  const alone = join(temporaryFolder(), 'alone.db');
  copyFileSync(path, alone);
  const file = new Sqlite(alone);
  onTestFinished(() => void file.close());
  return file.prepare<[], number>(`select count(*) from ${table}`).pluck().get() ?? 0;
}

describe('a log that grows fast', () => {
  let path: string;
  let file: Sqlite.Database;
  let folding: LogFolding;
  let changes = 0;
  beforeEach(() => {
    path = join(temporaryFolder(), 'a.db');
    file = new Sqlite(path);
    file.pragma('journal_mode = WAL');
    file.exec('create table numbers (number integer primary key)');
    file.pragma('wal_checkpoint(TRUNCATE)');
    folding = createLogFolding(path);
    changes = 0;
  });
  afterEach(async () => {
    await folding.close();
    file.close();
  });

  const write = (rows: number) => {
    const insert = file.prepare('insert into numbers values (null)');
    file.transaction(() => {
      for (let row = 0; row < rows; row += 1) insert.run();
    })();
    changes += rows;
    folding.wrote(changes);
  };

  it('is folded into the file', async () => {
    write(2_000);
    expect(rowsInFile(path, 'numbers')).toBe(0);
    await folding.idle();
    expect(rowsInFile(path, 'numbers')).toBe(2_000);
  });

  it('is left alone until it has grown again', async () => {
    write(1_999);
    await folding.idle();
    expect(rowsInFile(path, 'numbers')).toBe(0);
    write(1);
    await folding.idle();
    expect(rowsInFile(path, 'numbers')).toBe(2_000);
    write(1_999);
    await folding.idle();
    expect(rowsInFile(path, 'numbers')).toBe(2_000);
  });

  it('is left to those who read it, and folded when they are done', async () => {
    const reader = new Sqlite(path, { readonly: true });
    onTestFinished(() => void reader.close());
    reader.exec('begin');
    reader.prepare('select count(*) from numbers').get();
    write(2_000);
    await folding.idle();
    expect(rowsInFile(path, 'numbers')).toBe(0);
    reader.exec('commit');
    write(2_000);
    await folding.idle();
    expect(rowsInFile(path, 'numbers')).toBe(4_000);
  });

  it('is folded by one thread, however often', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    for (let time = 1; time <= 30; time += 1) {
      write(2_000);
      await folding.idle();
    }
    expect(rowsInFile(path, 'numbers')).toBe(60_000);
    await new Promise(setImmediate);
    expect(warned).not.toHaveBeenCalled();
  });
});

it('is emptied as a whole only when the thread is done with it, which would turn a second one away', async () => {
  const path = join(temporaryFolder(), 'a.db');
  const file = new Sqlite(path);
  onTestFinished(() => void file.close());
  file.pragma('journal_mode = WAL');
  file.exec('create table numbers (number integer primary key)');
  const { promise: folded, resolve: end } = Promise.withResolvers<void>();
  const none = () => Promise.reject(new Error('Nobody asks.'));
  const connection = new StorageConnection(
    { executeQuery: none, streamQuery: none as never },
    {
      database: file,
      wal: { sync: none, trust: () => undefined, close: none },
      folding: { wrote: () => undefined, idle: () => folded, close: none },
    },
  );
  const emptied = connection.foldLog();
  await new Promise(setImmediate);
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  end();
  await emptied;
  expect(statSync(`${path}-wal`).size).toBe(0);
});

it('is written as ever where no thread can be had for it', async () => {
  const folding = createLogFolding(join(temporaryFolder(), 'not-there.db'));
  folding.wrote(2_000);
  await folding.idle();
  folding.wrote(4_000);
  await folding.idle();
  await folding.close();
});

it('is folded for every way to write, and gone with the database', async () => {
  const database = await openDatabase({ dataDir: temporaryFolder(), logger: createQuietLogger() });
  const many = Array.from({ length: 1_000 }, (_, index) => ({ name: `a${index}`, sealed_value: '' }));
  await database.db.insertInto('issuer_secrets').values(many).execute();
  await database.db.atOnce((prepare) => {
    const insert = prepare<[string]>("insert into issuer_secrets (name, sealed_value) values (?, '')");
    for (const { name } of many) insert.run(`b${name}`);
  });
  await vi.waitFor(() => expect(rowsInFile(database.path, 'issuer_secrets')).toBe(2_000));
  await database.close();
  expect(existsSync(`${database.path}-wal`)).toBe(false);
});
