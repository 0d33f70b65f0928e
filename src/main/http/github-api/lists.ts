import { z } from 'zod';
import { EventKind } from '../../../shared/tracking-views.ts';
import { answerWith } from './answer.ts';
import { contributionsBody, eventBody, repositoryBody } from './bodies.ts';
import type { Call, GitHubApiParts } from './call.ts';
import { askFirst, Fresh } from './fresh.ts';
import { Instant, Paging, parametersOf, Search, Words } from './parameters.ts';

const Name = z.string().max(100);

const RepositoryQuestion = z.object({
  ...Paging,
  ...Fresh,
  search: Search.optional(),
  owner: Name.optional(),
  language: Name.optional(),
  state: z.enum(['tracked', 'left_out', 'gone', 'any']).optional(),
  // `full_name` is what GitHub calls the first.
  sort: z
    .enum(['name', 'full_name', 'pushed', 'updated', 'stars', 'forks', 'issues', 'pull_requests'])
    .transform((sort) => (sort === 'full_name' ? 'name' : sort))
    .optional(),
  direction: z.enum(['asc', 'desc']).optional(),
});

/** `GET /api/v1/github/repos` */
export async function listRepositories(parts: GitHubApiParts, call: Call): Promise<void> {
  const { per_page: limit, fresh, ...asked } = parametersOf(RepositoryQuestion, call.parameters);
  await askFirst(parts, call, fresh, null);
  const { queries } = parts.tracking;
  const { items, nextCursor } = await queries.plainRepositories({ ...asked, limit });
  answerWith(call, parts.clock, {
    body: items.map((item) => repositoryBody(item, item.gitHubId)),
    nextCursor,
    asOf: earliest(items.map(({ lookedAt }) => lookedAt)),
  });
}

const EventQuestion = z.object({
  ...Paging,
  ...Fresh,
  kind: Words.pipe(z.array(EventKind).max(EventKind.options.length)).optional(),
  owner: Name.optional(),
  search: Search.optional(),
  since: Instant.optional(),
  until: Instant.optional(),
});

/** `GET /api/v1/github/events` */
export async function listEvents(parts: GitHubApiParts, call: Call): Promise<void> {
  const { per_page: limit, fresh, kind: kinds, ...asked } = parametersOf(EventQuestion, call.parameters);
  await askFirst(parts, call, fresh, null);
  const { items, nextCursor } = await parts.tracking.queries.activity({ ...asked, ...(kinds && { kinds }), limit });
  const { accounts } = await parts.tracking.view();
  const syncedAt = accounts.map((account) => account.syncedAt);
  // One account that was never current yet may have anything to tell.
  const asOf = syncedAt.includes(null) ? null : earliest(syncedAt.filter((time) => time !== null));
  answerWith(call, parts.clock, { body: items.map(eventBody), nextCursor, asOf });
}

/** `GET /api/v1/github/activity` */
export async function showContributions(parts: GitHubApiParts, call: Call): Promise<void> {
  const Question = z.object({ ...Fresh, days: z.coerce.number().int().min(7).max(1_830).default(365) });
  const { days, fresh } = parametersOf(Question, call.parameters);
  await askFirst(parts, call, fresh, null);
  const view = await parts.tracking.queries.contributions({ days });
  answerWith(call, parts.clock, { body: contributionsBody(view), asOf: view.askedAt });
}

/** @param times ISO 8601 in UTC with as many digits each, so that they are in order as texts */
function earliest(times: readonly string[]): string | null {
  return times.reduce<string | null>((first, time) => (first === null || time < first ? time : first), null);
}
