import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBus } from '../../src/main/core/bus.ts';
import { createScheduler } from '../../src/main/core/scheduler.ts';
import { rollUp } from '../../src/main/tracking/roll-ups.ts';
import { createUpkeep } from '../../src/main/tracking/upkeep/create-upkeep.ts';
import { until } from '../support/connections-lab.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { at, MONDAY, openTrackedRows, type TrackedRows } from '../support/tracked-rows.ts';

const DAY_MS = 86_400_000;
const TODAY = MONDAY + 200;

interface Upkeeping extends TrackedRows {
  clock: ReturnType<typeof createManualClock>;
  upkeep: ReturnType<typeof createUpkeep>;
  bus: ReturnType<typeof createBus>;
  settings: { keepDays: number | null };
  changes: () => number;
  count(table: 'tracked_repositories' | 'tracked_commits' | 'tracked_days' | 'tracked_events'): Promise<number>;
  /** A day's round, to its end. */
  round(): Promise<void>;
}

async function lab(): Promise<Upkeeping> {
  const rows = await openTrackedRows();
  const clock = createManualClock(at(TODAY));
  const bus = createBus((error) => {
    throw error;
  });
  const logger = createQuietLogger();
  const rounds: Promise<void>[] = [];
  const scheduler = createScheduler({ clock, logger, random: () => 0 });
  const settings: Upkeeping['settings'] = { keepDays: null };
  let changes = 0;
  const upkeep = createUpkeep({
    ...{ db: rows.db, bus, clock, logger },
    scheduler: {
      ...scheduler,
      every: (name, { task, ...options }) =>
        scheduler.every(name, {
          ...options,
          task: (signal) => {
            const run = task(signal);
            rounds.push(run);
            return run;
          },
        }),
    },
    settings: { get: () => ({ tracking: settings }) as never },
    changed: () => {
      changes += 1;
    },
  });
  onTestFinished(async () => {
    await upkeep.stop();
    await scheduler.stop();
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
  return {
    ...{ ...rows, clock, upkeep, bus, settings },
    changes: () => changes,
    count: async (table) =>
      (
        await rows.db
          .selectFrom(table)
          .select('repository_id' as never)
          .execute()
      ).length,
    async round() {
      const before = rounds.length;
      if (before === 0) upkeep.start();
      else await clock.advance(DAY_MS);
      await until(() => rounds.length > before);
      await Promise.all(rounds);
    },
  };
}

const idsOf = async ({ db }: TrackedRows) =>
  (await db.selectFrom('tracked_repositories').select('id').orderBy('id').execute()).map(({ id }) => id);

describe('what is older than the person keeps it', () => {
  /** Commits, closed pull requests and events of the last 200 days, one each on every tenth of them. */
  async function history(upkeeping: Upkeeping) {
    const account = await upkeeping.account('octocat');
    const id = await upkeeping.repository([account], { updated_at: at(TODAY), looked_at: at(TODAY) });
    const days = Array.from({ length: 20 }, (_, index) => MONDAY + 10 * index);
    for (const day of days) {
      await upkeeping.commits(id, [{ committed_at: at(day, 0) }, { committed_at: at(day, 23) }]);
      const closed = { created_at: at(day), closed_at: at(day), merged_at: at(day) };
      await upkeeping.pullRequest(id, { state: 'merged', ...closed });
      await upkeeping.event(id, { at: at(day) });
    }
    await upkeeping.pullRequest(id, { state: 'open', created_at: at(MONDAY), number: 1_000 });
    await upkeeping.pullRequest(id, { state: 'closed', created_at: at(MONDAY), closed_at: at(TODAY), number: 1_001 });
    await upkeeping.db.transaction().execute((transaction) => rollUp(transaction, id, days));
    return { id, days };
  }

  it('goes, and its sums stay', async () => {
    const upkeeping = await lab();
    const { db, settings } = upkeeping;
    const { id, days } = await history(upkeeping);
    const sums = await db.selectFrom('tracked_days').selectAll().orderBy('day').execute();
    expect(sums).toHaveLength(20);
    settings.keepDays = 55;
    await upkeeping.round();

    const kept = days.filter((day) => day >= TODAY - 55);
    expect(kept).toHaveLength(5);
    const commits = await db.selectFrom('tracked_commits').select('committed_at').orderBy('committed_at').execute();
    expect(commits.map(({ committed_at }) => committed_at)).toEqual(kept.flatMap((day) => [at(day, 0), at(day, 23)]));
    const requests = await db.selectFrom('tracked_pull_requests').select(['closed_at', 'state']).execute();
    expect(requests.map(({ closed_at }) => closed_at).sort()).toEqual(
      [...kept.map((day) => at(day)), at(TODAY), null].sort(),
    );
    const events = await db
      .selectFrom('tracked_events')
      .select('at')
      .where('kind', '=', 'stars')
      .orderBy('at')
      .execute();
    expect(events.map((event) => event.at)).toEqual(kept.map((day) => at(day)));

    expect(await db.selectFrom('tracked_days').selectAll().orderBy('day').execute()).toEqual(sums);
    // A fetch that touches those days again, such as of a rewritten history, does not make them days of nothing.
    await db.transaction().execute((transaction) => rollUp(transaction, id, days));
    expect(await db.selectFrom('tracked_days').selectAll().orderBy('day').execute()).toEqual(sums);
    expect(upkeeping.changes()).toBe(1);
    await upkeeping.round();
    expect(upkeeping.changes()).toBe(1);
  });

  it('stays where the person sets no limit', async () => {
    const upkeeping = await lab();
    await history(upkeeping);
    await upkeeping.round();
    expect(await upkeeping.count('tracked_commits')).toBe(40);
    expect(upkeeping.changes()).toBe(0);
  });

  it('stays although the clock says that years have passed', async () => {
    const upkeeping = await lab();
    await history(upkeeping);
    upkeeping.settings.keepDays = 365;
    upkeeping.clock.jump(20 * 365 * DAY_MS);
    await upkeeping.round();
    expect(await upkeeping.count('tracked_commits')).toBe(40);
  });

  it('goes in steps, however much it is', async () => {
    const upkeeping = await lab();
    const account = await upkeeping.account('octocat');
    const id = await upkeeping.repository([account], { updated_at: at(TODAY) });
    await upkeeping.db.transaction().execute(async (db) => {
      const common = { repository_id: id, authored_at: 0, headline: '', body: '', pass: 0 };
      for (let start = 0; start < 5_000; start += 500) {
        const rows = Array.from({ length: 500 }, (_, index) => ({
          ...{ ...common, oid: `c${start + index}`, committed_at: at(MONDAY) },
        }));
        await db.insertInto('tracked_commits').values(rows).execute();
      }
    });
    upkeeping.settings.keepDays = 30;
    await upkeeping.round();
    expect(await upkeeping.count('tracked_commits')).toBe(0);
  });
});

describe('repositories that are left out or gone', () => {
  it('go after 90 days, with everything in them', async () => {
    const upkeeping = await lab();
    const account = await upkeeping.account('octocat');
    const state_since = at(TODAY - 91);
    const old = [
      await upkeeping.repository([account], { state: 'left_out', state_since }),
      await upkeeping.repository([], { state: 'gone', state_since, lost_by: account }),
    ];
    const kept = [
      await upkeeping.repository([account], { state: 'tracked', state_since, updated_at: at(TODAY) }),
      await upkeeping.repository([account], { state: 'left_out', state_since: at(TODAY - 89) }),
      await upkeeping.repository([], { state: 'gone', state_since: at(TODAY - 89), lost_by: account }),
    ];
    for (const id of [...old, ...kept]) {
      await upkeeping.commits(id, [{}]);
      await upkeeping.event(id, {});
    }
    await upkeeping.round();
    expect(await idsOf(upkeeping)).toEqual(kept);
    expect(await upkeeping.count('tracked_commits')).toBe(3);
    expect(await upkeeping.count('tracked_events')).toBe(3);
  });

  it('stay although the clock says that years have passed', async () => {
    const upkeeping = await lab();
    const account = await upkeeping.account('octocat');
    const id = await upkeeping.repository([], { state: 'gone', state_since: at(TODAY), lost_by: account });
    upkeeping.clock.jump(20 * 365 * DAY_MS);
    await upkeeping.round();
    expect(await idsOf(upkeeping)).toEqual([id]);
  });
});

describe('the names of webhook deliveries', () => {
  it('are known for 30 days', async () => {
    const upkeeping = await lab();
    const delivery = (id: string, received_at: number) =>
      upkeeping.db.insertInto('webhook_deliveries').values({ id, event: 'push', received_at }).execute();
    await delivery('old', at(TODAY - 31));
    await delivery('new', at(TODAY - 29));
    await upkeeping.round();
    expect(await upkeeping.db.selectFrom('webhook_deliveries').select('id').execute()).toEqual([{ id: 'new' }]);
  });
});

describe('forgetting an account', () => {
  async function twoAccounts(upkeeping: Upkeeping) {
    const octocat = await upkeeping.account('octocat');
    const hubot = await upkeeping.account('hubot');
    const ids = {
      shared: await upkeeping.repository([octocat, hubot]),
      own: await upkeeping.repository([octocat]),
      lost: await upkeeping.repository([], { state: 'gone', lost_by: octocat }),
      others: await upkeeping.repository([hubot]),
      lostByHubot: await upkeeping.repository([], { state: 'gone', lost_by: hubot }),
    };
    for (const id of Object.values(ids)) {
      await upkeeping.commits(id, [{}, {}]);
      await upkeeping.pullRequest(id, {});
      await upkeeping.release(id, {});
      await upkeeping.event(id, {});
      await upkeeping.db.transaction().execute((transaction) => rollUp(transaction, id, [MONDAY]));
    }
    for (const connection_id of [octocat, hubot]) {
      await upkeeping.db.insertInto('tracked_accounts').values({ connection_id, listed_at: 1 }).execute();
      await upkeeping.db.insertInto('tracked_contributions').values({ connection_id, day: MONDAY, count: 3 }).execute();
    }
    return { octocat, hubot, ids, kept: [ids.shared, ids.others, ids.lostByHubot] };
  }

  it('deletes what was tracked through it alone', async () => {
    const upkeeping = await lab();
    const { octocat, hubot, kept } = await twoAccounts(upkeeping);
    expect(await upkeeping.upkeep.stored()).toEqual({ repositories: 5, commits: 10, pullRequests: 5, events: 10 });
    await upkeeping.upkeep.forget(octocat);
    expect(await idsOf(upkeeping)).toEqual(kept);
    expect(await upkeeping.upkeep.stored()).toEqual({ repositories: 3, commits: 6, pullRequests: 3, events: 6 });
    expect(await upkeeping.count('tracked_days')).toBe(3);
    for (const table of ['tracked_accounts', 'tracked_contributions'] as const) {
      const rows = await upkeeping.db.selectFrom(table).select('connection_id').execute();
      expect(rows).toEqual([{ connection_id: hubot }]);
    }
    // The account itself is still connected.
    expect(await upkeeping.db.selectFrom('installations').selectAll().execute()).toHaveLength(2);
    expect(upkeeping.changes()).toBe(1);
  });

  it('is all or nothing', async () => {
    const upkeeping = await lab();
    const { octocat, ids } = await twoAccounts(upkeeping);
    await upkeeping.db.schema
      .createTable('obstacle')
      .addColumn('id', 'integer', (column) => column.references('tracked_repositories.id'))
      .execute();
    await upkeeping.db
      .insertInto('obstacle' as never)
      .values({ id: ids.lost } as never)
      .execute();
    await expect(upkeeping.upkeep.forget(octocat)).rejects.toThrow();
    expect(await upkeeping.upkeep.stored()).toEqual({ repositories: 5, commits: 10, pullRequests: 5, events: 10 });
    expect(await upkeeping.db.selectFrom('tracked_through').selectAll().execute()).toHaveLength(4);
  });

  it('is done when it is disconnected, at once where the app hears of it', async () => {
    const upkeeping = await lab();
    const { octocat, kept } = await twoAccounts(upkeeping);
    await upkeeping.round();
    await upkeeping.db.deleteFrom('installations').where('id', '=', octocat).execute();
    upkeeping.bus.emit('connections');
    await until(async () => (await idsOf(upkeeping)).length === 3);
    expect(await idsOf(upkeeping)).toEqual(kept);
  });

  it('is done at the start where the app was ended in between', async () => {
    const upkeeping = await lab();
    const { octocat, kept } = await twoAccounts(upkeeping);
    await upkeeping.db.deleteFrom('installations').where('id', '=', octocat).execute();
    expect(await idsOf(upkeeping)).toHaveLength(5);
    upkeeping.upkeep.start();
    await until(async () => (await idsOf(upkeeping)).length === 3);
    expect(await idsOf(upkeeping)).toEqual(kept);
  });

  it('leaves alone what is gone from GitHub and not from here', async () => {
    const upkeeping = await lab();
    const account = await upkeeping.account('octocat');
    const id = await upkeeping.repository([], { state: 'gone', state_since: at(TODAY), lost_by: account });
    await upkeeping.round();
    upkeeping.bus.emit('connections');
    await upkeeping.round();
    expect(await idsOf(upkeeping)).toEqual([id]);
  });
});

describe('the database file', () => {
  it('can shrink although an earlier version made it', async () => {
    const dataDir = temporaryFolder();
    const made = new Sqlite(join(dataDir, 'trackeep.db'));
    made.pragma('auto_vacuum = none');
    made.pragma('journal_mode = WAL');
    made.exec("create table earlier (text text); insert into earlier values ('kept')");
    made.close();
    const { db } = await openTrackedRows(dataDir);
    const { rows } = await sql`select auto_vacuum, text from pragma_auto_vacuum, earlier`.execute(db);
    expect(rows).toEqual([{ auto_vacuum: 2, text: 'kept' }]);
  });

  it('gives back what was deleted', async () => {
    const upkeeping = await lab();
    const account = await upkeeping.account('octocat');
    const id = await upkeeping.repository([account]);
    await upkeeping.commits(
      id,
      Array.from({ length: 1_000 }, () => ({ body: 'x'.repeat(10_000) })),
    );
    const { database } = upkeeping;
    const before = database.size();
    expect(before).toBeGreaterThan(8_000_000);
    await upkeeping.upkeep.forget(account);
    await database.giveBack(new AbortController().signal);
    await database.close();
    expect(database.size()).toBeLessThan(before / 5);
  });
});
