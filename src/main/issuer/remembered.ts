import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { IssuerRememberedTable, Schema } from '../storage/schema.ts';
import type { Permission } from './grants.ts';

/**
 * Words of the person that hold for a time. One covers the same client, resource and redirect host, and no scope beyond
 * those that were agreed to; never a name, which anybody can claim.
 */
export interface Remembered {
  /**
   * @param browser the mark of the browser it was agreed to in
   * @param ms from now
   */
  add(permission: Permission, browser: string, ms: number): Promise<void>;
  /** @param browser only what was agreed to in this one; null: in any */
  covers(permission: Permission, browser: string | null): Promise<boolean>;
  /** Of one client and one target, or of a client, or all. */
  forget(which: Partial<Omit<Permission, 'scopes'>>): Promise<void>;
  /** Reads what is remembered, of one client or of all, to be asked about many permissions. */
  lookup(clientId?: string): Promise<RememberedLookup>;
}

/** Until when a request is answered without asking, ms since the epoch; null: the person is asked. */
export type RememberedLookup = (permission: Permission, browser?: string | null) => number | null;

export function createRemembered({ db, clock }: { db: Kysely<Schema>; clock: Clock }): Remembered {
  const lookup = async (clientId?: string): Promise<RememberedLookup> => {
    let query = db.selectFrom('issuer_remembered').selectAll().where('until', '>', clock.now());
    if (clientId !== undefined) query = query.where('client_id', '=', clientId);
    const rows = await query.execute();
    return (permission, browser = null) => {
      const times = rows
        .filter((row) => isCovered(permission, row) && (browser === null || row.browser_hash === browser))
        .map((row) => row.until);
      return times.length === 0 ? null : Math.max(...times);
    };
  };

  return {
    lookup,
    async add({ clientId, resource, scopes, redirectHost }, browser, ms) {
      const now = clock.now();
      await db
        .insertInto('issuer_remembered')
        .values({
          id: randomUUID(),
          client_id: clientId,
          resource,
          scopes: scopes.join(' '),
          redirect_host: redirectHost,
          browser_hash: browser,
          remembered_at: now,
          until: now + ms,
        })
        .execute();
    },
    async covers(permission, browser) {
      return (await lookup(permission.clientId))(permission, browser) !== null;
    },
    async forget({ clientId, resource, redirectHost }) {
      let query = db.deleteFrom('issuer_remembered');
      if (clientId !== undefined) query = query.where('client_id', '=', clientId);
      if (resource !== undefined) query = query.where('resource', '=', resource);
      if (redirectHost !== undefined) {
        query = query.where('redirect_host', redirectHost === null ? 'is' : '=', redirectHost);
      }
      await query.execute();
    },
  };
}

function isCovered(permission: Permission, row: Selectable<IssuerRememberedTable>): boolean {
  const agreed = new Set(row.scopes.split(' '));
  return (
    row.client_id === permission.clientId &&
    row.resource === permission.resource &&
    row.redirect_host === permission.redirectHost &&
    permission.scopes.every((scope) => agreed.has(scope))
  );
}
