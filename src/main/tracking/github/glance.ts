import { z } from 'zod';
import type { ChecksState } from '../../../shared/tracking-views.ts';
import type { Glance } from '../model.ts';
import { unreadable } from './ask.ts';
import { Count, Line, LONGEST, Time, Token } from './bounds.ts';

const total = z.object({ totalCount: Count }).nullish();

const Rollup = z.object({ state: z.string() }).nullish();
/** The last commit of a pull request. */
export const LastCommit = z
  .object({ nodes: z.array(z.object({ commit: z.object({ statusCheckRollup: Rollup }) }).nullable()).nullish() })
  .nullish();

const Answer = z.object({
  databaseId: z.int().positive(),
  id: Token,
  owner: z.object({ login: Line(LONGEST.name) }),
  name: Line(LONGEST.name),
  isPrivate: z.boolean(),
  isFork: z.boolean(),
  isArchived: z.boolean(),
  description: Line(LONGEST.description).nullish(),
  createdAt: Time,
  pushedAt: Time.nullish(),
  updatedAt: Time,
  languages: z
    .object({
      edges: z.array(z.object({ size: Count, node: z.object({ name: Line(LONGEST.name) }) }).nullable()).nullish(),
    })
    .nullish(),
  repositoryTopics: z
    .object({ nodes: z.array(z.object({ topic: z.object({ name: Line(LONGEST.name) }) }).nullable()).nullish() })
    .nullish(),
  licenseInfo: z.object({ spdxId: Line(LONGEST.name).nullish() }).nullish(),
  stargazerCount: Count,
  forkCount: Count,
  watchers: total,
  issues: total,
  defaultBranchRef: z.object({ name: Line(LONGEST.name), target: z.object({ oid: Token }).nullish() }).nullish(),
  refs: total,
  newestPullRequests: z
    .object({
      totalCount: Count,
      nodes: z.array(z.object({ number: Count, updatedAt: Time }).nullable()).nullish(),
    })
    .nullish(),
  openPullRequests: z
    .object({
      totalCount: Count,
      nodes: z.array(z.object({ number: Count, commits: LastCommit }).nullable()).nullish(),
    })
    .nullish(),
  releases: z
    .object({
      totalCount: Count,
      nodes: z.array(z.object({ databaseId: Count.nullish(), updatedAt: Time }).nullable()).nullish(),
    })
    .nullish(),
});

/**
 * A repository as `Glance` of queries.ts asks for it. What GitHub left out because the account may not see it is null.
 *
 * @param at GitHub's time at the answer, ms since the epoch
 * @throws AppError `provider_error`
 */
export function readGlance(node: unknown, at: number): Glance {
  const read = Answer.safeParse(node);
  if (!read.success) throw unreadable('the question about a repository', read.error);
  const { data } = read;
  const branch = data.defaultBranchRef;
  const head = branch?.target ? `${branch.target.oid} ${branch.name}` : '';
  return {
    githubId: data.databaseId,
    nodeId: data.id,
    owner: data.owner.login,
    name: data.name,
    private: data.isPrivate,
    fork: data.isFork,
    archived: data.isArchived,
    description: data.description || null,
    languages: Object.fromEntries(present(data.languages?.edges).map(({ node: { name }, size }) => [name, size])),
    topics: present(data.repositoryTopics?.nodes).map(({ topic }) => topic.name),
    license: licenseOf(data.licenseInfo?.spdxId),
    stars: data.stargazerCount,
    forks: data.forkCount,
    watchers: data.watchers?.totalCount ?? null,
    openIssues: data.issues?.totalCount ?? null,
    openPullRequests: data.openPullRequests?.totalCount ?? null,
    defaultBranch: branch?.name ?? null,
    createdAt: data.createdAt,
    pushedAt: data.pushedAt ?? null,
    updatedAt: data.updatedAt,
    checks: present(data.openPullRequests?.nodes).map(({ number, commits }) => ({ number, checks: checksOf(commits) })),
    keys: {
      head,
      branches: data.refs ? `${data.refs.totalCount} ${head} ${told(data.pushedAt ?? null, at)}` : null,
      pull_requests: pullRequestsKey(data, at),
      releases: releasesKey(data, at),
    },
  };
}

/** The oid in the key of `head`; null: there is no commit. */
export function oidIn(headKey: string): string | null {
  return headKey.split(' ')[0] || null;
}

/** The instant in the key of `pull_requests` that everything stored is true to, ms; null: there is none. */
export function newestIn(pullRequestsKey: string): number | null {
  const at = Number(pullRequestsKey.split(' ')[0]);
  return pullRequestsKey === '' || !Number.isFinite(at) || at === 0 ? null : at;
}

function pullRequestsKey({ newestPullRequests, openPullRequests }: z.infer<typeof Answer>, at: number): string | null {
  if (!newestPullRequests || !openPullRequests) return null;
  const [newest] = present(newestPullRequests.nodes);
  if (!newest) return `0 ${newestPullRequests.totalCount}`;
  return `${told(newest.updatedAt, at)} ${newest.number} ${newestPullRequests.totalCount} ${openPullRequests.totalCount}`;
}

function releasesKey({ releases }: z.infer<typeof Answer>, at: number): string | null {
  if (!releases) return null;
  const [newest] = present(releases.nodes);
  return newest
    ? `${releases.totalCount} ${newest.databaseId} ${told(newest.updatedAt, at)}`
    : `${releases.totalCount}`;
}

/**
 * GitHub's times are whole seconds. What changed within the second of the answer may change in it once more and have
 * the same time: it is marked, so that the next look finds it different and asks again.
 */
function told(time: number | null, at: number): string {
  if (time === null) return '0';
  return Math.floor(time / 1_000) >= Math.floor(at / 1_000) ? `${time} fresh` : String(time);
}

/** GitHub says NOASSERTION of a license that it does not know. */
function licenseOf(spdxId: string | null | undefined): string | null {
  return spdxId == null || spdxId === 'NOASSERTION' ? null : spdxId;
}

/** @see https://docs.github.com/en/graphql/reference/enums#statusstate */
export function checksOf(commits: z.infer<typeof LastCommit>): ChecksState | null {
  const state = present(commits?.nodes)[0]?.commit.statusCheckRollup?.state;
  if (state === undefined) return null;
  if (state === 'SUCCESS') return 'success';
  return state === 'FAILURE' || state === 'ERROR' ? 'failure' : 'pending';
}

/** Of what GitHub could not show it gives null. */
export function present<T>(nodes: readonly (T | null)[] | null | undefined): T[] {
  return (nodes ?? []).filter((node): node is T => node !== null);
}
