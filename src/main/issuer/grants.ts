import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Clock } from '../core/clock.ts';
import type { IssuerGrantsTable, Schema } from '../storage/schema.ts';
import type { Prepare } from '../storage/store.ts';

/** A client that refreshes all the time has its last use written no more often than this. */
const STAMP_EVERY_MS = 60_000;

/** What the person allowed. */
export interface Permission {
  clientId: string;
  /** In canonical form. */
  resource: string;
  scopes: readonly string[];
  /** As `boundRedirectHost` gives it; null for the device grant. */
  redirectHost: string | null;
}

/** Grants: each is one word of the person, on which tokens hang. */
export interface Grants {
  /**
   * @param codeTtlMs how long its code may wait to be redeemed; with the first token it gets that one's time
   * @returns the grant's id
   */
  create(permission: Permission, subject: string, codeTtlMs: number): Promise<string>;
  /** What a client may already do there, by grants that still hold. */
  held(asked: Omit<Permission, 'scopes'>): Promise<Set<string>>;
  /** Ends grants and with them every token of theirs. @returns how many there were */
  revoke(which: { id?: string; clientId?: string }): Promise<number>;
  /** As the library wants to find them. */
  readonly adapter: Adapter;
}

/** The scopes that oidc-provider keeps apart from those of a resource (OpenID Connect Core §3.1.2.1, §11). */
export const OPENID_SCOPES = ['openid', 'offline_access'];

export function createGrants({ db, clock }: { db: Kysely<Schema>; clock: Clock }): Grants {
  return {
    async create({ clientId, resource, scopes, redirectHost }, subject, codeTtlMs) {
      const id = randomUUID();
      const now = clock.now();
      const payload: AdapterPayload & { resources: Record<string, string>; openid?: { scope: string } } = {
        jti: id,
        kind: 'Grant',
        accountId: subject,
        clientId,
        iat: Math.floor(now / 1000),
        resources: { [resource]: scopes.join(' ') },
        openid: { scope: scopes.filter((scope) => OPENID_SCOPES.includes(scope)).join(' ') },
      };
      await db
        .insertInto('issuer_grants')
        .values({
          id,
          client_id: clientId,
          resource,
          scopes: scopes.join(' '),
          redirect_host: redirectHost,
          payload: JSON.stringify(payload),
          approved_at: now,
          last_used_at: null,
          expires_at: now + codeTtlMs,
        })
        .execute();
      return id;
    },

    async held({ clientId, resource, redirectHost }) {
      const rows = await db
        .selectFrom('issuer_grants')
        .select('scopes')
        .where('client_id', '=', clientId)
        .where('resource', '=', resource)
        .where('redirect_host', redirectHost === null ? 'is' : '=', redirectHost)
        .where('expires_at', '>', clock.now())
        .execute();
      return new Set(rows.flatMap(({ scopes }) => scopes.split(' ')));
    },

    async revoke({ id, clientId }) {
      let query = db.deleteFrom('issuer_grants');
      if (id !== undefined) query = query.where('id', '=', id);
      if (clientId !== undefined) query = query.where('client_id', '=', clientId);
      const { numDeletedRows } = await query.executeTakeFirst();
      return Number(numDeletedRows);
    },

    adapter: {
      async find(id) {
        const row = await db
          .selectFrom('issuer_grants')
          .select(['payload', 'expires_at'])
          .where('id', '=', id)
          .executeTakeFirst();
        return row === undefined ? undefined : grantPayload(row);
      },
      async destroy(id) {
        await db.deleteFrom('issuer_grants').where('id', '=', id).execute();
      },
      upsert: () => unused('upsert'),
      consume: () => unused('consume'),
      revokeByGrantId: () => unused('revokeByGrantId'),
      findByUid: () => unused('findByUid'),
      findByUserCode: () => unused('findByUserCode'),
    },
  };
}

/** As the library wants to find it. */
export function grantPayload({ payload, expires_at }: { payload: string; expires_at: number }): AdapterPayload {
  return { ...JSON.parse(payload), exp: Math.ceil(expires_at / 1000) };
}

/** Grants are made by `create` alone, from a decision of the person. */
function unused(what: string): Promise<never> {
  return Promise.reject(new Error(`The library asked a grant for ${what}.`));
}

/**
 * A token was made from a grant: it lives at least as long as that token, and up to a minute longer, so that it need not
 * be written each time. Within the transaction that stores the token.
 *
 * @returns whether the grant still holds
 */
export function touchGrant(prepare: Prepare, { id, now, until }: { id: string; now: number; until: number }): boolean {
  type Row = Pick<Selectable<IssuerGrantsTable>, 'client_id' | 'last_used_at' | 'expires_at'>;
  const grant = prepare<[string], Row>(
    'select client_id, last_used_at, expires_at from issuer_grants where id = ?',
  ).get(id);
  if (grant === undefined) return false;
  if (isTouched(grant, { now, until })) return true;
  prepare<[number, number, string]>('update issuer_grants set last_used_at = ?, expires_at = ? where id = ?').run(
    now,
    Math.max(grant.expires_at, until + STAMP_EVERY_MS),
    id,
  );
  prepare<[number, string]>('update issuer_clients set last_used_at = ? where client_id = ?').run(now, grant.client_id);
  return true;
}

/** Whether a grant need not be written for a token that is made from it now. */
export function isTouched(
  grant: { last_used_at: number | null; expires_at: number },
  { now, until }: { now: number; until: number },
): boolean {
  return grant.expires_at >= until && Math.abs(now - (grant.last_used_at ?? 0)) < STAMP_EVERY_MS;
}
