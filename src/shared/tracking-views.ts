/**
 * What people see of their repositories. Everything in these views that is text was written by others: it is shown as
 * text and never run. Days are counted since the epoch, in UTC.
 */
import { z } from 'zod';
import { ErrorView } from './errors.ts';

const Time = z.iso.datetime();
const Count = z.int().nonnegative();
/** Ours, not GitHub's. */
export const RepositoryId = z.int().positive();
/** Days since 1970-01-01. */
export const Day = z.int().nonnegative();

/** Where the next page begins: opaque, and good for the same question only. The name of a branch may be in it. */
export const Cursor = z.string().max(2_000);

export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: Cursor.nullable() });
}

export const RepositoryRef = z.strictObject({
  id: RepositoryId,
  host: z.string(),
  owner: z.string(),
  name: z.string(),
  private: z.boolean(),
  url: z.url(),
});
export type RepositoryRef = z.infer<typeof RepositoryRef>;

export const RepositoryState = z.enum(['tracked', 'left_out', 'gone']);
export type RepositoryState = z.infer<typeof RepositoryState>;

/** One row of the table of repositories. */
export const RepositoryView = RepositoryRef.extend({
  state: RepositoryState,
  fork: z.boolean(),
  archived: z.boolean(),
  description: z.string().nullable(),
  language: z.string().nullable(),
  stars: Count,
  forks: Count,
  watchers: Count,
  openIssues: Count,
  openPullRequests: Count,
  defaultBranch: z.string().nullable(),
  pushedAt: Time.nullable(),
  updatedAt: Time,
  /** Commits of the default branch in each of the last 26 weeks, the oldest first. */
  commitsByWeek: z.array(Count),
  /** How the stars changed within the last 30 days, as far as that was seen. */
  starsTrend: z.int(),
  muted: z.boolean(),
  /** When GitHub was asked last. */
  lookedAt: Time,
  problem: ErrorView.nullable(),
});
export type RepositoryView = z.infer<typeof RepositoryView>;

export const RepositoryDetails = RepositoryView.extend({
  languages: z.array(z.strictObject({ name: z.string(), share: z.number().min(0).max(1) })),
  topics: z.array(z.string()),
  license: z.string().nullable(),
  createdAt: Time,
  /** How many are stored. */
  commits: Count,
  branches: Count,
  releases: Count,
  /** Commits of the default branch by week for two years, the oldest first; `week` is the day it begins, a Monday. */
  weeks: z.array(z.strictObject({ week: Day, commits: Count, additions: Count, deletions: Count })),
  /** Stars as they stood on the days when that was looked at. */
  starHistory: z.array(z.strictObject({ day: Day, stars: Count })),
  /** Whether webhooks of it arrive. */
  webhookAt: Time.nullable(),
  nextLookAt: Time,
});
export type RepositoryDetails = z.infer<typeof RepositoryDetails>;

export const CommitView = z.strictObject({
  oid: z.string(),
  headline: z.string(),
  body: z.string(),
  authorName: z.string().nullable(),
  authorLogin: z.string().nullable(),
  authoredAt: Time,
  committedAt: Time,
  additions: Count.nullable(),
  deletions: Count.nullable(),
  url: z.url(),
});
export type CommitView = z.infer<typeof CommitView>;

export const PullRequestState = z.enum(['open', 'closed', 'merged']);
export type PullRequestState = z.infer<typeof PullRequestState>;
export const ReviewState = z.enum(['approved', 'changes_requested', 'review_required']);
export type ReviewState = z.infer<typeof ReviewState>;
export const ChecksState = z.enum(['success', 'failure', 'pending']);
export type ChecksState = z.infer<typeof ChecksState>;

export const PullRequestView = z.strictObject({
  repository: RepositoryRef,
  number: z.int().positive(),
  title: z.string(),
  /** Null: the account is gone. */
  author: z.string().nullable(),
  state: PullRequestState,
  draft: z.boolean(),
  headRef: z.string(),
  baseRef: z.string(),
  /** Null: no review is asked for. */
  review: ReviewState.nullable(),
  reviews: Count,
  /** Whose review is asked for. */
  reviewers: z.array(z.string()),
  /** Null: there are none. */
  checks: ChecksState.nullable(),
  /** Null: GitHub has not found out. */
  mergeable: z.enum(['mergeable', 'conflicting']).nullable(),
  labels: z.array(z.string()),
  additions: Count.nullable(),
  deletions: Count.nullable(),
  createdAt: Time,
  updatedAt: Time,
  mergedAt: Time.nullable(),
  closedAt: Time.nullable(),
  url: z.url(),
  /** Why it waits for the person; null: it does not. */
  waitsFor: z.enum(['review', 'changes', 'merge', 'conflicts', 'checks']).nullable(),
});
export type PullRequestView = z.infer<typeof PullRequestView>;

export const BranchView = z.strictObject({
  name: z.string(),
  headOid: z.string(),
  committedAt: Time.nullable(),
  isDefault: z.boolean(),
  url: z.url(),
});
export type BranchView = z.infer<typeof BranchView>;

export const TrackedReleaseView = z.strictObject({
  tag: z.string(),
  name: z.string(),
  prerelease: z.boolean(),
  publishedAt: Time,
  url: z.url(),
});
export type TrackedReleaseView = z.infer<typeof TrackedReleaseView>;

export const EventKind = z.enum([
  'commits',
  'branch_created',
  'branch_moved',
  'branch_forced',
  'branch_deleted',
  'pull_request_opened',
  'pull_request_ready',
  'review_requested',
  'reviewed',
  'checks',
  'pull_request_merged',
  'pull_request_closed',
  'pull_request_reopened',
  'release',
  'stars',
  'forks',
  'watchers',
  'issues',
  'renamed',
  'archived',
  'visibility',
  'default_branch',
  'gone',
  'back',
]);
export type EventKind = z.infer<typeof EventKind>;

/**
 * One thing that happened. Which of the fields are filled depends on the kind: `commits` has a `count`, a day's commits
 * of the default branch; numbers and states that changed have `before` and `after`; what is about a pull request, branch
 * or release has its `number` or its name as `title`.
 */
export const EventView = z.strictObject({
  id: z.int().positive(),
  kind: EventKind,
  repository: RepositoryRef,
  at: Time,
  noticedAt: Time,
  actor: z.string().nullable(),
  number: z.int().positive().nullable(),
  title: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  count: Count.nullable(),
  /** The page at GitHub that shows it best. */
  url: z.url(),
});
export type EventView = z.infer<typeof EventView>;

/** What GitHub counts as the person's contributions. */
export const ContributionsView = z.strictObject({
  /** Every day of the time asked for, the oldest first. */
  days: z.array(z.strictObject({ day: Day, count: Count })),
  weeks: z.array(z.strictObject({ week: Day, count: Count })),
  total: Count,
  /** When GitHub was asked last; null: never. */
  askedAt: Time.nullable(),
});
export type ContributionsView = z.infer<typeof ContributionsView>;

/**
 * How the tracking of one account stands. `waiting`: its turn comes; `listing`: finding out which repositories there are;
 * `syncing`: fetching what moved; `current`: everything is as of `syncedAt`; `limited`: GitHub wants a pause, or the
 * reserve for the person's own clicks is reached; `paused`: by the person; `problem`: see there.
 */
export const TrackingState = z.enum(['waiting', 'listing', 'syncing', 'current', 'limited', 'paused', 'problem']);
export type TrackingState = z.infer<typeof TrackingState>;

export const TrackedAccountView = z.strictObject({
  connectionId: z.uuid(),
  host: z.string(),
  login: z.string(),
  state: TrackingState,
  /** Repositories chosen, and how many of them have nothing left to fetch. */
  repositories: Count,
  synced: Count,
  /** Whether everything was fetched once. */
  firstSyncDone: z.boolean(),
  /** When everything was current last. */
  syncedAt: Time.nullable(),
  /** When it goes on: after a pause, or with the next look. */
  nextAt: Time.nullable(),
  /** What is left of GitHub's hourly limit, as last told; null: not told yet. */
  budget: z.strictObject({ limit: Count, remaining: Count, resetAt: Time }).nullable(),
  problem: ErrorView.nullable(),
});
export type TrackedAccountView = z.infer<typeof TrackedAccountView>;

export const TrackingView = z.strictObject({
  accounts: z.array(TrackedAccountView),
  /** What is stored, of all accounts. */
  stored: z.strictObject({
    repositories: Count,
    commits: Count,
    pullRequests: Count,
    events: Count,
    /** The whole database file, bytes. */
    databaseBytes: Count,
  }),
  /** Pull requests that wait for the person. */
  waiting: Count,
  /** Grows whenever something stored changed: what was read before may be out of date. */
  version: Count,
  webhooks: z.strictObject({
    /** Where GitHub, or what forwards for it, delivers to. */
    url: z.url(),
    /** Whether there is a secret to check signatures with. */
    hasSecret: z.boolean(),
    lastDeliveryAt: Time.nullable(),
    /** The smee channel; null: none is used. */
    channel: z.url().nullable(),
    channelState: z.enum(['off', 'connecting', 'connected', 'failed']),
  }),
});
export type TrackingView = z.infer<typeof TrackingView>;

/** Which repositories are tracked. They come from every connected GitHub account. */
export const TrackingChoice = z.strictObject({
  /** `all`: what the person owns or works on; `starred`: what they starred. */
  from: z.enum(['all', 'starred']),
  /** Only of these owners; empty: of all. */
  owners: z.array(z.string().trim().min(1).max(100)).max(200),
  /** Only with one of these topics; empty: with any or none. */
  topics: z.array(z.string().trim().min(1).max(100)).max(200),
  archived: z.boolean(),
  forks: z.boolean(),
});
export type TrackingChoice = z.infer<typeof TrackingChoice>;

/** What the person is told of by a notification. */
export const TrackingNotices = z.strictObject({
  reviewRequested: z.boolean(),
  reviewed: z.boolean(),
  checksFailed: z.boolean(),
  merged: z.boolean(),
  releases: z.boolean(),
});
export type TrackingNotices = z.infer<typeof TrackingNotices>;

export const TrackingSettings = z.strictObject({
  /** Nothing is fetched until the person goes on; what has come is kept. */
  paused: z.boolean(),
  choice: TrackingChoice,
  /** How long commits, closed pull requests and events are kept, days; null: as long as there is room. */
  keepDays: z.int().min(30).max(36_500).nullable(),
  notices: TrackingNotices,
  /** An https address of smee.io or a server like it, that passes webhooks on; null: none. */
  webhookChannel: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .nullable(),
});
export type TrackingSettings = z.infer<typeof TrackingSettings>;
