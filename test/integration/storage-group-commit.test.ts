import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createGroupCommit, type GroupCommit } from '../../src/main/storage/group-commit.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';

let dataDir: string;
let database: Database;
/** Another program's view: it sees what is committed. */
let reader: Sqlite.Database;
let clock: ManualClock;
let commits: GroupCommit;

const insert = (name: string) =>
  commits.run((transaction) =>
    transaction.insertInto('issuer_secrets').values({ name, sealed_value: name }).returning('name').executeTakeFirst(),
  );
const committed = () => reader.prepare<[], string>('select name from issuer_secrets order by name').pluck().all();

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tt-group-commit-'));
  database = await openDatabase({ dataDir, logger: createQuietLogger() });
  reader = new Sqlite(join(dataDir, 'trackeep.db'), { readonly: true });
  clock = createManualClock();
  commits = createGroupCommit({ db: database.db, clock });
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
    const thrower = commits.run(async (transaction) => {
      await transaction.insertInto('issuer_secrets').values({ name: 'lost', sealed_value: '' }).execute();
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

describe('work while somebody is expected', () => {
  it('waits for him, and is committed with his', async () => {
    const arrived = commits.expect();
    const first = insert('a');
    await new Promise(setImmediate);
    expect(committed()).toEqual([]);

    const second = insert('b');
    arrived();
    arrived();

    await Promise.all([first, second]);
    expect(committed()).toEqual(['a', 'b']);
  });

  it('does not wait for ever', async () => {
    const arrived = commits.expect();
    const first = insert('a');
    await clock.advance(7);
    expect(committed()).toEqual([]);
    await clock.advance(1);
    await first;
    expect(committed()).toEqual(['a']);
    arrived();
    await insert('b');
    expect(committed()).toEqual(['a', 'b']);
  });
});

it('is on the disk when it is answered', async () => {
  await insert('a');
  expect(committed()).toEqual(['a']);
});
