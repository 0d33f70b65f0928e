import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import type { Schema } from '../storage/schema.ts';

/** A client that registered itself and was not used for so long is forgotten. */
export const IDLE_CLIENT_MS = 90 * 24 * 3_600_000;
/** Rows in one statement, which takes a few ms: everything else of the process waits for it. */
const MOST_AT_ONCE = 100;

/**
 * Removes what has ended: records and grants past their time, idle clients. Much of it in small pieces, between which
 * whatever else there is has its turn.
 *
 * @param signal ends the round early
 */
export async function sweep(
  { db, clock, bus }: { db: Kysely<Schema>; clock: Clock; bus: Bus },
  signal: AbortSignal,
): Promise<void> {
  const now = clock.now();

  /** @param piece does up to `MOST_AT_ONCE` rows @returns how many rows there were in all */
  const inPieces = async (piece: () => Promise<bigint>): Promise<number> => {
    for (let rows = 0; ; await nextTurn()) {
      const done = Number(await piece());
      rows += done;
      if (done < MOST_AT_ONCE || signal.aborted) return rows;
    }
  };

  await inPieces(async () => {
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
    return numDeletedRows;
  });

  const grants = await inPieces(async () => {
    const { numDeletedRows } = await db
      .deleteFrom('issuer_grants')
      .where('id', 'in', ({ selectFrom }) =>
        selectFrom('issuer_grants').select('id').where('expires_at', '<', now).limit(MOST_AT_ONCE),
      )
      .executeTakeFirst();
    return numDeletedRows;
  });

  await db.deleteFrom('issuer_remembered').where('until', '<', now).execute();

  const clients = await inPieces(async () => {
    const { numDeletedRows } = await db
      .deleteFrom('issuer_clients')
      .where('client_id', 'in', ({ selectFrom }) =>
        selectFrom('issuer_clients')
          .select('client_id')
          .where(({ fn }) => fn.coalesce('last_used_at', 'registered_at'), '<', now - IDLE_CLIENT_MS)
          .limit(MOST_AT_ONCE),
      )
      .executeTakeFirst();
    return numDeletedRows;
  });

  if (grants + clients > 0) bus.emit('clients');
}
