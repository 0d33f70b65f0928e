import { reviewDecision } from '../../src/main/demo/tracked/pull-request-changes.ts';
import type { Checks, World, WorldPullRequest, WorldRepository } from '../../src/main/demo/tracked/world.ts';
import { boundedLine, LONGEST, splitMessage } from '../../src/main/tracking/github/bounds.ts';
import type { Branch, Commit, Glance, PullRequest, Release } from '../../src/main/tracking/model.ts';
import type { ChecksState, TrackingChoice } from '../../src/shared/tracking-views.ts';

/** What the database must hold of a repository once everything is fetched. Lists are in the order of their keys. */
export interface TrueRepository {
  details: Omit<Glance, 'keys' | 'checks' | 'nodeId'>;
  /** Of the default branch, by name. */
  commits: Commit[];
  branches: Branch[];
  pullRequests: PullRequest[];
  releases: Release[];
}

/**
 * What is true of the repositories that a choice of this account takes, by GitHub's number of them. Worked out from the
 * world itself, and not through the API; only texts are bounded as the app bounds them.
 */
export function truth(world: World, login: string, choice: TrackingChoice): Map<number, TrueRepository> {
  const { starred } = world.owner(login);
  const taken = [...world.repositories.values()].filter((repository) => {
    const listed =
      choice.from === 'starred' ? starred.has(repository.id) : world.affiliation(login, repository) !== null;
    return listed && !repository.blocked && world.sees(login, repository) && chosen(choice, repository);
  });
  return new Map(taken.map((repository) => [repository.id, ofRepository(world, repository)]));
}

function chosen({ owners, topics, forks, archived }: TrackingChoice, repository: WorldRepository): boolean {
  if ((repository.fork && !forks) || (repository.archived && !archived)) return false;
  const owner = repository.owner.toLowerCase();
  if (owners.length > 0 && !owners.some((name) => name.toLowerCase() === owner)) return false;
  return topics.length === 0 || topics.some((topic) => repository.topics.includes(topic.toLowerCase()));
}

function ofRepository(world: World, repository: WorldRepository): TrueRepository {
  const head = repository.branches.get(repository.defaultBranch);
  const commits = head === undefined ? [] : world.history(repository, head);
  const pulls = [...repository.pullRequests.values()];
  const languages = Object.entries(repository.languages).sort(([, a], [, b]) => b - a);
  return {
    details: {
      ...{ githubId: repository.id, owner: repository.owner, name: repository.name, private: repository.private },
      ...{ fork: repository.fork, archived: repository.archived },
      description: boundedLine(repository.description ?? '', LONGEST.description) || null,
      ...{ languages: Object.fromEntries(languages.slice(0, 20)), topics: repository.topics.slice(0, 20) },
      license: repository.license === 'NOASSERTION' ? null : repository.license,
      ...{ stars: repository.stars, forks: repository.forks, watchers: repository.watchers },
      ...{ openIssues: repository.openIssues, openPullRequests: pulls.filter(({ state }) => state === 'OPEN').length },
      ...{ defaultBranch: head === undefined ? null : repository.defaultBranch },
      ...{ createdAt: seconds(repository.createdAt), updatedAt: seconds(repository.updatedAt) },
      pushedAt: secondsOrNull(repository.pushedAt),
    },
    commits: commits
      .map(
        ({ oid, author, message, authoredAt, committedAt, additions, deletions }): Commit => ({
          ...{ oid, authorName: boundedLine(author?.name ?? '', LONGEST.name) || null },
          authorLogin: accountOf(world, author?.login ?? null),
          ...{ authoredAt: seconds(authoredAt), committedAt: seconds(committedAt) },
          ...{ ...splitMessage(message), additions, deletions },
        }),
      )
      .sort((a, b) => (a.oid < b.oid ? -1 : 1)),
    branches: [...repository.branches]
      .map(([name, oid]): Branch => {
        const at = repository.commits.get(oid)?.committedAt ?? null;
        return { name: boundedLine(name, LONGEST.name), headOid: oid, committedAt: secondsOrNull(at) };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    pullRequests: pulls.map((pull) => ofPull(repository, pull)).sort((a, b) => a.number - b.number),
    releases: repository.releases
      .filter(({ draft }) => !draft)
      .map(
        ({ id, tag, name, prerelease, publishedAt, createdAt }): Release => ({
          ...{ githubId: id, tag: boundedLine(tag, LONGEST.name), prerelease },
          name: boundedLine(name ?? '', LONGEST.title) || boundedLine(tag, LONGEST.name),
          publishedAt: seconds(publishedAt ?? createdAt),
        }),
      )
      .sort((a, b) => a.githubId - b.githubId),
  };
}

const REVIEWS = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  REVIEW_REQUIRED: 'review_required',
} as const;
const STATES = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;
const MERGEABLE = { MERGEABLE: 'mergeable', CONFLICTING: 'conflicting', UNKNOWN: null } as const;
const CHECKS: Record<Checks, ChecksState> = {
  ...{ SUCCESS: 'success', FAILURE: 'failure', ERROR: 'failure', PENDING: 'pending', EXPECTED: 'pending' },
};

function ofPull(repository: WorldRepository, pull: WorldPullRequest): PullRequest {
  const decision = reviewDecision(pull);
  const checks = repository.checks.get(pull.headOid);
  return {
    ...{ number: pull.number, title: boundedLine(pull.title, LONGEST.title), author: pull.author },
    ...{ state: STATES[pull.state], draft: pull.draft, headRef: pull.headRef, baseRef: pull.baseRef },
    ...{ review: decision && REVIEWS[decision], reviews: pull.reviews.length },
    reviewers: pull.requestedReviewers.slice(0, 20),
    ...{ checks: checks === undefined ? null : CHECKS[checks], mergeable: MERGEABLE[pull.mergeable] },
    labels: pull.labels.slice(0, 20).map((name) => boundedLine(name, LONGEST.name)),
    ...{ additions: pull.additions, deletions: pull.deletions },
    ...{ createdAt: seconds(pull.createdAt), updatedAt: seconds(pull.updatedAt) },
    ...{ mergedAt: secondsOrNull(pull.mergedAt), closedAt: secondsOrNull(pull.closedAt) },
  };
}

/** A commit's account is a person's or nobody's. */
function accountOf(world: World, login: string | null): string | null {
  return login !== null && world.owner(login).type === 'User' ? login : null;
}

/** GitHub tells no parts of a second. */
const seconds = (at: number) => Math.floor(at / 1_000) * 1_000;
const secondsOrNull = (at: number | null) => (at === null ? null : seconds(at));
