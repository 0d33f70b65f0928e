import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import type { Prepare } from '../../src/main/storage/store.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let database: Database;
/** Another program's view: it sees what is committed. */
let reader: Sqlite.Database;
beforeEach(async () => {
  database = await openDatabase({ dataDir: temporaryFolder(), logger: createQuietLogger() });
  reader = new Sqlite(database.path, { readonly: true });
});
afterEach(async () => {
  reader.close();
  await database.close();
});

const insert = (name: string) => (prepare: Prepare) =>
  prepare<[string, string]>('insert into issuer_secrets (name, sealed_value) values (?, ?)').run(name, name).changes;
const names = (prepare: Prepare) => prepare<[], string>('select name from issuer_secrets order by name').pluck().all();
const committed = () => reader.prepare<[], string>('select name from issuer_secrets order by name').pluck().all();

/** A transaction that has written `name` and waits. */
async function openTransaction(name: string) {
  const { promise: pause, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const ended = database.db.transaction().execute(async (own) => {
    await own.insertInto('issuer_secrets').values({ name, sealed_value: name }).execute();
    begin();
    await pause;
  });
  await begun;
  return { goOn, ended };
}

describe('a question', () => {
  it('is answered by what was written before it', async () => {
    await database.db.atOnce(insert('a'));
    expect(await database.db.ask(names)).toEqual(['a']);
  });

  it('waits for a transaction under way, of which it would see what may not stay', async () => {
    const transaction = await openTransaction('a');
    const asked = database.db.ask(names);
    transaction.goOn();
    expect(await asked).toEqual(['a']);
    await transaction.ended;
  });

  it('speaks of trouble with the file in the words of the product, and leaves what is none as it is', async () => {
    const failing = (error: Error) =>
      database.db.ask(() => {
        throw error;
      });
    const full = new Sqlite.SqliteError('database or disk is full', 'SQLITE_FULL');
    await expect(failing(full)).rejects.toMatchObject({ code: 'disk_full' });
    await expect(failing(new RangeError('no'))).rejects.toThrow(new RangeError('no'));
  });
});

describe('work that is done at once', () => {
  it('is committed when its result is there', async () => {
    expect(await database.db.atOnce(insert('a'))).toBe(1);
    expect(committed()).toEqual(['a']);
  });

  it('leaves nothing behind when it fails, and the next goes on', async () => {
    const failing = database.db.atOnce((prepare) => {
      insert('a')(prepare);
      throw new Error('changed its mind');
    });
    await expect(failing).rejects.toThrow('changed its mind');
    expect(committed()).toEqual([]);
    await database.db.atOnce(insert('b'));
    expect(committed()).toEqual(['b']);
  });

  it('waits for a transaction under way, and sees what that has done', async () => {
    const transaction = await openTransaction('a');
    const found = database.db.atOnce(names);
    transaction.goOn();
    expect(await found).toEqual(['a']);
    await transaction.ended;
  });

  it('speaks of trouble with the file in the words of the product', async () => {
    const other = new Sqlite(database.path);
    other.exec('begin immediate');
    await expect(database.db.atOnce(insert('a'))).rejects.toMatchObject({
      code: 'data_folder_unusable',
      message: expect.stringContaining(database.path),
    });
    other.exec('rollback');
    other.close();
    expect(await database.db.atOnce(insert('a'))).toBe(1);
  });
});
