import { type CommitDraft, createWorld, type World, type WorldRepository } from '../../src/main/demo/tracked/world.ts';
import { MEGABYTE, ODD_TEXTS, someLine, someMessage } from './odd-texts.ts';
import { pick, seededRandom } from './seeded-random.ts';

export { randomChange } from './tracked-changes.ts';
export { type TrueRepository, truth } from './tracked-truth.ts';

export interface AccountOptions {
  seed: number;
  /** That the account owns or works on. */
  repositories: number;
  /** Of all default branches together, exactly. */
  commits: number;
  login?: string;
  /** What time it is now, ms since the epoch; everything happened in the three years before. */
  clock?: { now(): number };
}

const DAY_MS = 86_400_000;
const LANGUAGES = ['TypeScript', 'Go', 'Rust', 'Python', 'C', 'HTML', 'CSS', 'Shell', 'Markdown'];
const TOPICS = ['plants', 'cli', 'mcp', 'web', 'tools', 'maps', 'music'];
const PEOPLE = ['hubot', 'mona', 'ada', 'grace', 'linus'];
const ODD_BRANCHES = ['feature/<b>bold</b>', 'fix/日本語', 'emoji-🌱', 'a'.repeat(150), 'user/$(id)/`whoami`'];

/**
 * A world with one account in it that has repositories of all kinds and sizes, made from a seed: the same seed, the same
 * world. A few are very large and most are small; some are empty, forked, archived, private or of an organization; texts
 * are sometimes odd.
 */
export function generateAccount(options: AccountOptions): World {
  const { seed, repositories: count, login = 'octocat', clock = { now: () => Date.UTC(2026, 10, 2, 9) } } = options;
  const random = seededRandom(seed);
  const world = createWorld({ clock });
  world.owner(login);
  for (const name of PEOPLE) world.owner(name, { name: `${name} <b>of</b> ${name}` });
  world.owner('acme', { type: 'Organization', members: [login, 'hubot'] });
  world.owner('globex', { type: 'Organization', members: [login] });
  world.owner('renovator', { type: 'Bot' });

  const sizes = zipf(count, options.commits);
  for (let index = 0; index < count; index += 1) {
    const repository = makeRepository(world, random, { login, index });
    fill(world, random, repository, sizes[index] ?? 0);
    if (index === 1) for (let more = 0; more < 150; more += 1) branch(world, repository, `old/${more}`);
    if (index === 2) for (let more = 0; more < 60; more += 1) release(world, random, repository, `v0.${more}`);
  }
  giveLongMessages(world);
  for (let index = 0; index < Math.min(20, count); index += 1) {
    const repository = world.addRepository({
      owner: pick(random, PEOPLE),
      name: `stranger-${index}`,
      createdAt: past(world, random),
    });
    fill(world, random, repository, 3);
    repository.private = index % 7 === 6;
    world.star(repository, login, repository.updatedAt);
  }
  for (let day = 0; day < 365; day += 1) {
    const date = new Date(world.now() - day * DAY_MS).toISOString().slice(0, 10);
    if (random() < 0.6) world.owner(login).contributions.set(date, Math.ceil(random() ** 3 * 30));
  }
  return world;
}

/** So many parts of a whole, of which the first is by far the largest. Every fiftieth is empty. */
function zipf(parts: number, whole: number): number[] {
  const weights = Array.from({ length: parts }, (_, index) => (index % 50 === 49 ? 0 : (index + 1) ** -0.8));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const sizes = weights.map((weight) => Math.floor((weight / sum) * whole));
  sizes[0] = (sizes[0] ?? 0) + whole - sizes.reduce((total, size) => total + size, 0);
  return sizes;
}

function makeRepository(world: World, random: () => number, { login, index }: { login: string; index: number }) {
  const chance = random();
  const owner = chance < 0.7 ? login : chance < 0.85 ? 'acme' : chance < 0.95 ? 'globex' : pick(random, PEOPLE);
  const languages = Object.fromEntries(
    LANGUAGES.filter(() => random() < 0.3).map((name) => [name, 1 + Math.floor(random() ** 2 * 200_000)]),
  );
  return world.addRepository({
    ...{ owner, name: `repository-${index}`, languages, collaborators: owner === login ? [] : [login] },
    ...{ private: random() < 0.2, fork: random() < 0.1, archived: random() < 0.05 },
    description: random() < 0.2 ? null : random() < 0.1 ? pick(random, ODD_TEXTS) : `What ${someLine(random)} is for`,
    topics: TOPICS.filter(() => random() < 0.2),
    license: random() < 0.4 ? pick(random, ['MIT', 'Apache-2.0', 'GPL-3.0', 'NOASSERTION']) : null,
    ...{ stars: Math.floor(random() ** 6 * 20_000), forks: Math.floor(random() ** 6 * 2_000) },
    ...{ watchers: Math.floor(random() ** 4 * 100), openIssues: Math.floor(random() ** 3 * 60) },
    defaultBranch: random() < 0.8 ? 'main' : 'master',
    createdAt: past(world, random),
  });
}

/** Whole seconds, from three years to a month ago. */
function past(world: World, random: () => number): number {
  return Math.floor((world.now() - (31 + random() * 1_060) * DAY_MS) / 1_000) * 1_000;
}

/** Gives a repository so many commits on its default branch, and what else such a repository has. */
function fill(world: World, random: () => number, repository: WorldRepository, commits: number): void {
  if (commits === 0) return;
  const { createdAt } = repository;
  const times = Array.from(
    { length: commits },
    () => createdAt + Math.floor((random() * (world.now() - DAY_MS - createdAt)) / 1_000) * 1_000,
  ).sort((a, b) => a - b);
  const draft = (): CommitDraft => someCommit(random, times[place++] ?? createdAt);
  let place = 0;
  world.push(repository, { commits: [draft()], at: createdAt });
  while (place < commits) {
    const left = commits - place;
    const at = times[place] ?? createdAt;
    if (left > 6 && random() < 0.15) {
      // A branch whose commits are older than those that it is merged after.
      const name = `topic-${repository.lastNumber + 1}`;
      branch(world, repository, name, at);
      world.push(repository, { branch: name, commits: [draft(), draft()], at });
      const { number } = openPull(world, random, repository, name, at);
      world.push(repository, { commits: [draft(), draft()], at });
      if (random() < 0.7) world.review(repository, number, { author: pick(random, PEOPLE), state: 'APPROVED', at });
      world.merge(repository, number, { at: times[place++] ?? at, by: repository.owner, deleteBranch: true });
    } else {
      const some = Math.min(left, 1 + Math.floor(random() * 12));
      world.push(repository, { commits: Array.from({ length: some }, draft), at: times[place - 1] ?? at });
    }
  }
  const last = times.at(-1) ?? createdAt;
  repository.pushedAt = last;
  repository.updatedAt = last;
  const opened = Math.min(12, Math.floor(random() * 2 + commits / 200));
  for (let index = 0; index < opened; index += 1) unmerged(world, random, repository, last);
  for (let index = Math.floor(random() * 3); index > 0; index -= 1) {
    const name = pick(random, ODD_BRANCHES);
    if (!repository.branches.has(name)) branch(world, repository, name, last);
  }
  for (let index = Math.floor(random() * 4); index > 0; index -= 1) release(world, random, repository, `v1.${index}`);
}

/** A pull request that is open, or was closed, with whatever belongs to one. */
function unmerged(world: World, random: () => number, repository: WorldRepository, at: number): void {
  const name = `open-${repository.lastNumber + 1}`;
  branch(world, repository, name, at);
  world.push(repository, { branch: name, commits: [someCommit(random, at)], at });
  const { number } = openPull(world, random, repository, name, at + 1_000 * repository.lastNumber);
  const pull = repository.pullRequests.get(number);
  if (!pull) throw new RangeError('it was opened just now');
  pull.draft = random() < 0.2;
  pull.mergeable = pick(random, ['MERGEABLE', 'MERGEABLE', 'CONFLICTING', 'UNKNOWN']);
  const checks = pick(random, [null, 'SUCCESS', 'SUCCESS', 'FAILURE', 'ERROR', 'PENDING', 'EXPECTED'] as const);
  if (checks !== null) world.setChecks(repository, number, checks);
  const { updatedAt } = pull;
  if (random() < 0.4) {
    const state = pick(random, ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED'] as const);
    world.review(repository, number, { author: pick(random, PEOPLE), state, at: updatedAt });
  }
  if (random() < 0.3) world.close(repository, number, { at: updatedAt });
}

function openPull(world: World, random: () => number, repository: WorldRepository, head: string, at: number) {
  const chance = random();
  return world.openPullRequest(repository, {
    ...{ head, title: someLine(random), body: someMessage(random), at },
    author: chance < 0.05 ? null : chance < 0.15 ? 'renovator' : chance < 0.6 ? 'octocat' : pick(random, PEOPLE),
    labels: random() < 0.3 ? ['bug', pick(random, ODD_TEXTS)] : [],
    reviewers: random() < 0.3 ? [pick(random, ['octocat', ...PEOPLE])] : random() < 0.1 ? ['acme/gardeners'] : [],
  });
}

function someCommit(random: () => number, committedAt: number): CommitDraft {
  const chance = random();
  const name = chance < 0.1 ? pick(random, ODD_TEXTS) : pick(random, PEOPLE);
  const login = chance < 0.3 ? null : pick(random, ['octocat', ...PEOPLE]);
  return {
    ...{ message: someMessage(random), committedAt },
    author:
      chance < 0.01
        ? null
        : chance < 0.02
          ? { name: null, email: '', login: null }
          : { name, email: 'a@example.test', login },
    // Whoever rebases, or sets their clock wrong, has other dates.
    authoredAt: chance < 0.05 ? committedAt - Math.floor(random() * 400) * DAY_MS : chance < 0.051 ? 0 : committedAt,
    ...{ additions: Math.floor(random() ** 4 * 3_000), deletions: Math.floor(random() ** 4 * 1_000) },
  };
}

function branch(
  world: World,
  repository: WorldRepository,
  name: string,
  at = repository.pushedAt ?? world.now(),
): void {
  world.createBranch(repository, name, { at });
}

function release(world: World, random: () => number, repository: WorldRepository, tag: string): void {
  const at = repository.pushedAt ?? repository.createdAt;
  const name = random() < 0.3 ? null : someLine(random);
  world.publishRelease(repository, { tag, name, at, prerelease: random() < 0.2, draft: random() < 0.1 });
}

/** One of a megabyte in each of the first few repositories. */
function giveLongMessages(world: World): void {
  for (const repository of [...world.repositories.values()].slice(0, 3)) {
    const [commit] = [...repository.commits.values()].slice(-1);
    if (commit) commit.message = MEGABYTE;
  }
}
