import type { Transaction } from 'kysely';
import { DAY_MS } from '../../../shared/durations.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Commit } from '../model.ts';

/** Commits that are taken away in one transaction. */
export const REMOVED_AT_ONCE = 500;

/** @returns the days that they are of */
export async function addCommits(
  transaction: Transaction<Schema>,
  repositoryId: number,
  commits: readonly Commit[],
  pass: number,
): Promise<number[]> {
  if (commits.length === 0) return [];
  await transaction
    .insertInto('tracked_commits')
    .values(
      commits.map((commit) => ({
        repository_id: repositoryId,
        oid: commit.oid,
        author_name: commit.authorName,
        author_login: commit.authorLogin,
        authored_at: commit.authoredAt,
        committed_at: commit.committedAt,
        headline: commit.headline,
        body: commit.body,
        additions: commit.additions,
        deletions: commit.deletions,
        pass,
      })),
    )
    // A commit is what its name says. Whose it is may be found out later.
    .onConflict((conflict) =>
      conflict.columns(['repository_id', 'oid']).doUpdateSet((build) => ({
        author_login: build.ref('excluded.author_login'),
        additions: build.ref('excluded.additions'),
        deletions: build.ref('excluded.deletions'),
        pass: build.ref('excluded.pass'),
      })),
    )
    .execute();
  return commits.map(({ committedAt }) => Math.floor(committedAt / DAY_MS));
}

/** @returns the days that they were of */
export async function removeCommits(
  transaction: Transaction<Schema>,
  repositoryId: number,
  oids: readonly string[],
): Promise<number[]> {
  if (oids.length === 0) return [];
  const gone = await transaction
    .deleteFrom('tracked_commits')
    .where('repository_id', '=', repositoryId)
    .where('oid', 'in', oids)
    .returning('committed_at')
    .execute();
  return gone.map(({ committed_at }) => Math.floor(committed_at / DAY_MS));
}

/** Takes some of the commits away that a whole history did not show. @returns the days that they were of */
export async function sweepCommits(
  transaction: Transaction<Schema>,
  repositoryId: number,
  pass: number,
): Promise<{ days: number[]; more: boolean }> {
  const old = await transaction
    .selectFrom('tracked_commits')
    .select('oid')
    .where('repository_id', '=', repositoryId)
    .where('pass', '<', pass)
    .limit(REMOVED_AT_ONCE)
    .execute();
  const days = await removeCommits(
    transaction,
    repositoryId,
    old.map(({ oid }) => oid),
  );
  return { days, more: old.length === REMOVED_AT_ONCE };
}
