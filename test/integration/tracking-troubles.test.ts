import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { refusals } from '../../src/main/demo/emulated-github.ts';
import { json } from '../../src/main/demo/exchange.ts';
import { generateAccount, truth } from '../support/tracked-account.ts';
import { storedTruth } from '../support/tracked-database.ts';
import { openTrackingLab, type TrackingLab, type TrackingLabOptions, until } from '../support/tracking-lab.ts';

let lab: TrackingLab | undefined;
afterEach(() => lab?.close());

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

async function open(options: TrackingLabOptions = {}): Promise<TrackingLab> {
  lab = await openTrackingLab({
    world: (clock) => generateAccount({ seed: 11, repositories: 10, commits: 200, clock }),
    ...options,
  });
  return lab;
}

async function expectTrue({ db, world, settings }: TrackingLab): Promise<void> {
  expect(await storedTruth(db)).toEqual(truth(world, 'octocat', settings.get().tracking.choice));
}

/** The first repository of the choice that has commits. */
function busy({ world, settings }: TrackingLab) {
  for (const id of truth(world, 'octocat', settings.get().tracking.choice).keys()) {
    const repository = world.repositories.get(id);
    if (repository?.branches.has(repository.defaultBranch) && repository.owner === 'octocat') return repository;
  }
  throw new RangeError('there is none');
}

const toGraphQL = (asked: readonly string[]) => asked.filter((request) => request === 'POST /graphql').length;

describe('GitHub’s limits', () => {
  it('pause exactly as long as GraphQL’s hourly limit says, and then it goes on', async () => {
    const here = await open();
    const { github, clock, account, current, asked, pass } = here;
    await current();
    const resetAt = Date.parse((await account()).budget?.resetAt ?? '');
    github.spend('graphql', 5_000);
    here.world.push(busy(here), { commits: 1 });
    await pass(2 * MINUTE_MS);
    await here.tracking.refresh();
    await here.passUntil(async () => (await account()).state === 'limited');
    const limited = await account();
    // The headers tell whole seconds.
    expect(Math.abs(Date.parse(limited.nextAt ?? '') - resetAt)).toBeLessThanOrEqual(1_000);
    asked();
    await pass(resetAt - clock.now() - 6_000);
    expect(asked()).toEqual([]);
    await here.passUntil(async () => (await account()).state === 'current');
    await expectTrue(here);
  });

  it('pause as long as a secondary limit says', async () => {
    const here = await open();
    const { github, clock, account, asked, pass } = here;
    await here.current();
    github.fail({ match: 'POST /graphql', times: 1, answer: refusals.secondaryLimit(600) });
    await here.tracking.refresh();
    await here.passUntil(async () => (await account()).state === 'limited');
    expect(Date.parse((await account()).nextAt ?? '')).toBeGreaterThan(clock.now() + 590_000);
    asked();
    await pass(590_000);
    expect(asked()).toEqual([]);
    await pass(30_000);
    expect(toGraphQL(asked())).toBeGreaterThan(0);
    expect((await account()).state).toBe('current');
  });

  it('leave a fifth of the hourly limit to the person’s own clicks', async () => {
    const here = await open();
    const { github, account, asked, pass, tracking } = here;
    await here.current();
    const repository = busy(here);
    here.world.push(repository, { commits: 1 });
    await tracking.freshAll();
    github.spend('graphql', 4_500);
    await pass(1_000);
    // What is left is known from the headers of the next answer.
    await tracking.freshAll();
    here.world.push(repository, { commits: 3 });
    asked();
    await pass(10 * MINUTE_MS);
    expect(asked()).toEqual([]);
    expect((await account()).state).toBe('limited');
    const row = await here.db
      .selectFrom('tracked_repositories')
      .select('id')
      .where('github_id', '=', repository.id)
      .executeTakeFirstOrThrow();
    await tracking.fresh(row.id);
    const stored = (await storedTruth(here.db)).get(repository.id);
    expect(stored?.commits.length).toBe(
      truth(here.world, 'octocat', here.settings.get().tracking.choice).get(repository.id)?.commits.length,
    );
  });
});

describe('the person', () => {
  it('pauses and goes on, and nothing is asked in between', async () => {
    const here = await open({ tracking: { paused: true } });
    await here.pass(HOUR_MS);
    expect(toGraphQL(here.asked())).toBe(0);
    expect(await here.account()).toMatchObject({ state: 'paused', repositories: 0 });
    here.choose({ paused: false });
    await here.current();
    await expectTrue(here);
    here.choose({ paused: true });
    here.asked();
    await here.pass(3 * HOUR_MS);
    expect(here.asked()).toEqual([]);
    await expect(here.tracking.freshAll()).rejects.toMatchObject({ code: 'not_permitted' });
  });

  it('disconnects in the middle of it, and nothing is left', async () => {
    const here = await open({
      world: (clock) => generateAccount({ seed: 12, repositories: 40, commits: 2_000, clock }),
    });
    const { connectionId } = await here.account();
    await until(async () => (await here.account()).synced > 3);
    const { synced, repositories } = await here.account();
    expect(synced).toBeLessThan(repositories);
    await here.connections.disconnect(connectionId);
    await here.passUntil(async () => (await here.tracking.view()).accounts.length === 0);
    const left = () => here.db.selectFrom('tracked_repositories').select('id').execute();
    await here.passUntil(async () => (await left()).length === 0);
    await here.pass(HOUR_MS);
    expect(await left()).toEqual([]);
    expect(await here.db.selectFrom('tracked_commits').select('oid').limit(1).execute()).toEqual([]);
    expect(here.log.filter((line) => line.includes('failed'))).toEqual([]);
  });

  it('has two accounts that see the same repositories: each is fetched and stored once', async () => {
    const here = await open({ logins: ['octocat', 'hubot'] });
    await here.current();
    const shared = [...here.world.repositories.values()].filter(
      (one) => here.world.affiliation('octocat', one) !== null && here.world.affiliation('hubot', one) !== null,
    );
    expect(shared.length).toBeGreaterThan(0);
    const rows = await here.db.selectFrom('tracked_repositories').select('github_id').execute();
    expect(new Set(rows.map(({ github_id }) => github_id)).size).toBe(rows.length);
    await here.connections.disconnect((await here.account('octocat')).connectionId);
    await here.passUntil(async () => (await here.tracking.view()).accounts.length === 1);
    await here.pass(2 * HOUR_MS);
    const { choice } = here.settings.get().tracking;
    expect(await storedTruth(here.db)).toEqual(truth(here.world, 'hubot', choice));
  });

  it('has to connect anew, and then it goes on where it was', async () => {
    const here = await open();
    await here.current();
    here.github.revokeAll('octocat');
    here.world.push(busy(here), { commits: 2 });
    await here.tracking.refresh();
    await here.passUntil(async () => (await here.account()).state === 'problem');
    expect((await here.account()).problem?.code).toBe('needs_reconnect');
    here.asked();
    await here.pass(6 * HOUR_MS);
    expect(toGraphQL(here.asked())).toBe(0);
    await here.connect('octocat');
    await here.passUntil(async () => (await here.account()).state === 'current');
    await here.pass(2 * HOUR_MS);
    await expectTrue(here);
  });
});

describe('trouble on the way', () => {
  it('with the network is waited out, with few attempts', async () => {
    const here = await open();
    await here.current();
    const heal = here.github.fail({ match: 'POST /graphql', answer: 'reset' });
    here.world.push(busy(here), { commits: 2 });
    here.asked();
    await here.pass(6 * HOUR_MS);
    expect((await here.account()).state).toBe('problem');
    // Three each time, every quarter of an hour in the end.
    expect(toGraphQL(here.asked())).toBeLessThan(150);
    heal();
    await here.passUntil(async () => (await here.account()).state === 'current');
    await here.pass(2 * HOUR_MS);
    await expectTrue(here);
  });

  it('with a repository that is too large for one question ends with smaller pages', async () => {
    const here = await open({ logins: [] });
    let pages = 0;
    // Octokit tries each three times.
    const heal = here.github.fail({ match: 'POST /graphql', times: 3 * 3, answer: refusals.serverError(502) });
    await here.connect('octocat');
    await here.passUntil(async () => {
      pages += 1;
      return (await here.tracking.view()).accounts[0]?.state === 'current';
    });
    heal();
    expect(pages).toBeLessThan(200);
    await expectTrue(here);
  });

  it.each([202, 204, 409, 422, 451, 500])(
    'with one repository (status %i) does not stop the others, nor go on forever',
    async (status) => {
      const here = await open();
      await here.current();
      const repository = busy(here);
      here.world.push(repository, { commits: 2 });
      here.world.openIssue(repository);
      const body = status === 204 ? undefined : { message: 'not now' };
      here.github.fail({
        match: 'GET /repos/*/*/compare/*',
        answer: body === undefined ? { status, headers: {} } : json(status, body),
      });
      here.asked();
      await here.tracking.refresh();
      await here.pass(12 * HOUR_MS);
      const asked = here.asked().filter((request) => request.includes('/compare/'));
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.length).toBeLessThan(60);
      expect((await here.account()).state).toBe('current');
      here.github.heal();
      await here.pass(8 * HOUR_MS);
      await expectTrue(here);
    },
  );

  it('with a part that the app may not see leaves the other parts alone, until it may', async () => {
    const here = await open({ logins: [] });
    const repository = [...here.world.repositories.values()].find(({ pullRequests }) => pullRequests.size > 0);
    if (!repository) throw new RangeError('there is none');
    repository.private = false;
    here.world.withhold(repository, ['pullRequests', 'issues']);
    await here.connect('octocat');
    await here.passUntil(async () => (await here.tracking.view()).accounts[0]?.state === 'current');
    const stored = async () => (await storedTruth(here.db)).get(repository.id);
    const expected = truth(here.world, 'octocat', here.settings.get().tracking.choice).get(repository.id);
    expect(await stored()).toMatchObject({
      commits: expected?.commits,
      branches: expected?.branches,
      pullRequests: [],
    });
    here.asked();
    await here.pass(6 * HOUR_MS);
    expect(toGraphQL(here.asked())).toBeLessThan(40);
    here.world.withhold(repository, []);
    await here.pass(3 * HOUR_MS);
    await expectTrue(here);
  });

  it('with a clock that jumps makes no storm of requests', async () => {
    const here = await open();
    await here.current();
    for (const days of [30, -45, 60, -1]) {
      here.asked();
      here.clock.jump(days * 24 * HOUR_MS);
      await here.pass(10 * MINUTE_MS);
      expect(toGraphQL(here.asked()), `${days} days`).toBeLessThan(15);
      expect((await here.account()).state).toBe('current');
    }
    here.world.push(busy(here), { commits: 1 });
    await here.pass(3 * HOUR_MS);
    await expectTrue(here);
  });
});

describe('a fetch that never comes to an end', () => {
  it('by a fault of ours, costs some requests and not one after the other', async () => {
    const here = await open();
    await here.current();
    const { id } = busy(here);
    // Whatever it is fetched at, the repository counts as moved again at once.
    await sql`
      create trigger in_vain after update of synced_head_key on tracked_repositories
      when new.github_id = ${sql.lit(id)} and new.synced_head_key <> 'never'
      begin update tracked_repositories set synced_head_key = 'never' where id = new.id; end`.execute(here.db);
    here.world.push(busy(here), { commits: 1 });
    here.asked();
    await here.tracking.refresh();
    await here.pass(5 * MINUTE_MS);
    const requests = here.asked().length;
    expect(requests).toBeGreaterThan(3);
    expect(requests).toBeLessThan(100);
  });
});
