import { type Kysely, sql, type Transaction } from 'kysely';
import type { Schema } from '../../storage/schema.ts';

/** Rows that are deleted by one statement: some milliseconds. */
export const ROWS_AT_ONCE = 1_000;

/**
 * Deletes repositories with all that is stored of them. Large ones piece by piece, with pauses in which the app does
 * other things, although the transaction is one.
 */
export async function removeRepositories(transaction: Transaction<Schema>, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    // What is long. The rest goes by itself with the repository.
    await inPieces(() =>
      sql`delete from tracked_commits where repository_id = ${id} and oid in
        (select oid from tracked_commits where repository_id = ${id} limit ${ROWS_AT_ONCE})`.execute(transaction),
    );
    await inPieces(() =>
      sql`delete from tracked_events where id in
        (select id from tracked_events where repository_id = ${id} limit ${ROWS_AT_ONCE})`.execute(transaction),
    );
    await inPieces(() =>
      sql`delete from tracked_pull_requests where repository_id = ${id} and number in
        (select number from tracked_pull_requests where repository_id = ${id} limit ${ROWS_AT_ONCE})`.execute(
        transaction,
      ),
    );
    await transaction.deleteFrom('tracked_repositories').where('id', '=', id).execute();
  }
}

/** @returns how many rows are gone */
export async function inPieces(remove: () => Promise<{ numAffectedRows?: bigint }>): Promise<number> {
  for (let sum = 0; ; ) {
    const gone = Number((await remove()).numAffectedRows ?? 0n);
    sum += gone;
    if (gone < ROWS_AT_ONCE) return sum;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Repositories that no account sees, and that are not kept as gone: those of accounts that were disconnected. */
export async function orphans(db: Kysely<Schema>, most: number): Promise<number[]> {
  const rows = await db
    .selectFrom('tracked_repositories as repository')
    .select('repository.id')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('tracked_through').select('repository_id').whereRef('repository_id', '=', 'repository.id')),
      ),
    )
    .where(({ or, eb, not, exists, selectFrom }) =>
      or([
        eb('repository.state', '!=', 'gone'),
        eb('repository.lost_by', 'is not', null).and(
          not(exists(selectFrom('installations').select('id').whereRef('installations.id', '=', 'repository.lost_by'))),
        ),
      ]),
    )
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}

/** Repositories that are tracked through this account and no other, those included that were lost with it. */
export async function onlyThrough(db: Kysely<Schema>, connectionId: string): Promise<number[]> {
  const rows = await db
    .selectFrom('tracked_repositories as repository')
    .select('repository.id')
    .where(({ or, eb, selectFrom }) =>
      or([
        eb('repository.lost_by', '=', connectionId),
        eb(
          'repository.id',
          'in',
          selectFrom('tracked_through').select('repository_id').where('connection_id', '=', connectionId),
        ),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('tracked_through')
            .select('repository_id')
            .whereRef('repository_id', '=', 'repository.id')
            .where('connection_id', '!=', connectionId),
        ),
      ),
    )
    .execute();
  return rows.map(({ id }) => id);
}
