/**
 * Accounts made from a seed: that they are what they claim to be, and that everything the emulated GitHub tells of them,
 * asked for from scratch, is what is held to be true of them.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { readGlance } from '../../src/main/tracking/github/glance.ts';
import { readParts } from '../../src/main/tracking/github/parts.ts';
import { FETCH, LIST_OWN, LIST_STARRED } from '../../src/main/tracking/github/queries.ts';
import { type Glance, PARTS, type Part } from '../../src/main/tracking/model.ts';
import type { TrackingChoice } from '../../src/shared/tracking-views.ts';
import { tokenFor } from '../support/github-tokens.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { generateAccount, randomChange, type TrueRepository, truth } from '../support/tracked-account.ts';

const ALL: TrackingChoice = { from: 'all', owners: [], topics: [], archived: true, forks: true };

let github: EmulatedGitHub | undefined;
afterEach(async () => {
  await github?.close();
  github = undefined;
});

const CURSORS = {
  branches: 'branchesAfter',
  pull_requests: 'pullRequestsAfter',
  releases: 'releasesAfter',
  head: 'commitsAfter',
};
const SWITCHES = { branches: 'branches', pull_requests: 'pullRequests', releases: 'releases', head: 'commits' };

/** Everything, asked for page by page. */
async function everything(url: string, token: string, list: string): Promise<Map<number, TrueRepository>> {
  // biome-ignore lint/suspicious/noExplicitAny: the readers check it
  const ask = async (query: string, variables: object): Promise<any> => {
    const headers = { authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query, variables });
    const { data, errors } = await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json();
    expect(errors).toBeUndefined();
    return data;
  };
  const found = new Map<number, TrueRepository>();
  for (let after: string | null | undefined = null; after !== undefined; ) {
    const { viewer } = await ask(list, { first: 40, after });
    const { nodes, pageInfo } = viewer.repositories ?? viewer.starredRepositories;
    for (const node of nodes) {
      const { keys: _, checks: __, nodeId: ___, ...details } = readGlance(node, 0);
      found.set(details.githubId, {
        details,
        ...(await parts(ask, node.id, node.defaultBranchRef?.target.oid ?? null)),
      });
    }
    after = pageInfo.hasNextPage ? pageInfo.endCursor : undefined;
  }
  return found;
}

// biome-ignore lint/suspicious/noExplicitAny: as above
async function parts(ask: (query: string, variables: object) => Promise<any>, id: string, head: string | null) {
  // biome-ignore lint/suspicious/noExplicitAny: four kinds of items
  const items: Record<Part, any[]> = { head: [], branches: [], pull_requests: [], releases: [] };
  const wanted = new Set<Part>(head === null ? PARTS.filter((part) => part !== 'head') : PARTS);
  const cursors: Record<string, string | null> = {};
  while (wanted.size > 0) {
    const switches = Object.fromEntries(PARTS.map((part) => [SWITCHES[part], wanted.has(part)]));
    const pages = readParts(
      (await ask(FETCH, { id, head, many: 100, some: 50, ...switches, ...cursors })).node,
      wanted,
    );
    for (const part of [...wanted]) {
      items[part].push(...(pages[part]?.items ?? []));
      const next = pages[part]?.next ?? null;
      cursors[CURSORS[part]] = next;
      if (next === null) wanted.delete(part);
    }
  }
  const by = (name: string) => (a: Record<string, string>, b: Record<string, string>) =>
    (a[name] ?? '') < (b[name] ?? '') ? -1 : 1;
  return {
    commits: items.head.sort(by('oid')),
    branches: items.branches.sort(by('name')),
    pullRequests: items.pull_requests.sort((a, b) => a.number - b.number),
    releases: items.releases.sort((a, b) => a.githubId - b.githubId),
  };
}

describe('an account made from a seed', () => {
  it('is the same for the same seed, and another for another', () => {
    const [one, two, other] = [1, 1, 2].map((seed) =>
      truth(generateAccount({ seed, repositories: 30, commits: 500 }), 'octocat', ALL),
    );
    expect(two).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('has as many repositories and commits as asked for, a few of them very large, and all kinds', () => {
    const world = generateAccount({ seed: 3, repositories: 200, commits: 9_000 });
    const all = [...truth(world, 'octocat', ALL).values()];
    const sizes = all.map(({ commits }) => commits.length).sort((a, b) => b - a);
    expect([all.length, sizes.reduce((sum, size) => sum + size, 0)]).toEqual([200, 9_000]);
    expect(sizes[0]).toBeGreaterThan(10 * (sizes[100] ?? 0));
    expect(sizes.at(-1)).toBe(0);
    const some = (holds: (it: Glance) => boolean) => all.filter(({ details }) => holds(details as Glance)).length;
    for (const holds of [
      (it: Glance) => it.private,
      (it: Glance) => it.fork,
      (it: Glance) => it.archived,
      (it: Glance) => it.owner === 'acme',
      (it: Glance) => it.topics.length > 0,
    ]) {
      expect(some(holds)).toBeGreaterThan(0);
      expect(some(holds)).toBeLessThan(150);
    }
    const merges = [...world.repositories.values()].flatMap(({ commits }) =>
      [...commits.values()].filter(({ parents }) => parents.length > 1),
    );
    expect(merges.length).toBeGreaterThan(50);
    const messages = [...world.repositories.values()].flatMap(({ commits }) =>
      [...commits.values()].map(({ message }) => message.length),
    );
    expect(Math.max(...messages)).toBeGreaterThan(1_000_000);
  });

  it.each([11, 12, 13])('is told of truly, after any changes (seed %i)', async (seed) => {
    const clock = createManualClock();
    const world = generateAccount({ seed, repositories: 25, commits: 900, clock });
    github = await startEmulatedGitHub({ clock, world, releases: [], intervalSeconds: 0 });
    const token = await tokenFor(github);
    const random = seededRandom(seed);
    const done: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const told = await everything(github.apiUrl, token, LIST_OWN);
      const expected = truth(world, 'octocat', ALL);
      expect([...told.keys()].sort(), done.join('\n')).toEqual([...expected.keys()].sort());
      for (const [id, repository] of expected) expect(told.get(id), done.join('\n')).toEqual(repository);
      for (let change = 0; change < 80; change += 1) {
        await clock.advance(1_000);
        done.push(randomChange(world, random));
      }
    }
    const starred = await everything(github.apiUrl, token, LIST_STARRED);
    expect(starred).toEqual(truth(world, 'octocat', { ...ALL, from: 'starred' }));
    expect(starred.size).toBeGreaterThan(10);
  });

  it('of which the person chooses some has only those', () => {
    const world = generateAccount({ seed: 5, repositories: 100, commits: 200 });
    const of = (choice: Partial<TrackingChoice>) => [...truth(world, 'octocat', { ...ALL, ...choice }).values()];
    expect(of({ archived: false, forks: false }).some(({ details }) => details.fork || details.archived)).toBe(false);
    expect(new Set(of({ owners: ['ACME'] }).map(({ details }) => details.owner))).toEqual(new Set(['acme']));
    expect(of({ topics: ['maps'] }).every(({ details }) => details.topics.includes('maps'))).toBe(true);
  });
});
