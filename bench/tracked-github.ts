/**
 * An emulated GitHub with a generated account in it, in a process of its own, so that what it costs is not ours.
 *
 *     fork('tracked-github.ts', [REPOSITORIES, COMMITS])
 *
 * It sends its address, and answers `GitHubWish` with `GitHubAnswer`.
 */
import { startEmulatedGitHub } from '../src/main/demo/emulated-github.ts';
import { generateAccount } from '../test/support/tracked-account.ts';

export interface GitHubWish {
  /** Lifts the hourly limits of all who have asked before: a benchmark does not wait for an hour. */
  unlimited?: true;
  /** Pushes a commit to so many repositories. */
  push?: number;
}

export interface GitHubAnswer {
  /** How often it was asked since the answer before, and how often over REST with an answer that counts against its limit. */
  asked: number;
  counted: number;
}

const SEED = 11;
const NO_LIMIT = -1_000_000;

const [repositories = 0, commits = 0] = process.argv.slice(2).map(Number);
const world = generateAccount({ seed: SEED, repositories, commits, clock: { now: () => Date.now() } });
const github = await startEmulatedGitHub({ world, releases: [] });
const pushable = [...world.repositories.values()].filter(
  ({ owner, branches, fork, archived }) => owner === 'octocat' && branches.size > 0 && !fork && !archived,
);

process.on('message', ({ unlimited, push = 0 }: GitHubWish) => {
  const { requests } = github;
  const counted = requests.filter(({ operation, status }) => operation === null && status !== 304).length;
  const answer: GitHubAnswer = { asked: requests.length, counted };
  requests.length = 0;
  if (unlimited) for (const resource of ['core', 'graphql'] as const) github.spend(resource, NO_LIMIT);
  if (push > pushable.length) throw new RangeError(`There are ${pushable.length} repositories to push to.`);
  for (const repository of pushable.slice(0, push)) {
    world.push(repository, { commits: [{ message: 'Water the plants' }] });
  }
  process.send?.(answer);
});
process.on('disconnect', () => process.exit());
process.send?.(github.url);
