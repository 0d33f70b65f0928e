import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World, type WorldRepository } from '../../src/main/demo/tracked/world.ts';
import { truth } from '../support/tracked-account.ts';
import { storedTruth } from '../support/tracked-database.ts';
import { openTrackingLab, type TrackingLab } from '../support/tracking-lab.ts';

const DAY_MS = 24 * 3_600_000;

/** One repository of the person's, with a little of everything in it. */
function garden(clock: { now(): number }): World {
  const world = createWorld({ clock });
  world.owner('octocat');
  world.owner('hubot');
  const at = clock.now() - 40 * DAY_MS;
  const repository = world.addRepository({ owner: 'octocat', name: 'garden', createdAt: at, stars: 5 });
  world.push(repository, { commits: 5, at });
  world.createBranch(repository, 'spare', { at });
  world.push(repository, { branch: 'topic', commits: 1, at });
  world.openPullRequest(repository, { head: 'topic', author: 'hubot', title: 'Water the roses', at, draft: true });
  world.publishRelease(repository, { tag: 'v1', name: 'One', at });
  return world;
}

let lab: TrackingLab;
let repository: WorldRepository;
beforeEach(async () => {
  lab = await openTrackingLab({ world: garden });
  await lab.current();
  const [first] = lab.world.repositories.values();
  if (!first) throw new RangeError('there is none');
  repository = first;
  await lab.pass(10_000);
});
afterEach(() => lab.close());

/** What happened since, as far as it was noticed, in the order of the kinds. */
async function noticed(change: () => unknown): Promise<object[]> {
  const { id: last } = await lab.db
    .selectFrom('tracked_events')
    .select((select) => select.fn.max('id').as('id'))
    .executeTakeFirstOrThrow();
  change();
  await lab.pass(10_000);
  lab.asked();
  await lab.tracking.freshAll();
  expect(await storedTruth(lab.db)).toEqual(truth(lab.world, 'octocat', lab.settings.get().tracking.choice));
  return lab.db
    .selectFrom('tracked_events')
    .select(['kind', 'number', 'title', 'before', 'after', 'actor', 'count'])
    .where('id', '>', last)
    .orderBy('kind')
    .orderBy('after')
    .execute();
}

const head = (branch = repository.defaultBranch) => repository.branches.get(branch) ?? '';

describe('a first sync', () => {
  it('tells as history only what has a time of its own', async () => {
    const rows = await lab.db.selectFrom('tracked_events').select('kind').orderBy('kind').execute();
    expect(rows.map(({ kind }) => kind)).toEqual(['commits', 'pull_request_opened', 'release']);
    expect(lab.notices).toEqual([]);
  });
});

describe('what changes', () => {
  it('in a push is its commits alone, for one look, one comparison and two questions', async () => {
    const events = await noticed(() => lab.world.push(repository, { commits: 3 }));
    expect(events).toMatchObject([{ kind: 'commits', count: 3 }]);
    const asked = lab.asked();
    expect(asked.filter((request) => request === 'POST /graphql')).toHaveLength(3);
    expect(asked.filter((request) => request.includes('/compare/'))).toHaveLength(1);
    expect(asked).toHaveLength(4);
  });

  it('in a forced push takes away what is no more', async () => {
    const before = head();
    const events = await noticed(() => lab.world.forcePush(repository, { drop: 2, commits: 1 }));
    expect(events).toMatchObject([
      { kind: 'branch_forced', title: 'main', before, after: head() },
      { kind: 'commits' },
    ]);
  });

  it('in a forced push whose old commits are collected is read anew', async () => {
    const events = await noticed(() => {
      lab.world.forcePush(repository, { drop: 4, commits: 2 });
      lab.world.collect(repository);
    });
    expect(events.map((event) => 'kind' in event && event.kind)).toContain('commits');
  });

  it('of branches is told by name', async () => {
    const before = head('spare');
    const events = await noticed(() => {
      lab.world.createBranch(repository, 'new');
      lab.world.deleteBranch(repository, 'spare');
      lab.world.push(repository, { branch: 'topic', commits: 1 });
    });
    expect(events).toMatchObject([
      { kind: 'branch_created', title: 'new', after: head('new') },
      { kind: 'branch_deleted', title: 'spare', before },
      { kind: 'branch_moved', title: 'topic', after: head('topic') },
    ]);
  });

  it('of a pull request is told step by step', async () => {
    const number = 1;
    const of = { number, title: 'Water the roses' };
    expect(await noticed(() => lab.world.setDraft(repository, number, false))).toMatchObject([
      { kind: 'pull_request_ready', ...of },
    ]);
    expect(await noticed(() => lab.world.requestReview(repository, number, 'octocat'))).toMatchObject([
      { kind: 'review_requested', ...of, after: 'octocat' },
    ]);
    expect(
      await noticed(() => lab.world.review(repository, number, { author: 'octocat', state: 'CHANGES_REQUESTED' })),
    ).toMatchObject([{ kind: 'reviewed', ...of, after: 'changes_requested' }]);
    expect(await noticed(() => lab.world.close(repository, number))).toMatchObject([
      { kind: 'pull_request_closed', ...of },
    ]);
    expect(await noticed(() => lab.world.reopen(repository, number))).toMatchObject([
      { kind: 'pull_request_reopened', ...of },
    ]);
    expect(await noticed(() => lab.world.merge(repository, number))).toMatchObject([
      { kind: 'commits' },
      { kind: 'pull_request_merged', ...of },
    ]);
  });

  it('of checks comes with the look itself, and costs no request more', async () => {
    expect(await noticed(() => lab.world.setChecks(repository, 1, 'FAILURE'))).toMatchObject([
      { kind: 'checks', number: 1, before: null, after: 'failure' },
    ]);
    expect(lab.asked()).toEqual(['POST /graphql']);
  });

  it('of numbers has its value before and after', async () => {
    const events = await noticed(() => {
      lab.world.star(repository, 'hubot');
      lab.world.openIssue(repository);
    });
    expect(events).toMatchObject([
      { kind: 'issues', before: '0', after: '1' },
      { kind: 'stars', before: '5', after: '6' },
    ]);
    expect(lab.asked()).toEqual(['POST /graphql']);
  });

  it('of a release is told once, however often it is edited', async () => {
    expect(await noticed(() => lab.world.publishRelease(repository, { tag: 'v2', name: 'Two' }))).toMatchObject([
      { kind: 'release', title: 'Two' },
    ]);
    const newest = repository.releases.find(({ tag }) => tag === 'v2');
    expect(await noticed(() => lab.world.editRelease(repository, newest?.id ?? 0, { name: 'Two and a half' }))).toEqual(
      [],
    );
    expect(await noticed(() => lab.world.removeRelease(repository, newest?.id ?? 0))).toEqual([]);
  });

  it('of the repository itself keeps its history together', async () => {
    expect(await noticed(() => lab.world.renameTo(repository, 'orchard'))).toMatchObject([
      { kind: 'renamed', before: 'octocat/garden', after: 'octocat/orchard' },
    ]);
    lab.world.owner('acme', { type: 'Organization', members: ['octocat'] });
    expect(await noticed(() => lab.world.transfer(repository, 'acme'))).toMatchObject([
      { kind: 'renamed', before: 'octocat/orchard', after: 'acme/orchard' },
    ]);
    expect(await noticed(() => lab.world.makePrivate(repository, true))).toMatchObject([
      { kind: 'visibility', before: 'public', after: 'private' },
    ]);
    expect(await lab.db.selectFrom('tracked_repositories').select('id').execute()).toHaveLength(1);
  });

  it('of the default branch takes over the commits of the other', async () => {
    const events = await noticed(() => lab.world.changeDefaultBranch(repository, 'topic'));
    expect(events).toContainEqual(expect.objectContaining({ kind: 'default_branch', before: 'main', after: 'topic' }));
  });

  it('when a repository is emptied leaves nothing of its commits', async () => {
    await noticed(() => lab.world.empty(repository));
    expect(await lab.db.selectFrom('tracked_commits').select('oid').execute()).toEqual([]);
    expect(await lab.db.selectFrom('tracked_events').select('id').where('kind', '=', 'commits').execute()).toEqual([]);
  });

  it('when a repository goes keeps its history, and goes on with it when it comes back', async () => {
    expect(await noticed(() => lab.world.block(repository, true))).toMatchObject([{ kind: 'gone' }]);
    const [row] = await lab.db.selectFrom('tracked_repositories').select(['state', 'lost_by']).execute();
    expect(row).toEqual({ state: 'gone', lost_by: (await lab.account()).connectionId });
    expect(await lab.db.selectFrom('tracked_commits').select('oid').execute()).toHaveLength(5);
    expect(await noticed(() => lab.world.block(repository, false))).toMatchObject([{ kind: 'back' }]);
  });
});
