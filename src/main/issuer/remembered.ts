import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { Schema } from '../storage/schema.ts';
import type { Permission } from './grants.ts';

/**
 * Words of the person that hold for a time. One covers the same client, resource and redirect host, and no scope beyond
 * those that were agreed to; never a name, which anybody can claim.
 */
export interface Remembered {
  /** @param ms from now */
  add(permission: Permission, ms: number): Promise<void>;
  covers(permission: Permission): Promise<boolean>;
  /** Of one client and one target, or of a client, or all. */
  forget(which: Partial<Omit<Permission, 'scopes'>>): Promise<void>;
  /** Until when the request of a grant is answered without asking, ms since the epoch; null: it asks. */
  until(permission: Permission): Promise<number | null>;
}

export function createRemembered({ db, clock }: { db: Kysely<Schema>; clock: Clock }): Remembered {
  const rows = ({ clientId, resource, redirectHost }: Omit<Permission, 'scopes'>) =>
    db
      .selectFrom('issuer_remembered')
      .select(['scopes', 'until'])
      .where('client_id', '=', clientId)
      .where('resource', '=', resource)
      .where('redirect_host', redirectHost === null ? 'is' : '=', redirectHost)
      .where('until', '>', clock.now())
      .execute();

  const until = async (permission: Permission) => {
    const covering = (await rows(permission)).filter(({ scopes }) => {
      const agreed = new Set(scopes.split(' '));
      return permission.scopes.every((scope) => agreed.has(scope));
    });
    return covering.length === 0 ? null : Math.max(...covering.map((row) => row.until));
  };

  return {
    until,
    async add({ clientId, resource, scopes, redirectHost }, ms) {
      const now = clock.now();
      await db
        .insertInto('issuer_remembered')
        .values({
          id: randomUUID(),
          client_id: clientId,
          resource,
          scopes: scopes.join(' '),
          redirect_host: redirectHost,
          remembered_at: now,
          until: now + ms,
        })
        .execute();
    },
    async covers(permission) {
      return (await until(permission)) !== null;
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
