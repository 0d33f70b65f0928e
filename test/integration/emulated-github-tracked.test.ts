/** REST of the emulated GitHub about repositories with a history, over real HTTP. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import type { World, WorldRepository } from '../../src/main/demo/tracked/world.ts';
import { tokenFor } from '../support/github-tokens.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

let clock: ManualClock;
let github: EmulatedGitHub;
let world: World;
let token: string;
let repository: WorldRepository;

beforeEach(async () => {
  clock = createManualClock();
  github = await startEmulatedGitHub({ clock, releases: [], intervalSeconds: 0 });
  ({ world } = github);
  token = await tokenFor(github);
  repository = world.addRepository({ owner: 'octocat', name: 'garden' });
});

afterEach(() => github.close());

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, of which each test looks at a little
type Any = any;

const get = (path: string, headers: Record<string, string> = {}, redirect: RequestRedirect = 'manual') =>
  fetch(path.startsWith('http') ? path : github.apiUrl + path, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    redirect,
  });

const read = async (path: string): Promise<Any> => (await get(path)).json();
const statusOf = async (path: string) => (await get(path)).status;
const oids = (commits: readonly ({ oid: string } | undefined)[]) => commits.map((commit) => commit?.oid);
const GARDEN = '/repos/octocat/garden';

describe('a comparison', () => {
  it('tells of commits that were added, by pages, the oldest first', async () => {
    const [first] = world.push(repository);
    const made = world.push(repository, { commits: 130 });
    const path = `${GARDEN}/compare/${first?.oid}...${made.at(-1)?.oid}?per_page=100`;
    const one = await get(path);
    const page = (await one.json()) as Any;
    expect(page).toMatchObject({ status: 'ahead', ahead_by: 130, behind_by: 0, total_commits: 130 });
    expect(page).toMatchObject({ merge_base_commit: { sha: first?.oid }, base_commit: { sha: first?.oid } });
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(one.headers.get('link') ?? '') ?? [];
    const two = (await (await get(next)).json()) as Any;
    expect([...page.commits, ...two.commits].map(({ sha }: Any) => sha)).toEqual(oids(made));
    expect(page.commits[0]).toMatchObject({
      ...{ commit: { message: made[0]?.message, author: { name: 'octocat' } }, author: { login: 'octocat' } },
      parents: [{ sha: first?.oid }],
    });
  });

  it('after a force push has diverged, until what was left behind is collected', async () => {
    const before = world.push(repository, { commits: 5 });
    const [forced] = world.forcePush(repository, { drop: 2, commits: 1 });
    const [old, fresh] = [before.at(-1)?.oid, forced?.oid];
    expect(await read(`${GARDEN}/compare/${old}...${fresh}`)).toMatchObject({
      ...{ status: 'diverged', ahead_by: 1, behind_by: 2, total_commits: 1 },
      ...{ merge_base_commit: { sha: before[2]?.oid }, commits: [{ sha: fresh }] },
    });
    const back = await read(`${GARDEN}/compare/${fresh}...${old}`);
    expect(back.commits.map(({ sha }: Any) => sha)).toEqual(oids(before.slice(3)));
    expect(await read(`${GARDEN}/compare/${before[0]?.oid}...${before[0]?.oid}`)).toMatchObject({
      status: 'identical',
    });
    expect(await read(`${GARDEN}/compare/${old}...${before[0]?.oid}`)).toMatchObject({
      status: 'behind',
      behind_by: 4,
    });
    world.collect(repository);
    expect(await statusOf(`${GARDEN}/compare/${old}...${fresh}`)).toBe(404);
  });

  it('of a merge has all that came with it', async () => {
    const [root] = world.push(repository);
    world.createBranch(repository, 'side');
    const side = world.push(repository, { branch: 'side', commits: 3 });
    const { number } = world.openPullRequest(repository, { head: 'side' });
    world.merge(repository, number, { deleteBranch: true });
    const { commits, total_commits } = await read(`${GARDEN}/compare/${root?.oid}...main`);
    expect([commits.slice(0, 3).map(({ sha }: Any) => sha), total_commits]).toEqual([oids(side), 4]);
  });
});

describe('a repository', () => {
  it('that was renamed is found through its old name, by a redirect', async () => {
    world.push(repository);
    world.renameTo(repository, 'orchard');
    const moved = await get(`${GARDEN}/commits?per_page=1`);
    const location = `${github.apiUrl}/repositories/${repository.id}/commits?per_page=1`;
    expect([moved.status, moved.headers.get('location')]).toEqual([301, location]);
    expect(await (await get(GARDEN, {}, 'follow')).json()).toMatchObject({ full_name: 'octocat/orchard' });
    expect(await read('/repos/octocat/orchard')).toMatchObject({ id: repository.id });
    // Whoever takes the old name gets it.
    world.addRepository({ owner: 'octocat', name: 'garden' });
    expect((await read(GARDEN)).id).not.toBe(repository.id);
  });

  it.each<[string, (it: WorldRepository) => void, string, number]>([
    ['that is empty has no commits', () => undefined, '/commits', 409],
    ['that is empty has no branches', () => undefined, '/branches', 200],
    ['that was emptied has no commits', (it) => world.empty(it), '/commits', 409],
    ['that was taken down is unavailable', (it) => world.block(it), '', 451],
    ['that was deleted is not found', (it) => world.remove(it), '', 404],
    ['that became private is found by its owner', (it) => world.makePrivate(it), '', 200],
  ])('%s', async (what, change, below, status) => {
    if (what.includes('emptied')) world.push(repository, { commits: 2 });
    change(repository);
    expect(await statusOf(GARDEN + below)).toBe(status);
  });

  it('that became private is not found by others', async () => {
    token = await tokenFor(github, 'hubot');
    expect(await statusOf(GARDEN)).toBe(200);
    world.makePrivate(repository);
    expect([await statusOf(GARDEN), await statusOf(`/repositories/${repository.id}`)]).toEqual([404, 404]);
  });

  it('lists what belongs to it', async () => {
    world.push(repository, { commits: 3 });
    world.createBranch(repository, 'a');
    world.createBranch(repository, 'b');
    const open = world.openPullRequest(repository, { head: 'a', title: 'Open' });
    const closed = world.openPullRequest(repository, { head: 'b', title: 'Closed' });
    world.close(repository, closed.number);
    world.publishRelease(repository, { tag: 'v1' });
    expect((await read(`${GARDEN}/commits`)).length).toBe(3);
    expect((await read(`${GARDEN}/branches`)).map(({ name }: Any) => name)).toEqual(['a', 'b', 'main']);
    expect((await read(`${GARDEN}/pulls`)).map(({ number }: Any) => number)).toEqual([open.number]);
    expect((await read(`${GARDEN}/pulls?state=all`)).length).toBe(2);
    expect(await read(`${GARDEN}/pulls/${open.number}`)).toMatchObject({ merged: false, mergeable: true });
    expect(await read(`${GARDEN}/releases`)).toMatchObject([{ tag_name: 'v1' }]);
  });
});

it('a person’s repositories come by pages, an unchanged page for nothing', async () => {
  for (let index = 0; index < 149; index += 1) world.addRepository({ owner: 'octocat', name: `r${index}` });
  const first = await get('/user/repos?per_page=100');
  expect(((await first.json()) as Any[]).length).toBe(100);
  expect(first.headers.get('link')).toContain(`<${github.apiUrl}/user/repos?per_page=100&page=2>; rel="next"`);
  expect((await read('/user/repos?per_page=100&page=2')).length).toBe(50);
  const left = (await get('/user')).headers.get('x-ratelimit-remaining');
  const again = await get('/user/repos?per_page=100', { 'if-none-match': first.headers.get('etag') ?? '' });
  expect([again.status, again.headers.get('x-ratelimit-remaining')]).toEqual([304, left]);
  world.star(repository, 'octocat');
  expect(await read('/user/starred')).toMatchObject([{ full_name: 'octocat/garden', stargazers_count: 1 }]);
  const changed = await get('/user/repos?per_page=100', { 'if-none-match': first.headers.get('etag') ?? '' });
  expect(changed.status).toBe(200);
});
