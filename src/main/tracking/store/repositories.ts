import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import type { ErrorView } from '../../../shared/errors.ts';
import type { TrackingChoice } from '../../../shared/tracking-views.ts';
import type { Schema } from '../../storage/schema.ts';
import { PARTS } from '../model.ts';
import type { NewEvent } from './events.ts';
import { isConnected } from './glances.ts';
import { type RepositoryRow, restate, STATES_AT_ONCE } from './states.ts';
import { hasMoved } from './work.ts';

/** What the sync has to know of a stored repository. */
export interface KnownRepository {
  id: number;
  nodeId: string;
  nextLookAt: number;
  moved: boolean;
  fetchedOnce: boolean;
  /** Whether the last look or fetch failed. */
  troubled: boolean;
}

/** A tracked repository with the accounts that see it. */
export interface SeenRepository extends KnownRepository {
  connectionIds: string[];
}

const ListingProgress = z.object({
  starred: z.boolean(),
  startedAt: z.number(),
  after: z.string().nullable(),
  /** Whether every page so far showed all of its repositories. */
  complete: z.boolean(),
});
/** How far a listing has come. */
export type ListingProgress = z.infer<typeof ListingProgress>;

export interface AccountProgress {
  listing: ListingProgress | null;
  /** When the last whole listing began, ms since the epoch. */
  listedAt: number | null;
  firstSyncedAt: number | null;
}

export interface Ended {
  events: NewEvent[];
  changed: boolean;
}

export function knownOf(row: RepositoryRow): KnownRepository {
  return {
    id: row.id,
    nodeId: row.node_id,
    nextLookAt: row.next_look_at,
    moved: PARTS.some((part) => hasMoved(row, part)) || row.work !== null,
    fetchedOnce: PARTS.every((part) => row[`synced_${part}_key`] !== null),
    troubled: row.problem !== null,
  };
}

/** One tracked repository; null: it is none, or not any more. */
export async function findKnown(db: Kysely<Schema>, id: number): Promise<KnownRepository | null> {
  const row = await db.selectFrom('tracked_repositories').selectAll().where('id', '=', id).executeTakeFirst();
  return row?.state === 'tracked' ? knownOf(row) : null;
}

/** All tracked repositories and who sees them. */
export async function loadSeen(db: Kysely<Schema>): Promise<SeenRepository[]> {
  const rows = await db.selectFrom('tracked_repositories').selectAll().where('state', '=', 'tracked').execute();
  const through = await db.selectFrom('tracked_through').select(['repository_id', 'connection_id']).execute();
  const seenBy = Map.groupBy(through, ({ repository_id }) => repository_id);
  return rows.map((row) => ({
    ...knownOf(row),
    connectionIds: (seenBy.get(row.id) ?? []).map(({ connection_id }) => connection_id),
  }));
}

/** Where the account stands; its row is made where there is none. */
export async function loadAccount(db: Kysely<Schema>, connectionId: string): Promise<AccountProgress | null> {
  return db.transaction().execute(async (transaction) => {
    if (!(await isConnected(transaction, connectionId))) return null;
    const row = await transaction
      .selectFrom('tracked_accounts')
      .selectAll()
      .where('connection_id', '=', connectionId)
      .executeTakeFirst();
    if (!row) await transaction.insertInto('tracked_accounts').values({ connection_id: connectionId }).execute();
    const listing = row?.listing ? ListingProgress.safeParse(JSON.parse(row.listing)).data : undefined;
    return { listing: listing ?? null, listedAt: row?.listed_at ?? null, firstSyncedAt: row?.first_synced_at ?? null };
  });
}

export async function saveListing(
  transaction: Transaction<Schema>,
  connectionId: string,
  listing: ListingProgress,
): Promise<void> {
  await transaction
    .updateTable('tracked_accounts')
    .set({ listing: JSON.stringify(listing) })
    .where('connection_id', '=', connectionId)
    .execute();
}

/**
 * The listing has named everything: what it did not name is not seen through this account any more.
 */
export async function endListing(
  db: Kysely<Schema>,
  connectionId: string,
  { starred, startedAt, complete }: ListingProgress,
  choice: TrackingChoice,
  now: number,
): Promise<Ended> {
  const ended: Ended = { events: [], changed: false };
  while (complete) {
    const step = await db.transaction().execute(async (transaction) => {
      const unnamed = await transaction
        .selectFrom('tracked_through')
        .select('repository_id')
        .where('connection_id', '=', connectionId)
        .where('starred', '=', starred ? 1 : 0)
        .where('listed_at', '!=', startedAt)
        .limit(STATES_AT_ONCE)
        .execute();
      const ids = unnamed.map(({ repository_id }) => repository_id);
      return unsee(transaction, connectionId, ids, choice, now);
    });
    if (step === null) break;
    ended.events.push(...step.events);
    ended.changed = true;
  }
  await db
    .updateTable('tracked_accounts')
    .set({ listing: null, listed_at: startedAt })
    .where('connection_id', '=', connectionId)
    .execute();
  return ended;
}

/** The account does not see these repositories any more. @param nodeIds a hundred at most */
export async function loseRepositories(
  db: Kysely<Schema>,
  { connectionId, host }: { connectionId: string; host: string },
  nodeIds: readonly string[],
  choice: TrackingChoice,
  now: number,
): Promise<Ended> {
  if (nodeIds.length === 0) return { events: [], changed: false };
  return db.transaction().execute(async (transaction) => {
    const rows = await transaction
      .selectFrom('tracked_repositories')
      .select('id')
      .where('host', '=', host)
      .where('node_id', 'in', nodeIds)
      .execute();
    const ids = rows.map(({ id }) => id);
    return (await unsee(transaction, connectionId, ids, choice, now)) ?? { events: [], changed: false };
  });
}

async function unsee(
  transaction: Transaction<Schema>,
  connectionId: string,
  ids: readonly number[],
  choice: TrackingChoice,
  now: number,
): Promise<Ended | null> {
  if (ids.length === 0) return null;
  await transaction
    .deleteFrom('tracked_through')
    .where('connection_id', '=', connectionId)
    .where('repository_id', 'in', ids)
    .execute();
  await transaction.updateTable('tracked_repositories').set({ lost_by: connectionId }).where('id', 'in', ids).execute();
  const { events } = await restate(transaction, ids, choice, now, { lostBy: connectionId });
  return { events, changed: true };
}

/** The person's choice has changed: decides the state of every repository anew, less those that are gone. */
export async function restateAll(db: Kysely<Schema>, choice: TrackingChoice, now: number): Promise<boolean> {
  let changed = false;
  for (let last = 0; ; ) {
    const rows = await db
      .selectFrom('tracked_repositories')
      .select('id')
      .where('id', '>', last)
      .where('state', '!=', 'gone')
      // Those that no account sees are of one that was disconnected, and are about to be swept away.
      .where('id', 'in', db.selectFrom('tracked_through').select('repository_id'))
      .orderBy('id')
      .limit(STATES_AT_ONCE)
      .execute();
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return changed;
    const restated = await db.transaction().execute((transaction) => restate(transaction, ids, choice, now));
    changed ||= restated.changed.size > 0;
    last = ids.at(-1) ?? last;
  }
}

/** @param problem null: all is well again */
export async function noteProblem(
  db: Kysely<Schema>,
  ids: readonly number[],
  problem: ErrorView | null,
  nextLookAt?: number,
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('tracked_repositories')
    .set({
      problem: problem === null ? null : JSON.stringify(problem),
      ...(nextLookAt === undefined ? {} : { next_look_at: nextLookAt }),
    })
    .where('id', 'in', ids)
    .execute();
}

export async function noteFirstSync(db: Kysely<Schema>, connectionId: string, now: number): Promise<void> {
  await db
    .updateTable('tracked_accounts')
    .set({ first_synced_at: now })
    .where('connection_id', '=', connectionId)
    .where('first_synced_at', 'is', null)
    .execute();
}
