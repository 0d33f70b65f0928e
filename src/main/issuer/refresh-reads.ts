import type { Kysely, Selectable } from 'kysely';
import { compiledOnce } from '../storage/compiled-once.ts';
import type { IssuerGrantsTable, IssuerRecordsTable, Schema } from '../storage/schema.ts';
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
export function createRefreshReader(db: Kysely<Schema>): (refresh: Refresh) => Promise<RefreshReads | null> {
  // Not a join: SQLite plans one anew for each value that it is asked with, which takes longer than to answer it.
  const query = compiledOnce((values: { clientId: string; hash: string }) =>
    db
      .selectFrom('issuer_records')
      .selectAll()
      .select(({ selectFrom }) => {
        const grant = selectFrom('issuer_grants').whereRef('issuer_grants.id', '=', 'issuer_records.grant_id');
        const client = selectFrom('issuer_clients').where('client_id', '=', values.clientId);
        return [
          grant.select('payload').as('grant_payload'),
          grant.select('last_used_at').as('grant_last_used_at'),
          grant.select('issuer_grants.expires_at').as('grant_expires_at'),
          client.where('kind', '=', 'dynamic').select('metadata').as('client_metadata'),
        ];
      })
      .where('model', '=', 'RefreshToken')
      .where('id_hash', '=', values.hash),
  );
  return async (refresh) => {
    const { rows } = await db.executeQuery(query({ clientId: refresh.clientId, hash: digest(refresh.token) }));
    const [row] = rows;
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
