import type { Kysely } from 'kysely';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import type { Schema } from '../storage/schema.ts';

/** A client that registered itself and was not used for so long is forgotten. */
export const IDLE_CLIENT_MS = 90 * 24 * 3_600_000;
/** Rows in one statement: the database is locked meanwhile, and everybody waits. */
const MOST_AT_ONCE = 1_000;

/**
 * Removes what has ended: records and grants past their time, successors past their grace, idle clients.
 *
 * @param parts.graceMs how long a used refresh token is answered with its successor
 * @param signal ends the round early
 */
export async function sweep(
  { db, clock, bus, graceMs }: { db: Kysely<Schema>; clock: Clock; bus: Bus; graceMs: number },
  signal: AbortSignal,
): Promise<void> {
  const now = clock.now();
  await db
    .updateTable('issuer_records')
    .set({ sealed_successor: null })
    .where('sealed_successor', 'is not', null)
    .where('consumed_at', '<', now - graceMs)
    .execute();

  for (let more = true; more && !signal.aborted; ) {
    const { numDeletedRows } = await db
      .deleteFrom('issuer_records')
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('model', 'id_hash'),
          'in',
          selectFrom('issuer_records')
            .select(['model', 'id_hash'])
            .where('expires_at', '<', now)
            .limit(MOST_AT_ONCE)
            .$asTuple('model', 'id_hash'),
        ),
      )
      .executeTakeFirst();
    more = Number(numDeletedRows) === MOST_AT_ONCE;
  }

  const { numDeletedRows: grants } = await db
    .deleteFrom('issuer_grants')
    .where('expires_at', '<', now)
    .executeTakeFirst();
  await db.deleteFrom('issuer_remembered').where('until', '<', now).execute();
  const { numDeletedRows: clients } = await db
    .deleteFrom('issuer_clients')
    .where(({ fn }) => fn.coalesce('last_used_at', 'registered_at'), '<', now - IDLE_CLIENT_MS)
    .executeTakeFirst();
  if (grants + clients > 0n) bus.emit('clients');
}
