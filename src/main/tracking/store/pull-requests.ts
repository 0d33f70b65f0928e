import type { Selectable, Transaction } from 'kysely';
import { DAY_MS } from '../../../shared/durations.ts';
import type { Schema } from '../../storage/schema.ts';
import type { TrackedPullRequestsTable } from '../../storage/tracking-schema.ts';
import type { PullRequest } from '../model.ts';
import type { Happening } from './events.ts';

type Row = Selectable<TrackedPullRequestsTable>;

/** @returns what happened, and the days whose sums it changes */
export async function takePullRequests(
  transaction: Transaction<Schema>,
  repositoryId: number,
  pullRequests: readonly PullRequest[],
  { pass, first, now }: { pass: number; first: boolean; now: number },
): Promise<{ happenings: Happening[]; days: number[] }> {
  if (pullRequests.length === 0) return { happenings: [], days: [] };
  const stored = await transaction
    .selectFrom('tracked_pull_requests')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .where(
      'number',
      'in',
      pullRequests.map(({ number }) => number),
    )
    .execute();
  const before = new Map(stored.map((row) => [row.number, row]));
  const rows = pullRequests.map((pullRequest) => rowOf(pullRequest, repositoryId, pass));
  const [{ repository_id: _, number: __, ...columns }] = rows as [Row];
  const names = Object.keys(columns) as (keyof typeof columns)[];
  await transaction
    .insertInto('tracked_pull_requests')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['repository_id', 'number'])
        .doUpdateSet((build) => Object.fromEntries(names.map((name) => [name, build.ref(`excluded.${name}`)]))),
    )
    .execute();
  const happenings = pullRequests.flatMap((pullRequest) => [
    ...withTheirOwnTime(pullRequest),
    ...(first ? [] : changes(before.get(pullRequest.number), pullRequest, now)),
  ]);
  const times = [...stored, ...rows].flatMap(({ created_at, merged_at }) => [created_at, merged_at ?? created_at]);
  return { happenings, days: times.map((time) => Math.floor(time / DAY_MS)) };
}

function rowOf(pullRequest: PullRequest, repositoryId: number, pass: number): Row {
  return {
    repository_id: repositoryId,
    number: pullRequest.number,
    title: pullRequest.title,
    author: pullRequest.author,
    state: pullRequest.state,
    draft: Number(pullRequest.draft),
    head_ref: pullRequest.headRef,
    base_ref: pullRequest.baseRef,
    review: pullRequest.review,
    reviews: pullRequest.reviews,
    reviewers: JSON.stringify(pullRequest.reviewers),
    checks: pullRequest.checks,
    mergeable: pullRequest.mergeable,
    labels: JSON.stringify(pullRequest.labels),
    additions: pullRequest.additions,
    deletions: pullRequest.deletions,
    created_at: pullRequest.createdAt,
    updated_at: pullRequest.updatedAt,
    merged_at: pullRequest.mergedAt,
    closed_at: pullRequest.closedAt,
    pass,
  };
}

const about = ({ number, title, author, reviewers }: PullRequest) => ({
  number,
  title,
  pullRequest: { author, reviewers },
});

/** What GitHub itself gives a time to: known however late it is seen. */
function withTheirOwnTime(pullRequest: PullRequest): Happening[] {
  const { number, author, createdAt, mergedAt, closedAt } = pullRequest;
  const base = about(pullRequest);
  const found: Happening[] = [
    { ...base, kind: 'pull_request_opened', at: createdAt, actor: author, once: `pull_request_opened:${number}` },
  ];
  if (mergedAt !== null) {
    found.push({
      ...base,
      kind: 'pull_request_merged',
      at: mergedAt,
      once: `pull_request_merged:${number}:${mergedAt}`,
    });
  } else if (pullRequest.state === 'closed' && closedAt !== null) {
    found.push({
      ...base,
      kind: 'pull_request_closed',
      at: closedAt,
      once: `pull_request_closed:${number}:${closedAt}`,
    });
  }
  return found;
}

/** What only shows by how it was before. */
function changes(before: Row | undefined, after: PullRequest, now: number): Happening[] {
  const base = about(after);
  const at = Math.min(after.updatedAt, now);
  const found: Happening[] = [];
  const asked = new Set(before ? (JSON.parse(before.reviewers) as string[]) : []);
  for (const reviewer of after.reviewers) {
    if (!asked.has(reviewer)) found.push({ ...base, kind: 'review_requested', at, after: reviewer });
  }
  if (!before) return found;
  if (before.state !== 'open' && after.state === 'open') found.push({ ...base, kind: 'pull_request_reopened', at });
  if (before.draft === 1 && !after.draft && after.state === 'open') {
    found.push({ ...base, kind: 'pull_request_ready', at });
  }
  const decided = before.review !== after.review && after.review !== null && after.review !== 'review_required';
  if (decided || after.reviews > before.reviews) {
    found.push({ ...base, kind: 'reviewed', at, before: before.review, after: after.review });
  }
  if (before.checks !== after.checks) {
    found.push({ ...base, kind: 'checks', at: now, before: before.checks, after: after.checks });
  }
  return found;
}
