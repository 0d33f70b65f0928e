import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import type { Prepare } from '../../src/main/storage/store.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('work that is done at once', () => {
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
  const committed = () => reader.prepare<[], string>('select name from issuer_secrets order by name').pluck().all();

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
    const { promise: pause, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const transaction = database.db.transaction().execute(async (own) => {
      await own.insertInto('issuer_secrets').values({ name: 'a', sealed_value: 'a' }).execute();
      begin();
      await pause;
    });
    await begun;
    const names = database.db.atOnce((prepare) => prepare('select name from issuer_secrets').pluck().all());
    goOn();
    expect(await names).toEqual(['a']);
    await transaction;
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
