import { type Kysely, sql } from 'kysely';
import { DAY_MS } from '../../../shared/durations.ts';
import type { Schema } from '../../storage/schema.ts';
import { inPieces, ROWS_AT_ONCE, removeRepositories } from './removal.ts';

/** How long repositories are kept that are left out or gone. */
const KEPT_ASIDE_MS = 90 * DAY_MS;
const DELIVERIES_KEPT_MS = 30 * DAY_MS;
const MOST_DELIVERIES = 100_000;

/**
 * Drops what is older than the person wants it kept, in small steps: commits, closed pull requests, events; repositories
 * that were left out or gone for 90 days; and of webhooks the names of deliveries. The sums of days stay.
 *
 * @param keepDays null: rows are kept whatever their age
 * @returns whether anything was dropped
 */
export async function dropOld(
  db: Kysely<Schema>,
  { keepDays, now, signal }: { keepDays: number | null; now: number; signal: AbortSignal },
): Promise<boolean> {
  const dropped = [await dropDeliveries(db, now)];
  const time = await trustedTime(db, now);
  if (time === null) return false;
  const aside = await db
    .selectFrom('tracked_repositories')
    .select('id')
    .where('state', '!=', 'tracked')
    .where('state_since', '<', time - KEPT_ASIDE_MS)
    .execute();
  for (const { id } of aside) {
    if (signal.aborted) break;
    await db.transaction().execute((transaction) => removeRepositories(transaction, [id]));
    dropped.push(1);
  }
  if (keepDays !== null) dropped.push(await dropRows(db, Math.floor(time / DAY_MS) - keepDays, signal));
  return dropped.slice(1).some((count) => count > 0);
}

/**
 * The time, and never later than the newest thing that GitHub told of: a clock that runs years ahead must not cost
 * anybody their history. Null while nothing is stored.
 */
async function trustedTime(db: Kysely<Schema>, now: number): Promise<number | null> {
  const { newest } = await db
    .selectFrom('tracked_repositories')
    .select(sql<number | null>`max(max(updated_at, ifnull(pushed_at, 0)))`.as('newest'))
    .executeTakeFirstOrThrow();
  return newest === null ? null : Math.min(now, newest);
}

/** @param firstDay the first day that is kept */
async function dropRows(db: Kysely<Schema>, firstDay: number, signal: AbortSignal): Promise<number> {
  const before = firstDay * DAY_MS;
  let dropped = 0;
  const repositories = await db.selectFrom('tracked_repositories').select('id').execute();
  for (const { id } of repositories) {
    if (signal.aborted) break;
    // First of all: from now on the sums of these days stand, however many of their rows are still there.
    await db
      .updateTable('tracked_repositories')
      .set({ kept_from: firstDay })
      .where('id', '=', id)
      .where('kept_from', '<', firstDay)
      .execute();
    dropped += await inPieces(() =>
      sql`delete from tracked_commits where repository_id = ${id} and oid in
        (select oid from tracked_commits where repository_id = ${id} and committed_at < ${before}
         limit ${ROWS_AT_ONCE})`.execute(db),
    );
    dropped += await inPieces(() =>
      sql`delete from tracked_pull_requests where repository_id = ${id} and number in
        (select number from tracked_pull_requests
         where repository_id = ${id} and state <> 'open' and ifnull(closed_at, merged_at) < ${before}
         limit ${ROWS_AT_ONCE})`.execute(db),
    );
    dropped += await inPieces(() =>
      sql`delete from tracked_events where id in
        (select id from tracked_events where repository_id = ${id} and at < ${before} limit ${ROWS_AT_ONCE})`.execute(
        db,
      ),
    );
  }
  return dropped;
}

async function dropDeliveries(db: Kysely<Schema>, now: number): Promise<number> {
  const remove = (received: ReturnType<typeof sql>) =>
    inPieces(() =>
      sql`delete from webhook_deliveries where id in
        (select id from webhook_deliveries where ${received} limit ${ROWS_AT_ONCE})`.execute(db),
    );
  const old = await remove(sql`received_at < ${now - DELIVERIES_KEPT_MS}`);
  return (
    old +
    (await remove(sql`received_at < (
      select received_at from webhook_deliveries order by received_at desc limit 1 offset ${MOST_DELIVERIES})`))
  );
}
