import { z } from 'zod';
import type { Branch, Commit, Part, PullRequest, Release } from '../model.ts';
import { unreadable } from './ask.ts';
import { Count, Line, LONGEST, splitMessage, Time, Token } from './bounds.ts';
import { checksOf, LastCommit, present } from './glance.ts';

/** A page of one part. */
export interface Page<T> {
  items: T[];
  /** Where the next page begins; null: this was the last one. */
  next: string | null;
  /** Whether something is missing from it: then nobody can say what is no more. */
  gaps: boolean;
}

/** A page of each part that was asked for; null: GitHub left it out of the answer. */
export interface PartPages {
  head?: Page<Commit> | null;
  branches?: Page<Branch> | null;
  pull_requests?: Page<PullRequest> | null;
  releases?: Page<Release> | null;
}

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: Token.nullish() });
const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ pageInfo: PageInfo, nodes: z.array(item.nullable()).nullish() }).nullish();

const CommitNode = z
  .object({
    oid: Token,
    authoredDate: Time,
    committedDate: Time,
    message: z.string().transform(splitMessage),
    additions: Count.nullish(),
    deletions: Count.nullish(),
    author: z
      .object({ name: Line(LONGEST.name).nullish(), user: z.object({ login: Line(LONGEST.name) }).nullish() })
      .nullish(),
  })
  .transform(
    ({ oid, authoredDate, committedDate, message, additions, deletions, author }): Commit => ({
      oid,
      authorName: author?.name || null,
      authorLogin: author?.user?.login ?? null,
      authoredAt: authoredDate,
      committedAt: committedDate,
      ...message,
      additions: additions ?? null,
      deletions: deletions ?? null,
    }),
  );

const BranchNode = z
  .object({ name: Line(LONGEST.name), target: z.object({ oid: Token, committedDate: Time.nullish() }).nullish() })
  .transform(({ name, target }): Branch | undefined =>
    target ? { name, headOid: target.oid, committedAt: target.committedDate ?? null } : undefined,
  );

const STATES = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;
const REVIEWS = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  REVIEW_REQUIRED: 'review_required',
} as const;
const MERGEABLE = { MERGEABLE: 'mergeable', CONFLICTING: 'conflicting', UNKNOWN: null } as const;

const Reviewer = z
  .object({ login: Line(LONGEST.name), combinedSlug: Line(LONGEST.name) })
  .partial()
  .nullish();

const PullRequestNode = z
  .object({
    number: z.int().positive(),
    title: Line(LONGEST.title),
    state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
    isDraft: z.boolean(),
    headRefName: Line(LONGEST.name),
    baseRefName: Line(LONGEST.name),
    reviewDecision: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'REVIEW_REQUIRED']).nullish(),
    mergeable: z.enum(['MERGEABLE', 'CONFLICTING', 'UNKNOWN']).nullish(),
    additions: Count.nullish(),
    deletions: Count.nullish(),
    createdAt: Time,
    updatedAt: Time,
    mergedAt: Time.nullish(),
    closedAt: Time.nullish(),
    author: z.object({ login: Line(LONGEST.name) }).nullish(),
    reviews: z.object({ totalCount: Count }).nullish(),
    reviewRequests: z
      .object({ nodes: z.array(z.object({ requestedReviewer: Reviewer }).nullable()).nullish() })
      .nullish(),
    commits: LastCommit,
    labels: z.object({ nodes: z.array(z.object({ name: Line(LONGEST.name) }).nullable()).nullish() }).nullish(),
  })
  .transform(
    (node): PullRequest => ({
      number: node.number,
      title: node.title,
      author: node.author?.login ?? null,
      state: STATES[node.state],
      draft: node.isDraft,
      headRef: node.headRefName,
      baseRef: node.baseRefName,
      review: node.reviewDecision ? REVIEWS[node.reviewDecision] : null,
      reviews: node.reviews?.totalCount ?? 0,
      reviewers: present(node.reviewRequests?.nodes).flatMap(
        ({ requestedReviewer: reviewer }) => reviewer?.login ?? reviewer?.combinedSlug ?? [],
      ),
      checks: checksOf(node.commits),
      mergeable: node.mergeable ? MERGEABLE[node.mergeable] : null,
      labels: present(node.labels?.nodes).map(({ name }) => name),
      additions: node.additions ?? null,
      deletions: node.deletions ?? null,
      createdAt: node.createdAt,
      updatedAt: node.updatedAt,
      mergedAt: node.mergedAt ?? null,
      closedAt: node.closedAt ?? null,
    }),
  );

const ReleaseNode = z
  .object({
    databaseId: z.int().positive().nullish(),
    tagName: Line(LONGEST.name),
    name: Line(LONGEST.title).nullish(),
    isDraft: z.boolean(),
    isPrerelease: z.boolean(),
    publishedAt: Time.nullish(),
    createdAt: Time,
  })
  .transform(({ databaseId, tagName, name, isDraft, isPrerelease, publishedAt, createdAt }): Release | undefined =>
    // A draft is nobody's business but its author's, and has not happened yet.
    isDraft || databaseId == null
      ? undefined
      : {
          githubId: databaseId,
          tag: tagName,
          name: name || tagName,
          prerelease: isPrerelease,
          publishedAt: publishedAt ?? createdAt,
        },
  );

const Answer = z.object({
  head: z.object({ oid: Token.optional(), history: pageOf(CommitNode) }).nullish(),
  refs: pageOf(BranchNode),
  pullRequests: pageOf(PullRequestNode),
  releases: pageOf(ReleaseNode),
});

/**
 * The answer to `FETCH` of queries.ts.
 *
 * @param asked the parts that it was asked for
 * @throws AppError `provider_error`
 */
export function readParts(node: unknown, asked: ReadonlySet<Part>): PartPages {
  const read = Answer.safeParse(node);
  if (!read.success) throw unreadable('the question about the parts of a repository', read.error);
  const { head, refs, pullRequests, releases } = read.data;
  return {
    ...(asked.has('head') ? { head: page(head?.history) } : {}),
    ...(asked.has('branches') ? { branches: page(refs) } : {}),
    ...(asked.has('pull_requests') ? { pull_requests: page(pullRequests) } : {}),
    ...(asked.has('releases') ? { releases: page(releases) } : {}),
  };
}

const Commits = z.object({ nodes: z.array(z.unknown()) });

/**
 * The answer to `COMMITS` of queries.ts. A commit that is no more is left out.
 * @throws AppError `provider_error`
 */
export function readCommits(data: unknown): Commit[] {
  const read = Commits.safeParse(data);
  if (!read.success) throw unreadable('the question about commits', read.error);
  const found = read.data.nodes.filter((node) => z.object({ oid: Token }).safeParse(node).success);
  const commits = z.array(CommitNode).safeParse(found);
  if (!commits.success) throw unreadable('the question about commits', commits.error);
  return commits.data;
}

type Connection<T> = { pageInfo: z.infer<typeof PageInfo>; nodes?: (T | null)[] | null | undefined } | null | undefined;

function page<T>(connection: Connection<T>): Page<NonNullable<T>> | null {
  if (!connection) return null;
  const { hasNextPage, endCursor } = connection.pageInfo;
  const items = present(connection.nodes).filter((item): item is NonNullable<typeof item> => item != null);
  const gaps = connection.nodes?.some((node) => node === null) ?? true;
  return { items, next: hasNextPage ? (endCursor ?? null) : null, gaps };
}
