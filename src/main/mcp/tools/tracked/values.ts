/** What the tools over tracked repositories share. Fields that would say nothing are left out: every word of an answer costs. */
import { z } from 'zod';
import { EventKind, type EventView, type RepositoryDetails } from '../../../../shared/tracking-views.ts';
import { AppError } from '../../../core/errors.ts';
import type { Tracking } from '../../../tracking/tracking.ts';

export type Tracked = Pick<Tracking, 'queries'>;

/** Smaller than a page of GitHub's: what an agent needs is mostly at the top. */
const USUAL_SIZE = 20;
const LARGEST_SIZE = 100;

export const TrackedPage = {
  limit: z.int().min(1).max(LARGEST_SIZE).default(USUAL_SIZE).describe('How many at most.'),
  cursor: z
    .string()
    .max(2_000)
    .optional()
    .describe('"nextCursor" of the answer before. Everything else but the limit must be as it was.'),
};

export const RepositoryName = z
  .string()
  .max(200)
  .regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name')
  .describe('owner/name, such as octocat/hello-world.');

export const Search = z.string().trim().min(1).max(200);

/** A time with its offset, or a day in UTC. */
export const Instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], 'must be a day or a time of ISO 8601')
  .transform((text) => new Date(text).toISOString());

export const SyncedAt = z.iso.datetime().describe('When GitHub was asked about it last.');

/**
 * @param name as `RepositoryName` takes it
 * @throws AppError `not_found`, `account_ambiguous`
 */
export async function repositoryNamed({ queries }: Tracked, name: string): Promise<RepositoryDetails> {
  const [owner = '', repository = ''] = name.split('/');
  try {
    return await queries.byName(owner, repository);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not_found')) throw error;
    throw new AppError('not_found', `${name} is not tracked here.`, {
      remedy: 'search_activity and the resources name what is tracked; get_pull_requests asks GitHub itself.',
    });
  }
}

export const Event = z.strictObject({
  at: z.iso.datetime(),
  kind: EventKind,
  repository: z.string(),
  actor: z.string().optional(),
  number: z.int().optional().describe('Of a pull request.'),
  title: z.string().optional().describe('Of a pull request or release; the name of a branch.'),
  before: z.string().optional(),
  after: z.string().optional(),
  count: z.int().optional().describe('Commits of the default branch that day.'),
  url: z.url(),
});

export function eventOf(event: EventView): z.infer<typeof Event> {
  const { at, kind, repository, actor, number, title, before, after, count, url } = event;
  return {
    ...{ at, kind, repository: `${repository.owner}/${repository.name}` },
    ...filled({ actor, number, title, before, after, count }),
    url,
  };
}

/** Without the fields that are null. */
export function filled<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
