import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Platform, SignInWay } from '../../shared/connection-views.ts';
import type { Clock } from '../core/clock.ts';
import type { Schema } from '../storage/schema.ts';
import type { Installation, OpenInstallation, TokenHolder } from './installation.ts';
import { prefixOf } from './installation-row.ts';
import type { Grant, Identity } from './provider.ts';
import type { SealTokens } from './seal-tokens.ts';

export interface SignIn {
  platform: Platform;
  host: string;
  way: SignInWay;
  clientId: string;
  /** Each becomes an account. Several share the token. */
  identities: readonly Identity[];
  grant: Grant;
}

/** As `Installations.save`. */
export type SaveSignIn = (signIn: SignIn) => Promise<{ ids: string[]; replacedTokens: string[] }>;

export interface SaveSignInParts {
  db: Kysely<Schema>;
  sealTokens: SealTokens;
  open: (id: string) => Promise<OpenInstallation>;
  sharing: (account: TokenHolder) => Promise<Installation[]>;
  clock: Clock;
}

/** Two of one account at once would both find it new: whoever calls it lets one end before the next. */
export function createSaveSignIn({ db, sealTokens, open, sharing, clock }: SaveSignInParts): SaveSignIn {
  /** One account of a sign-in as it will be stored, and as it was before. */
  const prepare = async (signIn: SignIn, identity: Identity) => {
    const { platform, host, grant } = signIn;
    const known = await db
      .selectFrom('installations')
      .select(['id', 'generation'])
      .where('platform', '=', platform)
      .where('host', '=', host)
      .where('external_org_id', '=', identity.externalId)
      .executeTakeFirst();
    const id = known?.id ?? randomUUID();
    // A token that no longer opens (a lost key) is no reason to refuse a new one.
    const replaced = known ? await open(id).catch(() => null) : null;
    const sealed = await sealTokens(id, grant);
    const now = clock.now();
    const values = {
      // Also where the row is deleted while we seal: a refresh still under way must not find its generation again.
      generation: (known?.generation ?? 0) + 1,
      external_org_name: identity.organisation?.name ?? identity.name ?? identity.login,
      login: identity.login,
      display_name: identity.name,
      sealed_access_token: sealed.access,
      sealed_refresh_token: sealed.refresh,
      access_expires_at: grant.accessExpiresAt,
      refresh_expires_at: grant.refreshExpiresAt,
      scopes: JSON.stringify(grant.scopes),
      metadata: JSON.stringify({
        ...identity.metadata,
        way: signIn.way,
        clientId: signIn.clientId,
        organisation: identity.organisation,
        tokenPrefix: prefixOf(grant.accessToken),
        signedInAt: now,
      }),
      state: 'ok',
      problem: null,
      installed_by: identity.login,
      updated_at: now,
      last_refreshed_at: null,
      revoked_at: null,
    };
    const first = {
      id,
      platform,
      host,
      external_org_id: identity.externalId,
      external_installation_id: null,
      permissions: '{}',
      created_at: now,
      last_used_at: null,
      // Not among the values of a reconnect: the limit is the account's, a fresh token does not lift it.
      paused_until: null,
    };
    return { id, replaced, values, first };
  };

  return async (signIn) => {
    const accounts = await Promise.all(signIn.identities.map((identity) => prepare(signIn, identity)));
    const tokenGroup = accounts.length > 1 ? randomUUID() : null;
    await db.transaction().execute(async (transaction) => {
      for (const { values, first } of accounts) {
        const all = { ...values, token_group: tokenGroup };
        await transaction
          .insertInto('installations')
          .values({ ...first, ...all })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(all))
          .execute();
      }
    });
    const replacedTokens = new Set<string>();
    for (const { replaced } of accounts) {
      if (replaced === null || (await sharing(replaced)).length > 0) continue;
      if (replaced.accessToken !== signIn.grant.accessToken) replacedTokens.add(replaced.accessToken);
    }
    return { ids: accounts.map(({ id }) => id), replacedTokens: [...replacedTokens] };
  };
}
