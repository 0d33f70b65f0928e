import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBus } from '../../src/main/core/bus.ts';
import { IDLE_CLIENT_MS, sweep } from '../../src/main/issuer/janitor.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';

const clock = createManualClock();
const now = clock.now();

let dataDir: string;
let database: Database;
let emitted: string[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tt-janitor-'));
  database = await openDatabase({ dataDir, logger: createQuietLogger() });
  emitted = [];
});

afterEach(async () => {
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

const run = (signal = new AbortController().signal) => {
  const bus = createBus(() => {});
  bus.on('clients', () => emitted.push('clients'));
  return sweep({ db: database.db, clock, bus }, signal);
};

const grant = (id: string, expiresAt: number) => ({
  ...{ id, client_id: 'c', resource: 'http://127.0.0.1:9090/mcp', scopes: 'openid', redirect_host: null },
  ...{ payload: '{}', approved_at: now - 1_000, last_used_at: null, expires_at: expiresAt },
});
const record = (hash: string, expiresAt: number, more: Partial<{ grant_id: string; consumed_at: number }> = {}) => ({
  ...{ model: 'RefreshToken', id_hash: hash, grant_id: null, lookup_hash: null, payload: '{}', sealed_payload: null },
  ...{ consumed_at: null, expires_at: expiresAt, ...more },
});
const client = (id: string, registeredAt: number, lastUsedAt: number | null) => ({
  ...{ client_id: id, kind: 'dynamic', metadata: '{}', process: null },
  ...{ registered_at: registeredAt, last_used_at: lastUsedAt },
});
const ids = async () => {
  const { db } = database;
  const records = await db.selectFrom('issuer_records').select('id_hash').execute();
  const grants = await db.selectFrom('issuer_grants').select('id').execute();
  const clients = await db.selectFrom('issuer_clients').select('client_id').execute();
  return [...records.map((row) => row.id_hash), ...grants.map((row) => row.id), ...clients.map((row) => row.client_id)];
};

describe('the janitor', () => {
  it('removes what has ended, and nothing else', async () => {
    const { db } = database;
    await db
      .insertInto('issuer_grants')
      .values([grant('ended grant', now - 1), grant('live grant', now + 1)])
      .execute();
    await db
      .insertInto('issuer_records')
      .values([
        record('ended', now - 1),
        record('live', now + 1, { grant_id: 'live grant' }),
        record('of the ended grant', now + 1, { grant_id: 'ended grant' }),
      ])
      .execute();
    await db
      .insertInto('issuer_clients')
      .values([
        client('never used', now - IDLE_CLIENT_MS - 1, null),
        client('idle', now - 2 * IDLE_CLIENT_MS, now - IDLE_CLIENT_MS - 1),
        client('in use', now - 2 * IDLE_CLIENT_MS, now - 1),
      ])
      .execute();

    await run();

    expect(await ids()).toEqual(['live', 'live grant', 'in use']);
    expect(emitted).toEqual(['clients']);
  });

  it('lets everything else have its turn, however much there is to do', async () => {
    const many = 3_000;
    await fill(many);
    let turns = 0;
    let working = true;
    const counting = (async () => {
      for (; working; turns += 1) await new Promise(setImmediate);
    })();

    await run();
    working = false;
    await counting;

    expect(await ids()).toEqual([]);
    // Records, and grants with records of theirs.
    expect(turns).toBeGreaterThanOrEqual((2 * many) / 100);
  });

  it('stops between two pieces when the app does', async () => {
    await fill(500);
    const ending = new AbortController();
    ending.abort();

    await run(ending.signal);

    expect((await ids()).length).toBeGreaterThan(500);
  });
});

/** Ended records, and as many ended grants with a record that would live longer. */
async function fill(count: number): Promise<void> {
  await database.db.transaction().execute(async (transaction) => {
    for (let index = 0; index < count; index += 1) {
      const id = randomUUID();
      await transaction
        .insertInto('issuer_grants')
        .values(grant(id, now - 1))
        .execute();
      await transaction
        .insertInto('issuer_records')
        .values(record(randomUUID(), now - 1))
        .execute();
      await transaction
        .insertInto('issuer_records')
        .values(record(randomUUID(), now + 1, { grant_id: id }))
        .execute();
    }
  });
}
