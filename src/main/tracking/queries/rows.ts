import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { ErrorView } from '../../../shared/errors.ts';
import type { RepositoryRef, RepositoryState, RepositoryView } from '../../../shared/tracking-views.ts';
import { iso, isoOrNull } from '../../core/iso-time.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Addresses } from './addresses.ts';
import type { Memory } from './memory.ts';

/** What every question is answered with. */
export interface QueryParts {
  db: Kysely<Schema>;
  addresses: Addresses;
  /** Whom the person is, where. */
  accounts(): Promise<readonly { connectionId: string; host: string; login: string }[]>;
  /** ms since the epoch. */
  now(): number;
  memory: Memory;
}

/** A page unless told, and the most. */
export const USUAL_PAGE = 50;

/** Days since 1970-01-01, a Thursday. */
const WEEK = 7;

/** The Monday of a day's week. */
export function mondayOf(day: number): number {
  return day - ((((day + 3) % WEEK) + WEEK) % WEEK);
}

/** Numbers as one parameter: the text of the statement is the same for any of them, and stays prepared. */
export function listed(ids: readonly number[]): RawBuilder<number> {
  return sql<number>`(select value from json_each(${JSON.stringify(ids)}))`;
}

export const REF_COLUMNS = [
  'tracked_repositories.id as repository_id',
  'tracked_repositories.host',
  'tracked_repositories.owner',
  'tracked_repositories.name',
  'tracked_repositories.private',
] as const;

export interface RefRow {
  repository_id: number;
  host: string;
  owner: string;
  name: string;
  private: number;
}

export function refOf(row: RefRow, addresses: Addresses): RepositoryRef {
  const { repository_id: id, host, owner, name } = row;
  return { id, host, owner, name, private: row.private === 1, url: addresses.repository(row) };
}

type RepositoryRow = Selectable<Schema['tracked_repositories']>;

/** A repository as it is shown, but for what is counted of it. */
export function plainOf(
  row: RepositoryRow,
  addresses: Addresses,
): Omit<RepositoryView, 'commitsByWeek' | 'starsTrend'> {
  return {
    ...refOf({ ...row, repository_id: row.id }, addresses),
    state: row.state as RepositoryState,
    fork: row.fork === 1,
    archived: row.archived === 1,
    description: row.description,
    language: row.language,
    stars: row.stars,
    forks: row.forks,
    watchers: row.watchers,
    openIssues: row.open_issues,
    openPullRequests: row.open_pull_requests,
    defaultBranch: row.default_branch,
    pushedAt: isoOrNull(row.pushed_at),
    updatedAt: iso(row.updated_at),
    muted: row.muted === 1,
    lookedAt: iso(row.looked_at),
    problem: row.problem === null ? null : ErrorView.parse(JSON.parse(row.problem)),
  };
}
