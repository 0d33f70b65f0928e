import type { Insertable, Kysely } from 'kysely';
import { onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import type { Schema } from '../../src/main/storage/schema.ts';
import { accountRow } from './account-row.ts';
import { createQuietLogger } from './quiet-logger.ts';
import { temporaryFolder } from './temporary-folder.ts';

const DAY_MS = 86_400_000;

/** A Monday: 2026-11-02, in days since the epoch. */
export const MONDAY = Date.UTC(2026, 10, 2) / DAY_MS;

/** @returns an instant of a day, ms since the epoch */
export function at(day: number, hour = 12): number {
  return day * DAY_MS + hour * 3_600_000;
}

/** Rows of the tracking tables, put in directly: for tests of what is done with them later. */
export interface TrackedRows {
  database: Database;
  db: Kysely<Schema>;
  dataDir: string;
  /** @returns the connection's id */
  account(login: string, own?: Partial<Insertable<Schema['installations']>>): Promise<string>;
  /** @param through the connections that see it. @returns our number of it */
  repository(through: readonly string[], own?: Partial<Insertable<Schema['tracked_repositories']>>): Promise<number>;
  commits(repositoryId: number, rows: readonly Partial<Insertable<Schema['tracked_commits']>>[]): Promise<void>;
  pullRequest(repositoryId: number, own: Partial<Insertable<Schema['tracked_pull_requests']>>): Promise<void>;
  release(repositoryId: number, own: Partial<Insertable<Schema['tracked_releases']>>): Promise<void>;
  event(repositoryId: number, own: Partial<Insertable<Schema['tracked_events']>>): Promise<void>;
}

/** A database of this test alone, empty but for what the test puts in. */
export async function openTrackedRows(dataDir = temporaryFolder()): Promise<TrackedRows> {
  const database = await openDatabase({ dataDir, logger: createQuietLogger() });
  onTestFinished(() => database.close());
  return { ...trackedRows(database.db), database, dataDir };
}

/** The same, in a database that is open already. */
export function trackedRows(db: Kysely<Schema>): Omit<TrackedRows, 'database' | 'dataDir'> {
  let count = 0;
  const next = () => {
    count += 1;
    return count;
  };
  return {
    db,
    async account(login, own = {}) {
      const id = crypto.randomUUID();
      const row = accountRow({ id, login, external_org_id: String(next()), ...own });
      await db.insertInto('installations').values(row).execute();
      return id;
    },
    async repository(through, own = {}) {
      const number = next();
      const moment = at(MONDAY);
      const { id } = await db
        .insertInto('tracked_repositories')
        .values({
          ...{
            host: 'github.com',
            github_id: number,
            node_id: `R_${number}`,
            owner: 'octocat',
            name: `garden-${number}`,
          },
          ...{ private: 0, fork: 0, archived: 0, description: null, language: null, languages: '{}', topics: '[]' },
          ...{ license: null, stars: 0, forks: 0, watchers: 0, open_issues: 0, open_pull_requests: 0 },
          ...{ default_branch: 'main', created_at: moment, pushed_at: moment, updated_at: moment },
          ...{ state: 'tracked', state_since: moment, problem: null },
          ...{ head_key: 'a', branches_key: 'a', pull_requests_key: 'a', releases_key: 'a' },
          ...{
            synced_head_key: 'a',
            synced_branches_key: 'a',
            synced_pull_requests_key: 'a',
            synced_releases_key: 'a',
          },
          ...{ work: null, looked_at: moment, moved_at: moment, next_look_at: moment + DAY_MS, webhook_at: null },
          ...own,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      for (const connection of through) {
        const row = { connection_id: connection, repository_id: id, listed_at: moment };
        await db.insertInto('tracked_through').values(row).execute();
      }
      return id;
    },
    async commits(repositoryId, rows) {
      for (const row of rows) {
        await db
          .insertInto('tracked_commits')
          .values({
            ...{ repository_id: repositoryId, oid: `${next()}`.padStart(40, '0'), pass: 0 },
            ...{ author_name: 'Octo Cat', author_login: 'octocat', authored_at: at(MONDAY), committed_at: at(MONDAY) },
            ...{ headline: 'Water the plants', body: '', additions: 3, deletions: 1 },
            ...row,
          })
          .execute();
      }
    },
    async pullRequest(repositoryId, own) {
      await db
        .insertInto('tracked_pull_requests')
        .values({
          ...{
            repository_id: repositoryId,
            number: next(),
            title: 'Add a pond',
            author: 'hubot',
            state: 'open',
            draft: 0,
          },
          ...{ head_ref: 'pond', base_ref: 'main', review: null, reviews: 0, reviewers: '[]', checks: null },
          ...{ mergeable: null, labels: '[]', additions: null, deletions: null, merged_at: null, closed_at: null },
          ...{ created_at: at(MONDAY), updated_at: at(MONDAY), pass: 0 },
          ...own,
        })
        .execute();
    },
    async release(repositoryId, own) {
      const number = next();
      await db
        .insertInto('tracked_releases')
        .values({
          ...{ repository_id: repositoryId, github_id: number, tag: `v${number}`, name: `v${number}`, prerelease: 0 },
          ...{ published_at: at(MONDAY), pass: 0 },
          ...own,
        })
        .execute();
    },
    async event(repositoryId, own) {
      await db
        .insertInto('tracked_events')
        .values({ repository_id: repositoryId, kind: 'stars', at: at(MONDAY), noticed_at: at(MONDAY), ...own })
        .execute();
    },
  };
}
