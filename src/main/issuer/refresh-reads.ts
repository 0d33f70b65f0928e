import type { Selectable } from 'kysely';
import type { IssuerGrantsTable, IssuerRecordsTable } from '../storage/schema.ts';
import type { Store } from '../storage/store.ts';
import { digest } from './digest.ts';

/** What a refresh names. */
export interface Refresh {
  clientId: string;
  token: string;
}

/** What is stored of the token that a refresh presents and of what it hangs on, all of one instant. */
export interface RefreshReads extends Refresh {
  record: Selectable<IssuerRecordsTable>;
  grant: Pick<Selectable<IssuerGrantsTable>, 'id' | 'payload' | 'last_used_at' | 'expires_at'>;
  /** Null: no client of this id has registered itself. */
  clientMetadata: string | null;
}

/**
 * Reads at once what the library asks for piece by piece. That it is a little old when it is used does no harm: the
 * transaction that stores the successor looks again whether the token is there and unused.
 *
 * @returns null where there is no such token; then the library may ask by itself
 */
export function createRefreshReader(db: Store): (refresh: Refresh) => Promise<RefreshReads | null> {
  return async (refresh) => {
    const row = await db.ask((prepare) =>
      prepare<[string, string], Row>(READ).get(refresh.clientId, digest(refresh.token)),
    );
    if (row === undefined || row.grant_id === null || row.grant_payload === null) return null;
    return {
      ...refresh,
      record: row,
      grant: {
        id: row.grant_id,
        payload: row.grant_payload,
        last_used_at: row.grant_last_used_at,
        expires_at: row.grant_expires_at ?? 0,
      },
      clientMetadata: row.client_metadata,
    };
  };
}

// Not a join: SQLite plans one anew for each value that it is asked with, which takes longer than to answer it.
const GRANT = 'from issuer_grants where issuer_grants.id = issuer_records.grant_id';
const READ = `
  select *,
    (select payload ${GRANT}) as grant_payload,
    (select last_used_at ${GRANT}) as grant_last_used_at,
    (select issuer_grants.expires_at ${GRANT}) as grant_expires_at,
    (select metadata from issuer_clients where client_id = ? and kind = 'dynamic') as client_metadata
  from issuer_records where model = 'RefreshToken' and id_hash = ?`;

interface Row extends Selectable<IssuerRecordsTable> {
  grant_payload: string | null;
  grant_last_used_at: number | null;
  grant_expires_at: number | null;
  client_metadata: string | null;
}
