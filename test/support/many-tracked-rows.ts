import type { Insertable, Kysely } from 'kysely';
import type { Schema } from '../../src/main/storage/schema.ts';

const DAY_MS = 86_400_000;
/** So many columns a repository has, and so many parameters SQLite takes at once. */
const AT_ONCE = 500;

export interface Many {
  repositories: number;
  /** Spread over the repositories. */
  events?: number;
  commits?: number;
  pullRequests?: number;
  /** Of which days sums are there, in each repository. */
  days?: number;
  /** An account that sees all of them. */
  connectionId?: string;
  host?: string;
  /** The youngest row's time, ms since the epoch. */
  now: number;
}

/**
 * As many rows as a large account has, straight into the tables: for measuring, and for looking at how SQLite finds its
 * way. Every row is another, and the same again each time.
 *
 * @returns our numbers of the repositories
 */
export async function fillWithMany(db: Kysely<Schema>, many: Many): Promise<number[]> {
  const { repositories, events = 0, commits = 0, pullRequests = 0, days = 0, host = 'github.com', now } = many;
  /** Further back, by a step that hits no other row's. */
  const back = (index: number) => now - index * 61_000;
  const ids: number[] = [];
  await db.transaction().execute(async (transaction) => {
    await inPieces(repositories, repositoryRow(host, back), async (rows) => {
      const found = await transaction.insertInto('tracked_repositories').values(rows).returning('id').execute();
      ids.push(...found.map(({ id }) => id));
    });
    const repositoryOf = (index: number) => ids[index % ids.length] ?? 0;
    const { connectionId } = many;
    if (connectionId !== undefined) {
      const seen = (index: number) => ({
        ...{ connection_id: connectionId, repository_id: repositoryOf(index), listed_at: now },
      });
      await inPieces(ids.length, seen, (rows) => transaction.insertInto('tracked_through').values(rows).execute());
    }
    const event = (index: number): Insertable<Schema['tracked_events']> => ({
      ...{ repository_id: repositoryOf(index), at: back(index), noticed_at: back(index), count: null, once: null },
      ...(index % 3 === 0
        ? { kind: 'stars', actor: null, number: null, title: null, before: `${index}`, after: `${index + 1}` }
        : { kind: 'pull_request_opened', actor: 'hubot', number: index + 1, title: `Change ${index}` }),
    });
    await inPieces(events, event, (rows) => transaction.insertInto('tracked_events').values(rows).execute());
    const commit = (index: number): Insertable<Schema['tracked_commits']> => ({
      ...{ repository_id: repositoryOf(index), oid: index.toString(16).padStart(40, '0'), pass: 0, body: '' },
      ...{ author_name: 'Octo Cat', author_login: 'octocat', authored_at: back(index), committed_at: back(index) },
      ...{ headline: `Commit ${index}`, additions: 1, deletions: 0 },
    });
    await inPieces(commits, commit, (rows) => transaction.insertInto('tracked_commits').values(rows).execute());
    await inPieces(pullRequests, pullRequestRow(repositoryOf, back), (rows) =>
      transaction.insertInto('tracked_pull_requests').values(rows).execute(),
    );
    const today = Math.floor(now / DAY_MS);
    const day = (index: number) => ({
      ...{ repository_id: repositoryOf(index), day: today - Math.floor(index / Math.max(1, ids.length)) },
      ...{ commits: 1 + (index % 7), stars: index % 100, forks: 0, open_issues: 0 },
    });
    await inPieces(days * ids.length, day, (rows) => transaction.insertInto('tracked_days').values(rows).execute());
  });
  return ids;
}

function repositoryRow(host: string, back: (index: number) => number) {
  return (index: number): Insertable<Schema['tracked_repositories']> => ({
    ...{ host, github_id: index + 1, node_id: `R_${index + 1}`, owner: `owner-${index % 20}`, name: `name-${index}` },
    ...{ private: index % 2, fork: 0, archived: 0, description: `Number ${index}`, languages: '{}', topics: '[]' },
    ...{ language: index % 3 === 0 ? 'TypeScript' : 'Go', license: null, default_branch: 'main' },
    ...{ stars: (index * 7_919) % 10_007, forks: index % 50, watchers: 3, open_issues: index % 30 },
    ...{ open_pull_requests: index % 11, created_at: 1, updated_at: back(index), state: 'tracked', state_since: 1 },
    // Some are empty.
    pushed_at: index % 10 === 9 ? null : back(index),
    ...{ problem: null, head_key: 'a', branches_key: 'a', pull_requests_key: 'a', releases_key: 'a', work: null },
    ...{ synced_head_key: 'a', synced_branches_key: 'a', synced_pull_requests_key: 'a', synced_releases_key: 'a' },
    // Not due for a long time: nobody shall be asked.
    ...{ looked_at: back(0), moved_at: back(index), next_look_at: back(0) + 365 * DAY_MS, webhook_at: null },
  });
}

function pullRequestRow(repositoryOf: (index: number) => number, back: (index: number) => number) {
  return (index: number): Insertable<Schema['tracked_pull_requests']> => {
    const state = (['open', 'merged', 'closed'] as const)[index % 3] ?? 'open';
    return {
      ...{ repository_id: repositoryOf(index), number: index + 1, title: `Change ${index}`, state, draft: 0, pass: 0 },
      ...{ author: index % 50 === 0 ? 'octocat' : `somebody-${index % 40}`, head_ref: 'change', base_ref: 'main' },
      ...{ review: null, reviews: 0, checks: index % 5 === 0 ? 'failure' : 'success', mergeable: 'mergeable' },
      reviewers: index % 100 === 3 ? '["octocat"]' : '[]',
      ...{ labels: '[]', additions: 1, deletions: 1, created_at: back(index), updated_at: back(index) },
      merged_at: state === 'merged' ? back(index) : null,
      closed_at: state === 'open' ? null : back(index),
    };
  };
}

async function inPieces<R>(count: number, row: (index: number) => R, put: (rows: R[]) => Promise<unknown>) {
  for (let from = 0; from < count; from += AT_ONCE) {
    await put(Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => row(from + index)));
  }
}
