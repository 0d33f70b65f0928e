import type { Generated } from 'kysely';

/** A repository, once, however many accounts see it. Flags are 0 and 1. */
export interface TrackedRepositoriesTable {
  id: Generated<number>;
  host: string;
  /** GitHub's number of it, which survives a new name and a new owner. */
  github_id: number;
  /** GitHub's GraphQL id. */
  node_id: string;
  owner: string;
  name: string;
  private: number;
  fork: number;
  archived: number;
  description: string | null;
  /** The one with the most bytes. */
  language: string | null;
  /** JSON object: language to bytes. */
  languages: string;
  /** JSON array of strings. */
  topics: string;
  /** SPDX id, where there is one. */
  license: string | null;
  stars: number;
  forks: number;
  watchers: number;
  open_issues: number;
  open_pull_requests: number;
  /** Null: the repository is empty. */
  default_branch: string | null;
  created_at: number;
  pushed_at: number | null;
  updated_at: number;
  /** `left_out`: the person does not choose it any more. `gone`: no account sees it any more. */
  state: string;
  state_since: number;
  /** JSON of an ErrorView: why the last look or fetch failed. */
  problem: string | null;
  /** What the last look told of each part. A part whose key differs from the one it was fetched at has moved. */
  head_key: string;
  branches_key: string;
  pull_requests_key: string;
  releases_key: string;
  /** The keys that the stored parts are true to; null: never fetched. */
  synced_head_key: string | null;
  synced_branches_key: string | null;
  synced_pull_requests_key: string | null;
  synced_releases_key: string | null;
  /** JSON: how far the fetch under way has come, so that it goes on there after a crash. */
  work: string | null;
  /** Number of the last fetch; a part's rows that the fetch did not see again are no more. */
  pass: Generated<number>;
  looked_at: number;
  /** When something about it was found changed. */
  moved_at: number;
  next_look_at: number;
  /** When a webhook of it came last. */
  webhook_at: number | null;
  /** The connection that saw it last, of one that is gone: what was tracked through an account goes with it. */
  lost_by: Generated<string | null>;
  /** A day since the epoch: rows of days before it were dropped for their age, so the sums of those days stand as they are. */
  kept_from: Generated<number>;
  /** No notices of it. */
  muted: Generated<number>;
}

/** Which account sees which repository. */
export interface TrackedThroughTable {
  connection_id: string;
  repository_id: number;
  /** When a listing of the account named it last. */
  listed_at: number;
  starred: Generated<number>;
}

export interface TrackedAccountsTable {
  connection_id: string;
  /** JSON: how far the listing under way has come. */
  listing: string | null;
  /** When the last whole listing began. */
  listed_at: number | null;
  contributions_at: number | null;
  first_synced_at: number | null;
}

/** Commits of the default branch. Texts are as others wrote them, but bounded. */
export interface TrackedCommitsTable {
  repository_id: number;
  oid: string;
  author_name: string | null;
  author_login: string | null;
  authored_at: number;
  committed_at: number;
  headline: string;
  body: string;
  additions: number | null;
  deletions: number | null;
  pass: number;
}

export interface TrackedBranchesTable {
  repository_id: number;
  name: string;
  head_oid: string;
  committed_at: number | null;
  pass: number;
}

export interface TrackedPullRequestsTable {
  repository_id: number;
  number: number;
  title: string;
  /** Null: the account is gone. */
  author: string | null;
  /** `open`, `closed` or `merged`. */
  state: string;
  draft: number;
  head_ref: string;
  base_ref: string;
  /** `approved`, `changes_requested`, `review_required`, or null: no review is asked for. */
  review: string | null;
  /** How many reviews were given. */
  reviews: number;
  /** JSON array of the logins (teams as org/team) whose review is asked for. */
  reviewers: string;
  /** `success`, `failure`, `pending`, or null: there are none. */
  checks: string | null;
  /** `mergeable`, `conflicting`, or null: not known. */
  mergeable: string | null;
  /** JSON array of strings. */
  labels: string;
  additions: number | null;
  deletions: number | null;
  created_at: number;
  updated_at: number;
  merged_at: number | null;
  closed_at: number | null;
  pass: number;
}

export interface TrackedReleasesTable {
  repository_id: number;
  github_id: number;
  tag: string;
  name: string;
  prerelease: number;
  published_at: number;
  pass: number;
}

/** What happened, in the order in which it was noticed. */
export interface TrackedEventsTable {
  id: Generated<number>;
  repository_id: number;
  /** An EventKind of src/shared/tracking-views.ts. */
  kind: string;
  /** When it happened, as exactly as can be known. */
  at: number;
  noticed_at: number;
  actor: string | null;
  /** Of a pull request. */
  number: number | null;
  /** Of a pull request or release; the name of a branch. */
  title: string | null;
  before: string | null;
  after: string | null;
  count: number | null;
  /** A name under which it is stored only once in its repository; null: it may happen again and again. */
  once: string | null;
}

/** Sums of a day (UTC), counted in days since the epoch. They outlive what they were summed up from. */
export interface TrackedDaysTable {
  repository_id: number;
  day: number;
  commits: Generated<number>;
  additions: Generated<number>;
  deletions: Generated<number>;
  pull_requests_opened: Generated<number>;
  pull_requests_merged: Generated<number>;
  releases: Generated<number>;
  /** As they stood when the day was last looked at; null: it was not. */
  stars: number | null;
  forks: number | null;
  open_issues: number | null;
}

/** What GitHub counts as a person's contributions, by day of their profile. */
export interface TrackedContributionsTable {
  connection_id: string;
  day: number;
  count: number;
}

/** Webhook deliveries that were taken, so that none is taken twice. */
export interface WebhookDeliveriesTable {
  /** `X-GitHub-Delivery`. */
  id: string;
  event: string;
  received_at: number;
}

/** The secret that the webhooks of a GitHub server are signed with, beside those of its apps. */
export interface WebhookSecretsTable {
  host: string;
  sealed_secret: string;
  updated_at: number;
}
