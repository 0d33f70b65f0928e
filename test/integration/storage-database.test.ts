import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { MIGRATIONS } from '../../src/main/storage/migrations.ts';
import { SEALED_COLUMNS } from '../../src/main/storage/schema.ts';
import { accountRow } from '../support/account-row.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function open(dataDir = temporaryFolder()): Promise<Database & { dataDir: string }> {
  const database = await openDatabase({ dataDir, logger: createQuietLogger() });
  onTestFinished(() => database.close());
  return { ...database, dataDir };
}

const rawly = <T>(path: string, work: (file: Sqlite.Database) => T): T => {
  const file = new Sqlite(path);
  try {
    return work(file);
  } finally {
    file.close();
  }
};

/** As before the migration `from`, as far as it and those after it go by what they find. */
function takeBack(path: string, from: '0006' | '0008'): void {
  rawly(path, (file) => {
    file.prepare('delete from kysely_migration where name >= ?').run(from);
    file.exec('create index audit_connection on audit (number)');
    file.exec('drop table audit_stretches');
  });
}

const RECORD = {
  ...{ model: 'RefreshToken', grant_id: null, lookup_hash: null },
  ...{ payload: '{}', sealed_payload: null, consumed_at: null },
};

describe('a new database', () => {
  it('has every table, empty and sound', async () => {
    const { db, integrityCheck } = await open();
    const tables = ['installations', 'oauth_states', 'providers', 'http_cache', 'release_feed', 'vault_keys'] as const;
    for (const table of tables) expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
    expect(await integrityCheck()).toBe('ok');
  });

  it('has every column that a key rotation re-encrypts', async () => {
    const { db } = await open();
    for (const { table, row, columns } of SEALED_COLUMNS) {
      const { rows } = await sql<{ name: string; pk: number }>`
        select name, pk from pragma_table_info(${table})`.execute(db);
      expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining([...columns]));
      const key = rows.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
      expect(key.map(({ name }) => name)).toEqual([...row]);
    }
  });

  it('names no sealed column that a key rotation would forget', async () => {
    const { db } = await open();
    const { rows } = await sql<{ place: string }>`
      select m.name || '.' || c.name as place from sqlite_schema m, pragma_table_info(m.name) c
      where m.type = 'table' and c.name like 'sealed%' order by place`.execute(db);
    const known = SEALED_COLUMNS.flatMap(({ table, columns }) => columns.map((column) => `${table}.${column}`));
    expect(rows.map(({ place }) => place)).toEqual(known.sort());
  });

  it.runIf(process.platform !== 'win32')('is readable for this user only, with the files beside it', async () => {
    const { db, dataDir } = await open();
    await db.insertInto('installations').values(accountRow()).execute();
    const names = readdirSync(dataDir);
    expect(names.sort()).toEqual(['trackeep.db', 'trackeep.db-shm', 'trackeep.db-wal']);
    for (const name of names) expect(statSync(join(dataDir, name)).mode & 0o777, name).toBe(0o600);
  });

  it('is written so that a commit outlives the power', async () => {
    const { db } = await open();
    const pragma = async (name: string) =>
      Object.values((await sql.raw(`pragma ${name}`).execute(db)).rows[0] ?? {})[0];
    expect(await pragma('journal_mode')).toBe('wal');
    // 2 is FULL.
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('secure_delete')).toBe(1);
  });
});

describe('a database that is opened again', () => {
  it('still has everything', async () => {
    const first = await open();
    await first.db.insertInto('installations').values(accountRow()).execute();
    await first.close();

    const { db } = await open(first.dataDir);

    expect(await db.selectFrom('installations').select('login').execute()).toEqual([{ login: 'octocat' }]);
  });

  it('leaves one file behind after an orderly end', async () => {
    const { close, dataDir, db } = await open();
    await db.insertInto('installations').values(accountRow()).execute();
    await close();
    expect(readdirSync(dataDir)).toEqual(['trackeep.db']);
  });

  it.runIf(process.platform !== 'win32')('is closed to others if they could read it', async () => {
    const { close, dataDir, path } = await open();
    await close();
    chmodSync(path, 0o644);
    await open(dataDir);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('says which migrations it needed, once', async () => {
    const dataDir = temporaryFolder();
    const opening = async () => {
      const logger = createQuietLogger();
      await (await openDatabase({ dataDir, logger })).close();
      return logger.lines.map(({ fields }) => fields?.migration);
    };
    expect(await opening()).toEqual(Object.keys(MIGRATIONS));
    expect(await opening()).toEqual([]);
  });

  it('keeps the records of the issuer when their table is made anew', async () => {
    const dataDir = temporaryFolder();
    const { db, close, path } = await openDatabase({ dataDir, logger: createQuietLogger() });
    await db
      .insertInto('issuer_records')
      .values([2, 1].map((number) => ({ ...RECORD, id_hash: `hash-${number}`, expires_at: number })))
      .execute();
    await close();
    takeBack(path, '0006');
    const again = await open(dataDir);
    const records = await again.db.selectFrom('issuer_records').selectAll().orderBy('expires_at').execute();
    expect(records).toEqual([1, 2].map((number) => ({ ...RECORD, id_hash: `hash-${number}`, expires_at: number })));
    const plan = await sql<{ detail: string }>`explain query plan
      delete from issuer_records where expires_at < 5`.execute(again.db);
    expect(plan.rows[0]?.detail).toContain('issuer_records_expiry');
    expect(await again.integrityCheck()).toBe('ok');
  });

  it('notes whom the log is about when it has rows already', async () => {
    const dataDir = temporaryFolder();
    const { db, close, path } = await openDatabase({ dataDir, logger: createQuietLogger() });
    const about = ['aaaaaaaa-1', 'bbbbbbbb-2', 'aaaaaaaa-1', null];
    const rows = about.map((connectionId, index) => ({
      ...{ number: 62 + index, entry: JSON.stringify({ connectionId }), mac: '' },
    }));
    await db
      .insertInto('audit')
      .values([...rows, { number: 66, entry: 'damaged', mac: '' }])
      .execute();
    await close();
    takeBack(path, '0008');
    const again = await open(dataDir);
    expect(await again.db.selectFrom('audit_stretches').selectAll().execute()).toEqual([
      { stretch: 0, accounts: 'aaaaaaaa,bbbbbbbb' },
      { stretch: 1, accounts: 'aaaaaaaa' },
    ]);
  });

  it('finishes a migration that a crash cut short', async () => {
    const { close, dataDir, path } = await open();
    await close();
    // As SQLite leaves it: the transaction was rolled back, so only the migrator's own tables are there.
    rawly(path, (file) => {
      const tables = file.prepare(
        "select name from sqlite_schema where type = 'table' and name not like 'kysely%' and name not like 'sqlite%'",
      );
      file.pragma('foreign_keys = off');
      for (const table of tables.pluck().all()) file.exec(`drop table ${table}`);
      file.exec('delete from kysely_migration');
    });

    const { db } = await open(dataDir);

    expect(await db.selectFrom('installations').selectAll().execute()).toEqual([]);
  });

  it('is refused, and left as it is, when a newer version made it', async () => {
    const { close, dataDir, path } = await open();
    await close();
    rawly(path, (file) => {
      file.exec("insert into kysely_migration values ('9999-from-the-future', '2030-01-01T00:00:00.000Z')");
    });
    const before = readFileSync(path);

    await expect(open(dataDir)).rejects.toMatchObject({
      code: 'database_newer',
      message: expect.stringContaining(path),
      remedy: expect.stringContaining('newer Trackeep Tray'),
    });
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(dataDir)).toEqual(['trackeep.db']);
  });

  it('is recovered when the files are those of a power cut', async () => {
    const { db, dataDir } = await open();
    await db
      .insertInto('installations')
      .values(accountRow({ login: 'committed' }))
      .execute();
    const crashed = temporaryFolder();
    for (const name of ['trackeep.db', 'trackeep.db-wal']) copyFileSync(join(dataDir, name), join(crashed, name));

    const recovered = await open(crashed);

    expect(await recovered.db.selectFrom('installations').select('login').execute()).toEqual([{ login: 'committed' }]);
    expect(await recovered.integrityCheck()).toBe('ok');
  });
});

describe('the rules of the tables', () => {
  it('let an account be connected once', async () => {
    const { db } = await open();
    await db.insertInto('installations').values(accountRow()).execute();
    const again = db.insertInto('installations').values(accountRow({ id: 'other' }));
    await expect(again.execute()).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_UNIQUE' });
  });

  it('let revoked ones stay beside it, and the same account on another server', async () => {
    const { db } = await open();
    const rows = [
      accountRow(),
      accountRow({ id: 'a', revoked_at: 1 }),
      accountRow({ id: 'b', revoked_at: 2 }),
      accountRow({ id: 'c', host: 'github.example.com' }),
    ];
    await db.insertInto('installations').values(rows).execute();
    expect(await db.selectFrom('installations').select('id').execute()).toHaveLength(4);
  });

  it('take what was cached for an account away with it', async () => {
    const { db } = await open();
    await db
      .insertInto('installations')
      .values(accountRow({ id: 'a' }))
      .execute();
    const cached = { installation_id: 'a', url: 'https://x.test', etag: 'e', sealed_body: 's', updated_at: 1 };
    await db.insertInto('http_cache').values(cached).execute();

    await db.deleteFrom('installations').where('id', '=', 'a').execute();

    expect(await db.selectFrom('http_cache').selectAll().execute()).toEqual([]);
  });

  it('let one master key be current', async () => {
    const { db } = await open();
    const key = { source: 'file', verifier: 'v', wrapping: null, created_at: 1 };
    await db
      .insertInto('vault_keys')
      .values([{ ...key, key_id: 'a', state: 'current' }])
      .execute();
    await db
      .insertInto('vault_keys')
      .values([{ ...key, key_id: 'b', state: 'retired' }])
      .execute();
    const second = db.insertInto('vault_keys').values([{ ...key, key_id: 'c', state: 'current' }]);
    await expect(second.execute()).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_UNIQUE' });
  });

  it('count generations from one', async () => {
    const { db } = await open();
    await db.insertInto('installations').values(accountRow()).execute();
    const row = await db.selectFrom('installations').select('generation').executeTakeFirstOrThrow();
    expect(row.generation).toBe(1);
  });

  it('overwrite what is deleted', async () => {
    const { db, close, path } = await open();
    const sealed = `ciphertext-${'c'.repeat(500)}`;
    await db
      .insertInto('installations')
      .values(accountRow({ sealed_access_token: sealed }))
      .execute();
    await db.deleteFrom('installations').execute();
    await close();
    expect(readFileSync(path).includes('ciphertext-')).toBe(false);
  });
});

describe('a transaction', () => {
  it('that fails changes nothing, and says why it failed', async () => {
    const { db } = await open();
    const reason = new Error('changed my mind');
    const attempt = db.transaction().execute(async (transaction) => {
      await transaction.insertInto('installations').values(accountRow()).execute();
      throw reason;
    });
    await expect(attempt).rejects.toBe(reason);
    expect(await db.selectFrom('installations').selectAll().execute()).toEqual([]);
  });
});

describe('a database that another program holds', () => {
  it('is data_folder_unusable with that reason, and free afterwards', async () => {
    const { db, path } = await open();
    const other = new Sqlite(path);
    other.exec('BEGIN IMMEDIATE');
    try {
      await expect(db.insertInto('installations').values(accountRow()).execute()).rejects.toMatchObject({
        code: 'data_folder_unusable',
        message: `Another program holds the database ${path}.`,
      });
    } finally {
      other.close();
    }
    await db.insertInto('installations').values(accountRow()).execute();
  });
});

describe('kill -9 in the middle of commits', () => {
  it('loses nothing that was committed, and leaves nothing half-written', async () => {
    const dataDir = temporaryFolder();
    for (const commits of [1, 7, 30]) {
      const committed = await commitUntilKilled(dataDir, commits);

      const { db, integrityCheck, close } = await openDatabase({ dataDir, logger: createQuietLogger() });
      const rows = await db.selectFrom('installations').select(['id', 'login', 'display_name']).execute();
      expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(committed));
      // Both halves of every transaction, or neither.
      for (const { login, display_name } of rows) expect(display_name).toBe(login);
      expect(await integrityCheck()).toBe('ok');
      await close();
    }
  });

  /** @returns the ids whose commit was reported before the kill */
  async function commitUntilKilled(dataDir: string, commits: number): Promise<string[]> {
    const script = resolve(import.meta.dirname, '../support/committing-child.ts');
    const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const committed: string[] = [];
    const lines = createInterface(child.stdout);
    lines.on('line', (id) => {
      committed.push(id);
      if (committed.length === commits) child.kill('SIGKILL');
    });
    await Promise.all([once(child, 'exit'), once(lines, 'close')]);
    expect(committed.length).toBeGreaterThanOrEqual(commits);
    return committed;
  }
});
