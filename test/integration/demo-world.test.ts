/** The account of the demo: there is something to see in every view, and it fits together. */
import { afterEach, expect, it } from 'vitest';
import { startDemo } from '../../src/main/demo/start-demo.ts';
import type { World } from '../../src/main/demo/tracked/world.ts';
import type { TrackingChoice } from '../../src/shared/tracking-views.ts';
import { tokenFor } from '../support/github-tokens.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { truth } from '../support/tracked-account.ts';

const ALL: TrackingChoice = { from: 'all', owners: [], topics: [], archived: true, forks: true };
const DAY_MS = 86_400_000;

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

async function open(at = Date.UTC(2026, 10, 2, 9)) {
  const clock = createManualClock(at);
  const { github, stop: end } = await startDemo({ clock });
  stop = end;
  return { github, all: [...truth(github.world, 'octocat', ALL).values()] };
}

const everyTime = (world: World) =>
  [...world.repositories.values()].flatMap(({ pushedAt, updatedAt, commits, pullRequests, releases }) => [
    ...[pushedAt ?? 0, updatedAt],
    ...[...commits.values()].map(({ committedAt }) => committedAt),
    ...[...pullRequests.values()].flatMap((pull) => [pull.updatedAt, pull.mergedAt ?? 0, pull.closedAt ?? 0]),
    ...releases.map(({ createdAt }) => createdAt),
  ]);

it.each([
  ['in the morning', Date.UTC(2026, 10, 2, 0, 30)],
  ['in the evening', Date.UTC(2027, 1, 28, 23, 59)],
])('is busy up to now and not beyond, %s', async (_, at) => {
  const { github, all } = await open(at);
  expect(Math.max(...everyTime(github.world))).toBeLessThanOrEqual(at);
  const recent = all.filter(({ details }) => at - (details.pushedAt ?? 0) < 7 * DAY_MS);
  expect(recent.length).toBeGreaterThan(4);
  for (const { commits, details } of all) {
    expect(commits.length).toBeGreaterThan(0);
    expect(Math.min(...commits.map(({ committedAt }) => committedAt))).toBeGreaterThan(at - 366 * DAY_MS);
    expect(details.createdAt).toBeLessThan(at);
  }
});

it('has pull requests that wait for octocat in every way', async () => {
  const { all } = await open();
  const pulls = all.flatMap(({ pullRequests }) => pullRequests).filter(({ state }) => state === 'open');
  const mine = pulls.filter(({ author }) => author === 'octocat');
  expect(pulls.filter(({ reviewers }) => reviewers.includes('octocat')).length).toBeGreaterThan(2);
  expect(mine.some(({ review, checks }) => review === 'approved' && checks === 'success')).toBe(true);
  expect(mine.some(({ review }) => review === 'changes_requested')).toBe(true);
  expect(mine.some(({ mergeable, checks }) => mergeable === 'conflicting' && checks === 'failure')).toBe(true);
  expect(
    all.flatMap(({ pullRequests }) => pullRequests).filter(({ state }) => state === 'merged').length,
  ).toBeGreaterThan(20);
  expect(all.flatMap(({ releases }) => releases).length).toBeGreaterThan(10);
});

it('is one account over REST and GraphQL, beside the releases of Trackeep', async () => {
  const { github, all } = await open();
  const token = await tokenFor(github);
  const get = async (path: string) => {
    const answer = await fetch(github.apiUrl + path, { headers: { authorization: `Bearer ${token}` } });
    return answer.json();
  };
  const names = ((await get('/user/repos?per_page=100')) as { full_name: string }[]).map(({ full_name }) => full_name);
  expect(names.toSorted()).toEqual(all.map(({ details: { owner, name } }) => `${owner}/${name}`).toSorted());
  expect(names).toEqual(expect.arrayContaining(['octocat/garden', 'octocat/recipes']));
  expect(await get('/repos/octocat/recipes')).toMatchObject({ private: true, language: 'Markdown' });
  expect(await get('/repos/Dvorinka/Trackeep/releases/latest')).toMatchObject({ tag_name: 'v1.3.0' });
  const app = github.apps.register({ name: 'An app', owner: 'octocat' });
  const installation = github.apps.install(app, { login: 'octocat' });
  const minted = github.apps.mint({ installation, repositories: null, permissions: {} });
  const headers = { authorization: `Bearer ${minted.token}` };
  const listed = (await (await fetch(`${github.apiUrl}/installation/repositories`, { headers })).json()) as {
    repositories: { id: number }[];
  };
  const owned = all.filter(({ details }) => details.owner === 'octocat').map(({ details }) => details.githubId);
  expect(listed.repositories.map(({ id }) => id).toSorted()).toEqual(owned.toSorted());
});
