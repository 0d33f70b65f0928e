import { randomUUID } from 'node:crypto';
import type { ExpressionBuilder, Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { ErrorView } from '../../shared/errors.ts';
import { Platform, SignInWay } from '../../shared/views.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { InstallationsTable, Schema } from '../storage/schema.ts';
import type { Place, Vault } from '../vault/vault.ts';
import { createOpenedSecrets } from './opened-secrets.ts';
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
  /** GitHub's number of the app that is installed; null for a person's own token. */
  appId: string | null;
  organisation: Identity['organisation'];
  /** Those of one sign-in have the same and share one token. Null: its token is its own. */
  tokenGroup: string | null;
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
  /** Since when the token is this one; null: there is none yet. */
  tokenSince: number | null;
  /** Whether a fresh token can be had without the person: by a refresh token, or by an app's key. */
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
  /** Empty for an app's installation that has none yet. */
  accessToken: string;
  refreshToken: string | null;
}

/** A row that was just deleted. */
export interface Removed {
  /** The account with the tokens that stood in it last. @throws AppError as `Installations.open` */
  opened(): Promise<OpenInstallation>;
}

/** The `installations` table and what is sealed in it. Knows no provider. */
export interface Installations {
  all(): Promise<Installation[]>;
  find(id: string): Promise<Installation | null>;
  /** @throws AppError `not_connected`, a vault code, or `vault_refused` */
  open(id: string): Promise<OpenInstallation>;
  /** Those that share the account's token, itself included, as far as they are still of that sign-in. */
  sharing(account: TokenHolder): Promise<Installation[]>;
  /**
   * Keeps a new sign-in: all of its accounts, or none. One that is known (platform, host, external id) gets its token
   * replaced and its generation raised; its row, and so its id, stay.
   * @returns the rows' ids in the order of the accounts, and the tokens that no account uses any more, where they could
   *   be read
   */
  save(signIn: SignIn): Promise<{ ids: string[]; replacedTokens: string[] }>;
  /**
   * Keeps what GitHub says of an app's installation. It gets its token when one is first asked for; a token that no
   * longer fits the permissions is dropped.
   * @returns the row's id
   */
  saveAppInstallation(installation: AppInstallation): Promise<string>;
  /**
   * Commits what a refresh brought, for all that share the token and are still of the sign-in, if the lease is still
   * ours.
   * @param leaseNumber of the lease that the refresh was made under
   * @returns false if it was disconnected or connected anew meanwhile, or leased by another process: then nothing was
   *   stored
   */
  storeRefreshed(account: TokenHolder, leaseNumber: number, grant: Grant): Promise<boolean>;
  /**
   * Ends the sign-in, for all that share its token.
   * @param installation as it was read with the token that was refused: what has a newer one has not ended
   * @returns whether this call changed it
   */
  markNeedsReconnect(
    installation: TokenHolder & Pick<Installation, 'lastRefreshedAt'>,
    problem: ErrorView,
  ): Promise<boolean>;
  /**
   * Deletes the row, and with it all that was cached for it.
   * @returns null: there was none
   */
  remove(id: string): Promise<Removed | null>;
  setPause(id: string, until: number): Promise<void>;
  stampUsed(id: string, at: number): Promise<void>;
}

/**
 * Whose token it is. The generation tells one sign-in of an account from the next. A group is made anew with each
 * sign-in, so it tells that by itself, and outlives those of its accounts that are disconnected.
 */
export type TokenHolder = Pick<Installation, 'id' | 'generation' | 'tokenGroup'>;

/** What is renewed as one: a group, or an account alone. */
export function tokenKey({ id, tokenGroup }: Pick<TokenHolder, 'id' | 'tokenGroup'>): string {
  return tokenGroup ?? id;
}

export interface SignIn {
  platform: Platform;
  host: string;
  way: SignInWay;
  clientId: string;
  /** Each becomes an account. Several share the token. */
  identities: readonly Identity[];
  grant: Grant;
}

/** An app's installation in an account or an organisation. */
export interface AppInstallation {
  host: string;
  appId: string;
  appName: string;
  installationId: string;
  account: { id: string; login: string; isOrganisation: boolean; url: string };
  permissions: Record<string, string>;
  repositorySelection: 'all' | 'selected';
  /** Why it gives no token; null: it does. */
  problem: ErrorView | null;
}

const Metadata = z.object({
  way: SignInWay.catch('device'),
  clientId: z.string().catch(''),
  organisation: z.object({ id: z.string(), name: z.string(), url: z.string().nullable() }).nullable().catch(null),
  tokenPrefix: z.string().nullable().catch(null),
  signedInAt: z.number().nullable().catch(null),
  appId: z.string().nullable().catch(null),
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

  const afterOthers = <T>(task: () => Promise<T>): Promise<T> => {
    const saved = saving.then(task);
    saving = saved.catch(() => undefined);
    return saved;
  };

  const sealTokens = async (id: string, grant: Grant) => ({
    access: await vault.seal(place(id, 'sealed_access_token'), grant.accessToken),
    refresh:
      grant.refreshToken === null ? null : await vault.seal(place(id, 'sealed_refresh_token'), grant.refreshToken),
  });

  const find = (id: string) => db.selectFrom('installations').selectAll().where('id', '=', id).executeTakeFirst();

  const secrets = createOpenedSecrets(vault);
  const open = async (id: string): Promise<OpenInstallation> => opened(await find(id));

  const opened = async (row: Selectable<InstallationsTable> | undefined): Promise<OpenInstallation> => {
    if (!row) throw new AppError('not_connected', 'The account is not connected.');
    const { id } = row;
    const { sealed_access_token: access, sealed_refresh_token: refresh } = row;
    if (access === null && row.external_installation_id === null) {
      throw new AppError('not_connected', 'The account is not connected.');
    }
    return {
      ...fromRow(row),
      accessToken: access === null ? '' : await secrets.open(place(id, 'sealed_access_token'), access),
      refreshToken: refresh === null ? null : await secrets.open(place(id, 'sealed_refresh_token'), refresh),
    };
  };

  const sharing = async (account: TokenHolder) => {
    const rows = await db
      .selectFrom('installations')
      .selectAll()
      .where(isHeldBy(account))
      .orderBy('created_at')
      .orderBy('external_org_name')
      .orderBy('login')
      .orderBy('id')
      .execute();
    return rows.map(fromRow);
  };

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

  const save = async (signIn: SignIn) => {
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

  const saveAppInstallation = async (installation: AppInstallation): Promise<string> => {
    const { host, appId, appName, installationId, account, problem } = installation;
    // The number of the account is taken by the person's own sign-in.
    const externalId = `installation:${installationId}`;
    const known = await db
      .selectFrom('installations')
      .select(['id', 'permissions', 'state'])
      .where('platform', '=', 'github')
      .where('host', '=', host)
      .where('external_org_id', '=', externalId)
      .executeTakeFirst();
    const id = known?.id ?? randomUUID();
    const now = clock.now();
    const permissions = JSON.stringify(installation.permissions);
    const state = problem === null ? 'ok' : 'needs_reconnect';
    const values = {
      external_org_name: account.login,
      login: account.login,
      display_name: appName,
      permissions,
      metadata: JSON.stringify({
        appId,
        repositorySelection: installation.repositorySelection,
        organisation: account.isOrganisation ? { id: account.id, name: account.login, url: account.url } : null,
        tokenPrefix: 'ghs_',
      }),
      state,
      problem: problem === null ? null : JSON.stringify(problem),
      updated_at: now,
    };
    const outdated = known !== undefined && (known.permissions !== permissions || known.state !== state);
    await db
      .insertInto('installations')
      .values({
        ...{ id, platform: 'github', host, external_org_id: externalId, external_installation_id: installationId },
        ...{ sealed_access_token: null, sealed_refresh_token: null, access_expires_at: null, refresh_expires_at: null },
        ...{ scopes: '[]', installed_by: appName, created_at: now },
        ...{ last_refreshed_at: null, last_used_at: null, paused_until: null, revoked_at: null },
        ...values,
      })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet(outdated ? { ...values, sealed_access_token: null, access_expires_at: null } : values),
      )
      .execute();
    return id;
  };

  return {
    async all() {
      const rows = await db
        .selectFrom('installations')
        .selectAll()
        .orderBy('created_at')
        .orderBy('external_org_name')
        .orderBy('login')
        .orderBy('id')
        .execute();
      return rows.map(fromRow);
    },
    async find(id) {
      const row = await find(id);
      return row ? fromRow(row) : null;
    },
    open,
    sharing,
    // One after the other: two of one account at once would otherwise both find it new.
    save: (signIn) => afterOthers(() => save(signIn)),
    saveAppInstallation: (installation) => afterOthers(() => saveAppInstallation(installation)),
    async storeRefreshed(account, leaseNumber, grant) {
      const holders = await Promise.all(
        (await sharing(account)).map(async ({ id }) => ({ id, sealed: await sealTokens(id, grant) })),
      );
      const now = clock.now();
      return db.transaction().execute(async (transaction) => {
        let stored = 0n;
        for (const { id, sealed } of holders) {
          const { numUpdatedRows } = await transaction
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
            .where(isHeldBy(account))
            .where('lease_number', '=', leaseNumber)
            .executeTakeFirst();
          stored += numUpdatedRows;
        }
        return stored > 0n;
      });
    },
    async markNeedsReconnect(installation, problem) {
      const { lastRefreshedAt } = installation;
      const { numUpdatedRows } = await db
        .updateTable('installations')
        .set({ state: 'needs_reconnect', problem: JSON.stringify(problem), updated_at: clock.now() })
        .where(isHeldBy(installation))
        .where('last_refreshed_at', lastRefreshedAt === null ? 'is' : '=', lastRefreshedAt)
        .where('state', '!=', 'needs_reconnect')
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async remove(id) {
      const row = await db.deleteFrom('installations').where('id', '=', id).returningAll().executeTakeFirst();
      if (row === undefined) return null;
      return {
        async opened() {
          const installation = await opened(row);
          for (const sealed of [row.sealed_access_token, row.sealed_refresh_token]) secrets.forget(sealed ?? '');
          return installation;
        },
      };
    },
    async setPause(id, until) {
      await db.updateTable('installations').set({ paused_until: until }).where('id', '=', id).execute();
    },
    async stampUsed(id, at) {
      await db.updateTable('installations').set({ last_used_at: at }).where('id', '=', id).execute();
    },
  };
}

/** The rows that hold the token of one sign-in. */
function isHeldBy({ id, generation, tokenGroup }: TokenHolder) {
  return ({ eb, and }: ExpressionBuilder<Schema, 'installations'>) =>
    tokenGroup === null
      ? and([eb('id', '=', id), eb('generation', '=', generation), eb('token_group', 'is', null)])
      : eb('token_group', '=', tokenGroup);
}

function place(id: string, column: 'sealed_access_token' | 'sealed_refresh_token'): Place {
  return { table: 'installations', row: id, column };
}

function fromRow(row: Selectable<InstallationsTable>): Installation {
  const { way, clientId, organisation, tokenPrefix, signedInAt, appId } = Metadata.parse(json(row.metadata) ?? {});
  return {
    id: row.id,
    platform: Platform.parse(row.platform),
    host: row.host,
    login: row.login,
    name: row.display_name,
    kind: row.external_installation_id === null ? 'user' : 'app_installation',
    externalInstallationId: row.external_installation_id,
    appId,
    organisation,
    tokenGroup: row.token_group,
    state: row.state === 'needs_reconnect' ? 'needs_reconnect' : 'ok',
    problem: ErrorView.nullable().catch(null).parse(json(row.problem)),
    way,
    clientId,
    scopes: Scopes.parse(json(row.scopes)),
    permissions: Permissions.parse(json(row.permissions)),
    tokenPrefix: row.sealed_access_token === null ? null : tokenPrefix,
    tokenSince: row.sealed_access_token === null ? null : (row.last_refreshed_at ?? signedInAt ?? row.created_at),
    refreshable: row.sealed_refresh_token !== null || row.external_installation_id !== null,
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
