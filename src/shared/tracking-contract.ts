/** The procedures of the contract that are about repositories. */
import { z } from 'zod';
import { command, query } from './procedure.ts';
import {
  BranchView,
  CommitView,
  ContributionsView,
  Cursor,
  EventKind,
  EventView,
  PullRequestState,
  PullRequestView,
  pageOf,
  RepositoryDetails,
  RepositoryId,
  RepositoryView,
  TrackedReleaseView,
  TrackingView,
} from './tracking-views.ts';

const None = z.strictObject({});
const Page = { cursor: Cursor.optional(), limit: z.int().min(1).max(200).optional() };
const Search = z.string().trim().max(200);
const Time = z.iso.datetime();
const Owner = z.string().trim().max(100);

export const trackingContract = {
  'tracking.get': query(None, TrackingView),
  /** Looks now at one repository, or at everything, out of turn and out of the reserve. Answers at once. */
  'tracking.refresh': command(z.strictObject({ repositoryId: RepositoryId.optional() }), TrackingView),
  /** Deletes everything that was tracked through an account, in one go. */
  'tracking.forget': command(z.strictObject({ connectionId: z.uuid() }), TrackingView),
  'tracking.mute': command(z.strictObject({ repositoryId: RepositoryId, muted: z.boolean() }), RepositoryView),
  /** Makes, or takes, the secret that webhooks are signed with; the answer is the only time it is shown. Null: forgets it. */
  'tracking.webhookSecret': command(
    z.strictObject({ secret: z.string().trim().min(16).max(200).nullable().optional() }),
    z.strictObject({ secret: z.string().nullable() }),
    ['socket'],
  ),

  'tracking.repositories': query(
    z.strictObject({
      ...Page,
      search: Search.optional(),
      owner: Owner.optional(),
      language: z.string().max(100).optional(),
      state: z.enum(['tracked', 'left_out', 'gone', 'any']).optional(),
      sort: z.enum(['name', 'pushed', 'updated', 'stars', 'forks', 'issues', 'pull_requests']).optional(),
      direction: z.enum(['asc', 'desc']).optional(),
    }),
    pageOf(RepositoryView).extend({ total: z.int().nonnegative() }),
  ),
  'tracking.repository': query(z.strictObject({ id: RepositoryId }), RepositoryDetails),
  'tracking.commits': query(
    z.strictObject({
      repositoryId: RepositoryId,
      ...Page,
      search: Search.optional(),
      author: Search.optional(),
      /** Committed from this instant on, that one included. */
      since: Time.optional(),
      /** Committed before this instant. */
      until: Time.optional(),
    }),
    pageOf(CommitView),
  ),
  'tracking.branches': query(z.strictObject({ repositoryId: RepositoryId, ...Page }), pageOf(BranchView)),
  'tracking.releases': query(z.strictObject({ repositoryId: RepositoryId, ...Page }), pageOf(TrackedReleaseView)),
  /** `waiting`: something of it waits for the person; `mine`: open ones by them; `merged`: the last to be merged. */
  'tracking.pullRequests': query(
    z.strictObject({
      ...Page,
      view: z.enum(['waiting', 'mine', 'merged', 'all']).optional(),
      repositoryId: RepositoryId.optional(),
      state: PullRequestState.optional(),
      search: Search.optional(),
    }),
    pageOf(PullRequestView),
  ),
  /** What happened, the latest first. */
  'tracking.activity': query(
    z.strictObject({
      ...Page,
      kinds: z.array(EventKind).max(EventKind.options.length).optional(),
      repositoryId: RepositoryId.optional(),
      owner: Owner.optional(),
      search: Search.optional(),
      /** From this instant on, that one included. */
      since: Time.optional(),
      /** Before this instant. */
      until: Time.optional(),
    }),
    pageOf(EventView),
  ),
  'tracking.contributions': query(
    z.strictObject({ connectionId: z.uuid().optional(), days: z.int().min(7).max(1_830).optional() }),
    ContributionsView,
  ),
  /** All rows of one kind as text, piece by piece: the pieces joined are the file. */
  'tracking.export': query(
    z.strictObject({
      what: z.enum(['repositories', 'commits', 'pull_requests', 'branches', 'releases', 'events', 'days']),
      format: z.enum(['json', 'csv']),
      cursor: Cursor.optional(),
    }),
    z.strictObject({ text: z.string(), nextCursor: Cursor.nullable() }),
  ),
} as const;
