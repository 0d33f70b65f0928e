import { type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createGroupCommit, type GroupCommit } from '../../src/main/storage/group-commit.ts';
import type { Prepare } from '../../src/main/storage/store.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';

let dataDir: string;
let database: Database;
/** Another program's view: it sees what is committed. */
let reader: Sqlite.Database;
let commit: GroupCommit;

const insert = (name: string) =>
  commit((prepare) =>
    prepare<[string, string]>('insert into issuer_secrets (name, sealed_value) values (?, ?) returning name').get(
      name,
      name,
    ),
  );
const committed = () => reader.prepare<[], string>('select name from issuer_secrets order by name').pluck().all();

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tt-group-commit-'));
  database = await openDatabase({ dataDir, logger: createQuietLogger() });
  reader = new Sqlite(join(dataDir, 'trackeep.db'), { readonly: true });
  commit = createGroupCommit(database.db);
});

afterEach(async () => {
  reader.close();
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('work that comes together', () => {
  it('is committed together, and each gets its own result', async () => {
    const versions = new Set<unknown>();
    const names = ['a', 'b', 'c', 'd'];

    const results = await Promise.all(
      names.map(async (name) => {
        const result = await insert(name);
        versions.add(reader.pragma('data_version', { simple: true }));
        return result;
      }),
    );

    expect(results).toEqual(names.map((name) => ({ name })));
    expect(versions.size).toBe(1);
    expect(committed()).toEqual(names);
  });

  it('fails by itself: the others are committed', async () => {
    await insert('b');

    const outcomes = await Promise.allSettled([insert('a'), insert('b'), insert('c')]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(committed()).toEqual(['a', 'b', 'c']);
  });

  it('leaves nothing of one that throws after it has written', async () => {
    const thrower = commit((prepare) => {
      prepare("insert into issuer_secrets (name, sealed_value) values ('lost', '')").run();
      throw new RangeError('no');
    });

    await expect(Promise.allSettled([insert('a'), thrower])).resolves.toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: new RangeError('no') },
    ]);
    expect(committed()).toEqual(['a']);
  });

  it('goes on after it, crowd or none', async () => {
    for (const name of ['a', 'b', 'c']) await Promise.all([insert(name), insert(`${name}2`)]);
    await insert('d');
    await insert('e');
    expect(committed()).toEqual(['a', 'a2', 'b', 'b2', 'c', 'c2', 'd', 'e']);
  });
});

describe('the wait for the disk', () => {
  /** Keeps the disk busy, for as long as the test wants. */
  async function holdDisk() {
    const held: { carryOn(): void; fail(error: Error): void }[] = [];
    const handle = await open(join(dataDir, 'trackeep.db'));
    const files: FileHandle = Object.getPrototypeOf(handle);
    await handle.close();
    const { datasync } = files;
    const spy = vi.spyOn(files, 'datasync').mockImplementation(async function (this: FileHandle) {
      await new Promise<void>((resolve, reject) => held.push({ carryOn: resolve, fail: reject }));
      return datasync.call(this);
    });
    onTestFinished(() => spy.mockRestore());
    return held;
  }
  const turns = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  };

  it('is SQLite’s for all but those who wait elsewhere', async () => {
    const NORMAL = 1;
    const FULL = 2;
    const level = (prepare: Prepare) => prepare<[], number>('pragma synchronous').pluck().get();
    expect(await database.db.atOnce(level)).toBe(FULL);
    expect(await commit(level)).toBe(NORMAL);
    expect(await commit(level)).toBe(NORMAL);
    expect(await database.db.atOnce(level)).toBe(FULL);
    expect(await commit(level)).toBe(NORMAL);
    const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(database.db);
    expect(rows).toEqual([{ synchronous: FULL }]);
    const failing = commit(() => {
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await database.db.atOnce(level)).toBe(FULL);
  });

  it('comes before the answer', async () => {
    const held = await holdDisk();
    const answered = vi.fn();
    const first = insert('a').then(answered);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    expect(committed()).toEqual(['a']);
    await turns();
    expect(answered).not.toHaveBeenCalled();

    held[0]?.carryOn();
    await first;
  });

  it('keeps nobody else from the database', async () => {
    const held = await holdDisk();
    const first = insert('a');
    await vi.waitFor(() => expect(held).toHaveLength(1));

    expect(await database.db.selectFrom('issuer_secrets').select('name').execute()).toEqual([{ name: 'a' }]);
    await database.db.insertInto('issuer_secrets').values({ name: 'b', sealed_value: '' }).execute();

    held[0]?.carryOn();
    await first;
  });

  it('lets those who come meanwhile gather', async () => {
    const held = await holdDisk();
    const first = insert('a');
    await vi.waitFor(() => expect(held).toHaveLength(1));
    const others = ['b', 'c', 'd'].map(insert);
    await turns();
    expect(committed()).toEqual(['a']);

    held[0]?.carryOn();
    await first;
    await vi.waitFor(() => expect(held).toHaveLength(2));
    expect(committed()).toEqual(['a', 'b', 'c', 'd']);
    held[1]?.carryOn();
    await Promise.all(others);
    expect(held).toHaveLength(2);
  });

  const brokenDisk = () => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', syscall: 'fdatasync' });

  it('ends with everything in the file itself where the log cannot be brought to the disk', async () => {
    const held = await holdDisk();
    const both = Promise.all([insert('a'), insert('b')]);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    held[0]?.fail(brokenDisk());
    await both;
    expect((await stat(join(dataDir, 'trackeep.db-wal'))).size).toBe(0);
    expect(committed()).toEqual(['a', 'b']);

    const next = insert('c');
    await vi.waitFor(() => expect(held).toHaveLength(2));
    held[1]?.carryOn();
    await next;
  });

  it('is told to the whole group when that fails too, and nothing is done twice', async () => {
    const held = await holdDisk();
    reader.exec('begin');
    committed();
    const both = [insert('a'), insert('b')].map((one) =>
      expect(one).rejects.toMatchObject({ code: 'data_folder_unusable' }),
    );
    await vi.waitFor(() => expect(held).toHaveLength(1));
    held[0]?.fail(brokenDisk());
    await Promise.all(both);

    // The log is not trusted until it was emptied.
    reader.exec('commit');
    await insert('c');
    expect(held).toHaveLength(1);
    expect((await stat(join(dataDir, 'trackeep.db-wal'))).size).toBe(0);
    expect(committed()).toEqual(['a', 'b', 'c']);
  });
});
