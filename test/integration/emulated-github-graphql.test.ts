/**
 * GraphQL of the emulated GitHub against GitHub's documentation, over real HTTP: what is told of the world, page by page.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { World, WorldRepository } from '../../src/main/demo/tracked/world.ts';
import { CONTRIBUTIONS, FETCH, LIST_OWN, LIST_STARRED, LOOK } from '../../src/main/tracking/github/queries.ts';
import { type Any, type GraphQLLab, openGraphQLLab } from '../support/graphql-lab.ts';
import type { ManualClock } from '../support/manual-clock.ts';

let clock: ManualClock;
let world: World;
let ask: GraphQLLab['ask'];
let send: GraphQLLab['send'];
let refusalOf: GraphQLLab['refusalOf'];

beforeEach(async () => {
  ({ clock, world, ask, send, refusalOf } = await openGraphQLLab());
});

const NOTHING = { commits: false, branches: false, pullRequests: false, releases: false, many: 100, some: 50 };

/** The node id of a repository, as a listing tells it. */
async function idOf({ name }: WorldRepository): Promise<string> {
  const { repository } = await ask(`{ repository(owner: "octocat", name: "${name}") { id } }`);
  return repository.id;
}

describe('a listing', () => {
  it('tells what is true of a repository', async () => {
    const repository = world.addRepository({
      ...{ owner: 'octocat', name: 'garden', private: true, description: 'Plants', topics: ['plants', 'water'] },
      ...{ languages: { CSS: 10, TypeScript: 90 }, license: 'MIT', stars: 5, watchers: 2, forks: 1, openIssues: 3 },
    });
    const [commit] = world.push(repository);
    world.createBranch(repository, 'topic');
    const pull = world.openPullRequest(repository, { head: 'topic' });
    world.setChecks(repository, pull.number, 'FAILURE');
    const release = world.publishRelease(repository, { tag: 'v1' });
    const { viewer, rateLimit } = await ask(LIST_OWN, { first: 100 });
    expect(viewer).toMatchObject({ login: 'octocat', repositories: { totalCount: 1 } });
    expect(viewer.repositories.nodes[0]).toEqual({
      ...{ databaseId: repository.id, id: expect.any(String), owner: { login: 'octocat' }, name: 'garden' },
      ...{ isPrivate: true, isFork: false, isArchived: false, description: 'Plants', licenseInfo: { spdxId: 'MIT' } },
      ...{ createdAt: '2026-11-02T09:00:00Z', pushedAt: '2026-11-02T09:00:00Z', updatedAt: '2026-11-02T09:00:00Z' },
      languages: {
        edges: [
          { size: 90, node: { name: 'TypeScript' } },
          { size: 10, node: { name: 'CSS' } },
        ],
      },
      repositoryTopics: { nodes: [{ topic: { name: 'plants' } }, { topic: { name: 'water' } }] },
      ...{ stargazerCount: 5, forkCount: 1, watchers: { totalCount: 2 }, issues: { totalCount: 3 } },
      ...{ defaultBranchRef: { name: 'main', target: { oid: commit?.oid } }, refs: { totalCount: 2 } },
      newestPullRequests: { totalCount: 1, nodes: [{ number: pull.number, updatedAt: '2026-11-02T09:00:00Z' }] },
      openPullRequests: {
        totalCount: 1,
        nodes: [
          {
            number: pull.number,
            commits: { nodes: [{ commit: { oid: commit?.oid, statusCheckRollup: { state: 'FAILURE' } } }] },
          },
        ],
      },
      releases: { totalCount: 1, nodes: [{ databaseId: release.id, updatedAt: '2026-11-02T09:00:00Z' }] },
    });
    expect(rateLimit).toMatchObject({ limit: 5000, resetAt: '2026-11-02T10:00:00Z' });
  });

  it('has neither what belongs to others nor what is blocked, but what a person works on', async () => {
    world.owner('acme', { type: 'Organization', members: ['octocat'] });
    for (const owner of ['octocat', 'hubot', 'acme']) world.addRepository({ owner, name: 'open' });
    world.addRepository({ owner: 'hubot', name: 'shared', private: true, collaborators: ['octocat'] });
    world.block(world.addRepository({ owner: 'octocat', name: 'taken-down' }));
    const { viewer } = await ask(LIST_OWN, { first: 100 });
    const names = viewer.repositories.nodes.map(({ owner, name }: Any) => `${owner.login}/${name}`);
    expect(names).toEqual(['octocat/open', 'acme/open', 'hubot/shared']);
  });

  it('misses nothing on its pages while repositories come and go', async () => {
    const made = Array.from({ length: 6 }, (_, index) => world.addRepository({ owner: 'octocat', name: `r${index}` }));
    const first = (await ask(LIST_OWN, { first: 3 })).viewer.repositories;
    world.remove(made[0] as WorldRepository);
    world.addRepository({ owner: 'octocat', name: 'late' });
    const after = first.pageInfo.endCursor;
    const rest = (await ask(LIST_OWN, { first: 10, after })).viewer.repositories;
    expect(first.nodes.map(({ name }: Any) => name)).toEqual(['r0', 'r1', 'r2']);
    expect(rest.nodes.map(({ name }: Any) => name)).toEqual(['r3', 'r4', 'r5', 'late']);
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false });
  });

  it('of stars has them in the order in which they were given', async () => {
    const [one, two] = ['one', 'two'].map((name) => world.addRepository({ owner: 'hubot', name }));
    world.star(two as WorldRepository, 'octocat');
    await clock.advance(1_000);
    world.star(one as WorldRepository, 'octocat');
    const { starredRepositories } = (await ask(LIST_STARRED, { first: 10 })).viewer;
    expect(starredRepositories.nodes.map(({ name }: Any) => name)).toEqual(['two', 'one']);
  });
});

describe('a look', () => {
  it('gives null and an error for what is gone, and all the rest', async () => {
    const [kept, gone, hidden] = ['kept', 'gone', 'hidden'].map((name) =>
      world.addRepository({ owner: 'octocat', name }),
    ) as [WorldRepository, WorldRepository, WorldRepository];
    const ids = await Promise.all([gone, kept, hidden].map(idOf));
    world.remove(gone);
    world.transfer(hidden, 'hubot');
    world.makePrivate(hidden);
    const { status, body } = await send({ query: LOOK, variables: { ids: [...ids, 'R_kgDOnonsense'] } });
    expect(status).toBe(200);
    expect(body.data.nodes).toMatchObject([null, { __typename: 'Repository', name: 'kept' }, null, null]);
    expect(body.errors).toMatchObject([0, 2, 3].map((place) => ({ type: 'NOT_FOUND', path: ['nodes', place] })));
  });

  it('leaves out what the app may not see: the field, or all that cannot be without it', async () => {
    const [some, most] = ['some', 'most'].map((name) => world.addRepository({ owner: 'octocat', name })) as [
      WorldRepository,
      WorldRepository,
    ];
    const ids = await Promise.all([some, most].map(idOf));
    world.withhold(some, ['refs']);
    world.withhold(most, ['pullRequests']);
    const { body } = await send({ query: LOOK, variables: { ids } });
    expect(body.data.nodes).toMatchObject([{ name: 'some', refs: null }, null]);
    expect(body.errors).toMatchObject([
      { type: 'FORBIDDEN', path: ['nodes', 0, 'refs'] },
      { type: 'FORBIDDEN', path: ['nodes', 1, 'newestPullRequests'] },
    ]);
  });

  it('finds a repository under its new name and with its new owner', async () => {
    const repository = world.addRepository({ owner: 'octocat', name: 'old' });
    const id = await idOf(repository);
    world.renameTo(repository, 'new');
    world.transfer(repository, 'hubot');
    expect((await ask(LOOK, { ids: [id] })).nodes).toMatchObject([{ name: 'new', owner: { login: 'hubot' } }]);
    expect(await ask('{ repository(owner: "octocat", name: "old") { name } }')).toEqual({
      repository: { name: 'new' },
    });
  });
});

describe('a fetch', () => {
  it('pages through the history of a commit, whatever is pushed meanwhile', async () => {
    const repository = world.addRepository({ owner: 'octocat', name: 'garden' });
    const made = world.push(repository, { commits: 250 }).reverse();
    const id = await idOf(repository);
    const head = made[0]?.oid;
    const seen: string[] = [];
    let commitsAfter: string | null = null;
    do {
      const { node } = await ask(FETCH, { ...NOTHING, id, commits: true, head, commitsAfter });
      const { nodes, pageInfo } = node.head.history;
      seen.push(...nodes.map(({ oid }: Any) => oid));
      commitsAfter = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      world.push(repository, { commits: 3 });
    } while (commitsAfter !== null);
    expect(seen).toEqual(made.map(({ oid }) => oid));
  });

  it('has a merged branch among the commits by its dates', async () => {
    const repository = world.addRepository({ owner: 'octocat', name: 'garden' });
    const day = 86_400_000;
    const now = clock.now();
    const [root] = world.push(repository, { at: now - 9 * day });
    world.createBranch(repository, 'old');
    const [side] = world.push(repository, { branch: 'old', at: now - 8 * day });
    const [main] = world.push(repository, { at: now - 2 * day });
    const merge = world.mergeCommit(repository, { merged: side?.oid ?? '' });
    const id = await idOf(repository);
    const { node } = await ask(FETCH, { ...NOTHING, id, commits: true, head: merge.oid });
    expect(node.head.history.nodes.map(({ oid }: Any) => oid)).toEqual(
      [merge, main, side, root].map((one) => one?.oid),
    );
  });

  it('tells a commit as it is: without an author, without an account, with any text', async () => {
    const repository = world.addRepository({ owner: 'octocat', name: 'garden' });
    const text = 'Ünder <script>alert(1)</script> \u202e\u0007 🌱\n\nbody';
    world.push(repository, { commits: [{ author: null }] });
    const author = { name: 'Somebody', email: 'x@example.test', login: null };
    const [last] = world.push(repository, { commits: [{ author, message: text, additions: 7, deletions: 0 }] });
    const { node } = await ask(FETCH, { ...NOTHING, id: await idOf(repository), commits: true, head: last?.oid });
    expect(node.head.history.nodes).toMatchObject([
      { message: text, author: { name: 'Somebody', user: null }, additions: 7, deletions: 0 },
      { author: null },
    ]);
  });

  it('cuts a long first line as GitHub does, with the rest in the body', async () => {
    const repository = world.addRepository({ owner: 'octocat', name: 'garden' });
    world.push(repository, { commits: [{ message: `${'a'.repeat(100)}\n\nbody` }] });
    const { repository: told } = await ask(`{ repository(owner: "octocat", name: "garden") {
      defaultBranchRef { target { ... on Commit { messageHeadline messageBody } } }
    } }`);
    expect(told.defaultBranchRef.target).toEqual({
      messageHeadline: `${'a'.repeat(71)}…`,
      messageBody: `…${'a'.repeat(29)}\n\nbody`,
    });
  });

  it('tells of branches, pull requests and releases at once', async () => {
    const repository = world.addRepository({ owner: 'octocat', name: 'garden' });
    const [base] = world.push(repository);
    world.createBranch(repository, 'topic');
    const [head] = world.push(repository, { branch: 'topic', commits: [{ additions: 3, deletions: 1 }] });
    const { number } = world.openPullRequest(repository, {
      ...{
        head: 'topic',
        title: 'A topic',
        author: 'hubot',
        labels: ['bug'],
        reviewers: ['octocat', 'acme/gardeners'],
      },
    });
    world.setChecks(repository, number, 'PENDING');
    world.review(repository, number, { author: 'octocat', state: 'CHANGES_REQUESTED' });
    const release = world.publishRelease(repository, { tag: 'v1', name: null, prerelease: true });
    world.publishRelease(repository, { tag: 'v2', draft: true });
    const asked = { ...NOTHING, branches: true, pullRequests: true, releases: true };
    const { node } = await ask(FETCH, { ...asked, id: await idOf(repository) });
    const time = '2026-11-02T09:00:00Z';
    expect(node.refs.nodes).toEqual([
      { name: 'main', target: { oid: base?.oid, committedDate: time } },
      { name: 'topic', target: { oid: head?.oid, committedDate: time } },
    ]);
    expect(node.pullRequests.nodes).toEqual([
      {
        ...{ number, title: 'A topic', state: 'OPEN', isDraft: false, headRefName: 'topic', baseRefName: 'main' },
        ...{ reviewDecision: 'CHANGES_REQUESTED', mergeable: 'MERGEABLE', additions: 3, deletions: 1 },
        ...{ createdAt: time, updatedAt: time, mergedAt: null, closedAt: null, author: { login: 'hubot' } },
        ...{ reviews: { totalCount: 1 }, labels: { nodes: [{ name: 'bug' }] } },
        reviewRequests: { nodes: [{ requestedReviewer: { combinedSlug: 'acme/gardeners' } }] },
        commits: { nodes: [{ commit: { statusCheckRollup: { state: 'PENDING' } } }] },
      },
    ]);
    expect(node.releases.nodes.map(({ isDraft }: Any) => isDraft)).toEqual([true, false]);
    expect(node.releases.nodes[1]).toMatchObject({ databaseId: release.id, tagName: 'v1', name: null });
  });

  it('has the pull requests that changed last first; checks alone move nothing', async () => {
    const repository = world.addRepository({ owner: 'octocat', name: 'garden' });
    world.push(repository);
    const numbers: number[] = [];
    for (const head of ['a', 'b', 'c']) {
      await clock.advance(1_000);
      world.createBranch(repository, head);
      numbers.push(world.openPullRequest(repository, { head }).number);
    }
    const [first = 0, second = 0, third = 0] = numbers;
    const order = async () => {
      const { node } = await ask(FETCH, { ...NOTHING, pullRequests: true, id: await idOf(repository) });
      return node.pullRequests.nodes.map(({ number }: Any) => number);
    };
    await clock.advance(1_000);
    world.setChecks(repository, first, 'SUCCESS');
    expect(await order()).toEqual([third, second, first]);
    world.setLabels(repository, first, ['good']);
    expect(await order()).toEqual([first, third, second]);
    await clock.advance(1_000);
    world.push(repository, { branch: 'b' });
    expect(await order()).toEqual([second, first, third]);
  });

  it('of an empty repository has nothing, and of no commit null', async () => {
    const repository = world.addRepository({ owner: 'octocat', name: 'empty' });
    const id = await idOf(repository);
    const asked = { commits: true, branches: true, pullRequests: true, releases: true };
    const { node } = await ask(FETCH, { ...NOTHING, ...asked, id, head: 'f'.repeat(40) });
    expect(node).toMatchObject({
      head: null,
      refs: { nodes: [] },
      pullRequests: { nodes: [] },
      releases: { nodes: [] },
    });
  });
});

it('counts contributions by day, for a year at most', async () => {
  world.owner('octocat').contributions.set('2026-11-01', 4);
  const variables = { from: '2026-10-30T00:00:00Z', to: '2026-11-02T12:00:00Z' };
  const { contributionCalendar } = (await ask(CONTRIBUTIONS, variables)).viewer.contributionsCollection;
  expect(contributionCalendar).toEqual({
    totalContributions: 4,
    weeks: [
      {
        contributionDays: [
          { date: '2026-10-30', contributionCount: 0 },
          { date: '2026-10-31', contributionCount: 0 },
        ],
      },
      {
        contributionDays: [
          { date: '2026-11-01', contributionCount: 4 },
          { date: '2026-11-02', contributionCount: 0 },
        ],
      },
    ],
  });
  const message = "The total time spanned by 'from' and 'to' must not exceed 1 year";
  expect(await refusalOf(CONTRIBUTIONS, { ...variables, from: '2025-10-30T00:00:00Z' })).toMatchObject({ message });
});
