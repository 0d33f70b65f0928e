import type { Selectable } from 'kysely';
import type { IssuerGrantsTable, IssuerRecordsTable } from '../storage/schema.ts';
import type { Store } from '../storage/store.ts';
import { digest } from './digest.ts';

/** What a refresh names. */
export interface Refresh {
  clientId: string;
  token: string;
}

/** What is stored of the token that a refresh presents and of what it hangs on. */
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
  return (refresh) =>
    db.ask((prepare) => {
      const record = prepare<[string], RefreshReads['record']>(RECORD).get(digest(refresh.token));
      if (record === undefined || record.grant_id === null) return null;
      const grant = prepare<[string], RefreshReads['grant']>(GRANT).get(record.grant_id);
      if (grant === undefined) return null;
      const client = prepare<[string], { metadata: string | null }>(CLIENT).get(refresh.clientId);
      return { ...refresh, record, grant, clientMetadata: client?.metadata ?? null };
    });
}

// Three questions and not one: as one it takes SQLite twice as long.
const RECORD = "select * from issuer_records where model = 'RefreshToken' and id_hash = ?";
const GRANT = 'select id, payload, last_used_at, expires_at from issuer_grants where id = ?';
const CLIENT = "select metadata from issuer_clients where client_id = ? and kind = 'dynamic'";
