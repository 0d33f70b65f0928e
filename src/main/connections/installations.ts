import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { ErrorView } from '../../shared/errors.ts';
import { Platform, SignInWay } from '../../shared/views.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { InstallationsTable, Schema } from '../storage/schema.ts';
import type { Place, Vault } from '../vault/vault.ts';
import type { Grant, Identity } from './provider.ts';

/** One connected account as the rooms use it: a row, less the legacy columns, with its JSON read. */
export interface Installation {
  id: string;
  platform: Platform;
  host: string;
  login: string;
  name: string | null;
  /** `app_installation`: its token is made from the app's key and not from a person's sign-in. */
  kind: 'user' | 'app_installation';
  /** GitHub's number of the app's installation; null for a person's own token. */
  externalInstallationId: string | null;
  organisation: Identity['organisation'];
  state: 'ok' | 'needs_reconnect';
  problem: ErrorView | null;
  /** How the person signed in: a provider may treat the tokens differently. */
  way: SignInWay;
  /** The app the tokens belong to. The configured one may have become another since. */
  clientId: string;
  scopes: string[];
  permissions: Record<string, string>;
  /** What stands before the secret part of the token. */
  tokenPrefix: string | null;
  /** Since when the token is this one. */
  tokenSince: number | null;
  /** Whether there is a refresh token. */
  refreshable: boolean;
  accessExpiresAt: number | null;
  refreshExpiresAt: number | null;
  generation: number;
  createdAt: number;
  lastRefreshedAt: number | null;
  lastUsedAt: number | null;
  lastUsedBy: string | null;
  pausedUntil: number | null;
}

/** An account with its tokens, read in one piece: token, expiry and generation belong together. */
export interface OpenInstallation extends Installation {
  accessToken: string;
  refreshToken: string | null;
}

/** The `installations` table and what is sealed in it. Knows no provider. */
export interface Installations {
  all(): Promise<Installation[]>;
  find(id: string): Promise<Installation | null>;
  /** @throws AppError `not_connected`, a vault code, or `vault_refused` */
  open(id: string): Promise<OpenInstallation>;
  /**
   * Keeps a new sign-in. The same account (platform, host, external id) gets its token replaced and its generation
   * raised; its row, and so its id, stay.
   * @returns the row's id, and the token that was replaced, where it could be read
   */
  save(signIn: SignIn): Promise<{ id: string; replacedToken: string | null }>;
  /**
   * Commits what a refresh brought, if the account is still of `generation`.
   * @returns false if it was disconnected or connected anew meanwhile: then nothing was stored
   */
  storeRefreshed(id: string, generation: number, grant: Grant): Promise<boolean>;
  /** @returns whether this call changed it */
  markNeedsReconnect(id: string, generation: number, problem: ErrorView): Promise<boolean>;
  /** Deletes the row, and with it all that was cached for it. */
  remove(id: string): Promise<void>;
  setPause(id: string, until: number): Promise<void>;
  stampUsed(id: string, at: number): Promise<void>;
}

export interface SignIn {
  platform: Platform;
  host: string;
  way: SignInWay;
  clientId: string;
  identity: Identity;
  grant: Grant;
}

const Metadata = z.object({
  way: SignInWay.catch('device'),
  clientId: z.string().catch(''),
  organisation: z.object({ id: z.string(), name: z.string(), url: z.string().nullable() }).nullable().catch(null),
  tokenPrefix: z.string().nullable().catch(null),
  signedInAt: z.number().nullable().catch(null),
});
const Permissions = z.record(z.string(), z.string()).catch({});
const Scopes = z.array(z.string()).catch([]);

export function createInstallations({
  db,
  vault,
  clock,
}: {
  db: Kysely<Schema>;
  vault: Vault;
  clock: Clock;
}): Installations {
  let saving: Promise<unknown> = Promise.resolve();

  const sealTokens = async (id: string, grant: Grant) => ({
    access: await vault.seal(place(id, 'sealed_access_token'), grant.accessToken),
    refresh:
      grant.refreshToken === null ? null : await vault.seal(place(id, 'sealed_refresh_token'), grant.refreshToken),
  });

  const find = (id: string) => db.selectFrom('installations').selectAll().where('id', '=', id).executeTakeFirst();

  const open = async (id: string): Promise<OpenInstallation> => {
    const row = await find(id);
    if (!row?.sealed_access_token) throw new AppError('not_connected', 'The account is not connected.');
    const { sealed_access_token: access, sealed_refresh_token: refresh } = row;
    return {
      ...fromRow(row),
      accessToken: await vault.open(place(id, 'sealed_access_token'), access),
      refreshToken: refresh === null ? null : await vault.open(place(id, 'sealed_refresh_token'), refresh),
    };
  };

  const save = async (signIn: SignIn) => {
    const { platform, host, identity, grant } = signIn;
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
    // Also where the row is deleted while we seal: a refresh still under way must not find its generation again.
    const generation = (known?.generation ?? 0) + 1;
    const values = {
      generation,
      external_org_name: identity.organisation?.name ?? identity.name ?? identity.login,
      login: identity.login,
      display_name: identity.name,
      sealed_access_token: sealed.access,
      sealed_refresh_token: sealed.refresh,
      access_expires_at: grant.accessExpiresAt,
      refresh_expires_at: grant.refreshExpiresAt,
      scopes: JSON.stringify(grant.scopes),
      metadata: JSON.stringify({
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
    await db
      .insertInto('installations')
      .values({
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
        ...values,
      })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute();
    return { id, replacedToken: replaced?.accessToken ?? null };
  };

  return {
    async all() {
      const rows = await db.selectFrom('installations').selectAll().orderBy('created_at').orderBy('id').execute();
      return rows.map(fromRow);
    },
    async find(id) {
      const row = await find(id);
      return row ? fromRow(row) : null;
    },
    open,
    save(signIn) {
      // One after the other: two sign-ins of one account at once would otherwise both find it new.
      const saved = saving.then(() => save(signIn));
      saving = saved.catch(() => undefined);
      return saved;
    },
    async storeRefreshed(id, generation, grant) {
      const sealed = await sealTokens(id, grant);
      const now = clock.now();
      const { numUpdatedRows } = await db
        .updateTable('installations')
        .set({
          sealed_access_token: sealed.access,
          access_expires_at: grant.accessExpiresAt,
          // Null means that the old refresh token stays good (RFC 6749 §6).
          ...(sealed.refresh === null
            ? {}
            : { sealed_refresh_token: sealed.refresh, refresh_expires_at: grant.refreshExpiresAt }),
          last_refreshed_at: now,
          updated_at: now,
        })
        .where('id', '=', id)
        .where('generation', '=', generation)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async markNeedsReconnect(id, generation, problem) {
      const { numUpdatedRows } = await db
        .updateTable('installations')
        .set({ state: 'needs_reconnect', problem: JSON.stringify(problem), updated_at: clock.now() })
        .where('id', '=', id)
        .where('generation', '=', generation)
        .where('state', '!=', 'needs_reconnect')
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async remove(id) {
      await db.deleteFrom('installations').where('id', '=', id).execute();
    },
    async setPause(id, until) {
      await db.updateTable('installations').set({ paused_until: until }).where('id', '=', id).execute();
    },
    async stampUsed(id, at) {
      await db.updateTable('installations').set({ last_used_at: at }).where('id', '=', id).execute();
    },
  };
}

function place(id: string, column: 'sealed_access_token' | 'sealed_refresh_token'): Place {
  return { table: 'installations', row: id, column };
}

function fromRow(row: Selectable<InstallationsTable>): Installation {
  const { way, clientId, organisation, tokenPrefix, signedInAt } = Metadata.parse(json(row.metadata) ?? {});
  return {
    id: row.id,
    platform: Platform.parse(row.platform),
    host: row.host,
    login: row.login,
    name: row.display_name,
    kind: row.external_installation_id === null ? 'user' : 'app_installation',
    externalInstallationId: row.external_installation_id,
    organisation,
    state: row.state === 'needs_reconnect' ? 'needs_reconnect' : 'ok',
    problem: ErrorView.nullable().catch(null).parse(json(row.problem)),
    way,
    clientId,
    scopes: Scopes.parse(json(row.scopes)),
    permissions: Permissions.parse(json(row.permissions)),
    tokenPrefix,
    tokenSince: row.last_refreshed_at ?? signedInAt ?? row.created_at,
    refreshable: row.sealed_refresh_token !== null,
    accessExpiresAt: row.access_expires_at,
    refreshExpiresAt: row.refresh_expires_at,
    generation: row.generation,
    createdAt: row.created_at,
    lastRefreshedAt: row.last_refreshed_at,
    lastUsedAt: row.last_used_at,
    lastUsedBy: row.last_used_by,
    pausedUntil: row.paused_until,
  };
}

/**
 * What tells the kind of a token and nothing of its secret: what stands before the last underscore or dash of its first
 * few characters, as in ghu_, xoxp- and xoxe.xoxp-.
 */
function prefixOf(token: string): string | null {
  return /^(?:[a-z]{2,6}[._-]){1,2}/i.exec(token)?.[0] ?? null;
}

function json(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
