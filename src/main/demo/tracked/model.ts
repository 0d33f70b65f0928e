/** What is true in the emulated GitHub's world of repositories. Times are ms since the epoch. */

export interface Owner {
  id: number;
  login: string;
  type: 'User' | 'Organization' | 'Bot';
  name: string | null;
  /** Logins, of an organization. */
  members: Set<string>;
  /** Repository to when it was starred. */
  starred: Map<number, number>;
  /** Contributions by day of the profile, such as 2026-11-21. */
  contributions: Map<string, number>;
}

export interface WorldCommit {
  oid: string;
  /** The first one is what it was made on; others were merged into it. */
  parents: readonly string[];
  message: string;
  /** Null: the commit names none. */
  author: { name: string | null; email: string; login: string | null } | null;
  authoredAt: number;
  committedAt: number;
  additions: number;
  deletions: number;
}

export type Checks = 'SUCCESS' | 'FAILURE' | 'ERROR' | 'PENDING' | 'EXPECTED';

export interface Review {
  id: number;
  author: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  body: string;
  submittedAt: number;
}

export interface WorldPullRequest {
  id: number;
  number: number;
  title: string;
  body: string;
  /** Null: the account is gone. */
  author: string | null;
  state: 'OPEN' | 'CLOSED' | 'MERGED';
  draft: boolean;
  headRef: string;
  baseRef: string;
  headOid: string;
  baseOid: string;
  mergeCommitOid: string | null;
  reviews: Review[];
  /** Logins, or teams as org/team. */
  requestedReviewers: string[];
  labels: string[];
  mergeable: 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN';
  additions: number;
  deletions: number;
  createdAt: number;
  updatedAt: number;
  mergedAt: number | null;
  closedAt: number | null;
}

export interface WorldRelease {
  id: number;
  tag: string;
  name: string | null;
  body: string;
  draft: boolean;
  prerelease: boolean;
  createdAt: number;
  updatedAt: number;
  /** Null: a draft. */
  publishedAt: number | null;
}

export interface WorldRepository {
  id: number;
  owner: string;
  name: string;
  private: boolean;
  fork: boolean;
  archived: boolean;
  /** Taken down for legal reasons. */
  blocked: boolean;
  /** Fields of GraphQL's Repository that the token's permissions do not reach. */
  withheld: Set<string>;
  description: string | null;
  topics: string[];
  /** Bytes by language. */
  languages: Record<string, number>;
  /** SPDX id. */
  license: string | null;
  stars: number;
  forks: number;
  watchers: number;
  openIssues: number;
  /** The name that it has even while there is no commit. */
  defaultBranch: string;
  createdAt: number;
  pushedAt: number | null;
  updatedAt: number;
  collaborators: Set<string>;
  /** Every commit that GitHub still has, reachable or not. */
  commits: Map<string, WorldCommit>;
  /** Name to head. */
  branches: Map<string, string>;
  pullRequests: Map<number, WorldPullRequest>;
  /** Issues and pull requests share their numbers. */
  lastNumber: number;
  releases: WorldRelease[];
  /** By commit. */
  checks: Map<string, Checks>;
}

/** One thing that GitHub sends a webhook for. */
export interface Happening {
  /** `X-GitHub-Event`. */
  event: string;
  repository: WorldRepository;
  /** Of the payload, beside what each one carries. */
  fields: Record<string, unknown>;
  sender: string;
}
