import { DAY_MS, HOUR_MS } from '../../shared/durations.ts';
import type { Clock } from '../core/clock.ts';
import { isoDate } from '../core/iso-time.ts';
import { DEMO_REPOSITORIES, type DemoPullRequest, type DemoRepository } from './demo-repositories.ts';
import { type CommitDraft, createWorld, type World, type WorldRepository } from './tracked/world.ts';

const PEOPLE = { ada: 'Ada', grace: 'Grace', hubot: 'Hubot', mona: 'Mona Lisa', octocat: 'Mona Lisa Octocat' };

/**
 * The account that the demo shows: a good dozen repositories with a year behind them that ends today, and pull requests
 * that wait for octocat. The same every time, but for the day on which it ends.
 */
export function createDemoWorld({ clock }: { clock: Clock }): World {
  const world = createWorld({ clock });
  const now = Math.floor(clock.now() / 1_000) * 1_000;
  for (const [login, name] of Object.entries(PEOPLE)) world.owner(login, { name });
  world.owner('orchard-labs', { type: 'Organization', members: ['octocat', 'ada', 'grace', 'hubot', 'mona'] });
  for (const details of DEMO_REPOSITORIES) {
    const repository = world.addRepository({ ...details, createdAt: now - details.age * DAY_MS });
    live(world, repository, details, now);
    for (const pull of details.open ?? []) open(world, repository, pull, now);
  }
  for (const [index, name] of ['analytical-engine', 'compiler-notes'].entries()) {
    const owner = ['ada', 'grace'][index] ?? 'ada';
    const repository = world.addRepository({ owner, name, stars: 900 + index, createdAt: now - 300 * DAY_MS });
    world.push(repository, { commits: 12, at: now - 12 * DAY_MS });
    world.star(repository, 'octocat', now - 30 * DAY_MS);
  }
  countContributions(world, now);
  return world;
}

/** Day by day: commits, pull requests that were merged, releases. */
function live(world: World, repository: WorldRepository, details: DemoRepository, now: number): void {
  const { age, pace, quietFor = 0, people, work, releasesEvery } = details;
  let versions = 0;
  for (let daysAgo = age; daysAgo >= quietFor; daysAgo -= 1) {
    const dice = (what: string) => diceOf(`${details.name} ${daysAgo} ${what}`);
    // Of a day that is not over, only what lies before now.
    const times = Array.from({ length: commitsOn(now - daysAgo * DAY_MS, daysAgo, pace, dice) }, (_, index) =>
      Math.min(
        now - HOUR_MS,
        startOf(now - daysAgo * DAY_MS) + Math.floor((8 + 12 * dice(`time ${index}`)) * 3_600) * 1_000,
      ),
    ).sort((a, b) => a - b);
    const drafts = times.map((at, index) => commit(dice, index, { people, work, at }));
    if (daysAgo === age && drafts.length === 0) drafts.push({ message: 'Begin', committedAt: repository.createdAt });
    const last = drafts.at(-1)?.committedAt;
    if (last === undefined) continue;
    if (drafts.length > 2 && daysAgo < age && dice('pull request') < 0.3) merge(world, repository, drafts, dice('who'));
    else world.push(repository, { commits: drafts, at: last });
    if (releasesEvery !== undefined && dice('release') < 1 / releasesEvery) {
      versions += 1;
      const tag = `v${1 + Math.floor(versions / 10)}.${versions % 10}.0`;
      world.publishRelease(repository, { tag, name: tag, prerelease: dice('candidate') < 0.15, at: last });
    }
  }
}

/** The last of the commits merges a pull request of the others. */
function merge(world: World, repository: WorldRepository, drafts: readonly CommitDraft[], dice: number): void {
  const [first, ...rest] = drafts;
  const at = first?.committedAt ?? world.now();
  const end = rest.at(-1)?.committedAt ?? at;
  const author = first?.author?.login ?? repository.owner;
  const branch = `${author}/${String(first?.message).toLowerCase().replace(/\W+/g, '-').slice(0, 30)}`;
  if (repository.branches.has(branch)) return void world.push(repository, { commits: drafts, at: end });
  world.createBranch(repository, branch, { at });
  world.push(repository, { branch, commits: drafts, at });
  const title = String(first?.message);
  const { number } = world.openPullRequest(repository, { head: branch, title, author, at });
  world.setChecks(repository, number, 'SUCCESS');
  const reviewer = author === 'octocat' ? 'ada' : 'octocat';
  if (dice < 0.7) world.review(repository, number, { author: reviewer, state: 'APPROVED', at: end });
  if (dice < 0.08) world.close(repository, number, { at: end });
  else world.merge(repository, number, { at: end, by: reviewer, deleteBranch: true });
}

function open(world: World, repository: WorldRepository, pull: DemoPullRequest, now: number): void {
  const at = now - pull.hoursAgo * HOUR_MS;
  const { branch, title, author, draft = false, checks } = pull;
  const commits = [1, 2].map((part) => ({
    message: part === 1 ? title : 'What the first look found',
    ...{ committedAt: at, author: personOf(author) },
    additions: 20 + Math.floor(diceOf(`${title} +${part}`) * 160),
    deletions: Math.floor(diceOf(`${title} -${part}`) * 60),
  }));
  const { pushedAt } = repository;
  world.push(repository, { branch, commits, at, by: author });
  repository.pushedAt = Math.max(at, pushedAt ?? at);
  const people = { reviewers: [...(pull.reviewers ?? [])], labels: [...(pull.labels ?? [])] };
  const { number } = world.openPullRequest(repository, { ...people, head: branch, title, author, draft, at });
  if (checks !== null) world.setChecks(repository, number, checks);
  if (pull.conflicts) world.setMergeable(repository, number, 'CONFLICTING');
  const { review } = pull;
  if (review) world.review(repository, number, { author: review.by, state: review.state, at: at + HOUR_MS });
}

/** More in the week than at its end, and more in some months than in others, such as in this one. */
function commitsOn(time: number, daysAgo: number, pace: number, dice: (what: string) => number): number {
  const weekend = new Date(time).getUTCDay() % 6 === 0 ? 0.25 : 1;
  const season = 0.7 + 0.3 * Math.cos((daysAgo / 365) * 5 * Math.PI);
  return Math.floor(dice('how many') ** 2 * (pace + 0.7) * weekend * season * 2);
}

function commit(
  dice: (what: string) => number,
  index: number,
  { people, work, at }: Pick<DemoRepository, 'people' | 'work'> & { at: number },
): CommitDraft {
  // The first one does half of the work.
  const who = people[Math.floor(dice(`who ${index}`) ** 1.6 * people.length)] ?? 'octocat';
  return {
    message: work[Math.floor(dice(`what ${index}`) * work.length)] ?? 'Tidy up',
    ...{ author: personOf(who), committedAt: at },
    additions: 1 + Math.floor(dice(`more ${index}`) ** 3 * 240),
    deletions: Math.floor(dice(`less ${index}`) ** 3 * 120),
  };
}

/** Octocat's commits, pull requests and reviews, as GitHub counts them. */
function countContributions(world: World, now: number): void {
  const { contributions } = world.owner('octocat');
  const count = (at: number) => {
    const date = isoDate(at);
    if (at <= now) contributions.set(date, (contributions.get(date) ?? 0) + 1);
  };
  for (const { commits, pullRequests } of world.repositories.values()) {
    for (const { author, authoredAt } of commits.values()) if (author?.login === 'octocat') count(authoredAt);
    for (const { author, createdAt, reviews } of pullRequests.values()) {
      if (author === 'octocat') count(createdAt);
      for (const review of reviews) if (review.author === 'octocat') count(review.submittedAt);
    }
  }
}

function personOf(login: string): NonNullable<CommitDraft['author']> {
  const name = PEOPLE[login as keyof typeof PEOPLE] ?? login;
  return { name, email: `${login}@users.noreply.example.test`, login };
}

const startOf = (time: number) => Math.floor(time / DAY_MS) * DAY_MS;

/** From 0 up to 1, and for the same text always the same. */
function diceOf(text: string): number {
  // FNV-1a, and a few turns more: texts that differ in one place must not give numbers that lie together.
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
