/**
 * What GitHub told, in plain form: what the fetching side of the room hands to the storing side. Times are ms since the
 * epoch. Texts are bounded where they are read (`bounds.ts`).
 */
import type { ChecksState, PullRequestState, ReviewState } from '../../shared/tracking-views.ts';

/** What one look tells of a repository: its details, and enough of its parts to see whether they have moved. */
export interface Glance {
  /** GitHub's number of it. */
  githubId: number;
  nodeId: string;
  owner: string;
  name: string;
  private: boolean;
  fork: boolean;
  archived: boolean;
  description: string | null;
  /** Bytes by language. */
  languages: Record<string, number>;
  topics: string[];
  license: string | null;
  stars: number;
  forks: number;
  /** Null, here and with the two below: the account may not see it. */
  watchers: number | null;
  openIssues: number | null;
  openPullRequests: number | null;
  /** Null: the repository is empty. */
  defaultBranch: string | null;
  createdAt: number;
  pushedAt: number | null;
  updatedAt: number;
  /** Of the open pull requests that were updated last: checks end without updating them. */
  checks: { number: number; checks: ChecksState | null }[];
  /** Texts that differ whenever the part has changed. Null: the account may not see the part. */
  keys: { [P in Part]: string | null };
}

/** The parts of a repository that are fetched by themselves. */
export const PARTS = ['head', 'branches', 'pull_requests', 'releases'] as const;
export type Part = (typeof PARTS)[number];

export interface Commit {
  oid: string;
  authorName: string | null;
  authorLogin: string | null;
  authoredAt: number;
  committedAt: number;
  headline: string;
  body: string;
  additions: number | null;
  deletions: number | null;
}

export interface Branch {
  name: string;
  headOid: string;
  committedAt: number | null;
}

export interface PullRequest {
  number: number;
  title: string;
  author: string | null;
  state: PullRequestState;
  draft: boolean;
  headRef: string;
  baseRef: string;
  review: ReviewState | null;
  reviews: number;
  reviewers: string[];
  checks: ChecksState | null;
  mergeable: 'mergeable' | 'conflicting' | null;
  labels: string[];
  additions: number | null;
  deletions: number | null;
  createdAt: number;
  updatedAt: number;
  mergedAt: number | null;
  closedAt: number | null;
}

export interface Release {
  githubId: number;
  tag: string;
  name: string;
  prerelease: boolean;
  publishedAt: number;
}
