import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { ErrorView } from '../../shared/errors.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { InstallationsTable, Schema } from '../storage/schema.ts';
import type { Vault } from '../vault/vault.ts';
import { type AppInstallation, saveAppInstallation } from './github-app/save-app-installation.ts';
import type { Installation, OpenInstallation, TokenHolder } from './installation.ts';
import { fromRow, isHeldBy, place, SEALED_COLUMNS } from './installation-row.ts';
import type { OpenedSecrets } from './opened-secrets.ts';
import type { Grant } from './provider.ts';
import { createSaveSignIn, type SignIn } from './save-sign-in.ts';
import { createSealTokens } from './seal-tokens.ts';

export type { AppInstallation } from './github-app/save-app-installation.ts';
export type { Installation, OpenInstallation, TokenHolder } from './installation.ts';
export { tokenKey } from './installation.ts';

/** A row that was just deleted. */
export interface Removed {
  /** The account with the tokens that stood in it last. @throws AppError as `Installations.open` */
  opened(): Promise<OpenInstallation>;
}

/** The `installations` table and what is sealed in it. Knows no provider. */
export interface Installations {
  all(): Promise<Installation[]>;
  /**
   * Those whose token ends by then, and that can get another without the person; the first to end first. After them those
   * that have none yet.
   * @param by ms since the epoch, for each kind
   */
  expiring(by: Record<Installation['kind'], number>): Promise<Installation[]>;
  /** Those in order whose refresh token ends by then, ms since the epoch; the first to end first. */
  refreshEnding(by: number): Promise<Installation[]>;
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
  /**
   * Notes, for all that share the token, that the person was told when its refresh token ends.
   * @returns false if that was noted before
   */
  markToldOfEnd(account: TokenHolder, end: number): Promise<boolean>;
  stampUsed(id: string, at: number): Promise<void>;
}

export function createInstallations({
  db,
  vault,
  secrets,
  clock,
}: {
  db: Kysely<Schema>;
  vault: Vault;
  secrets: OpenedSecrets;
  clock: Clock;
}): Installations {
  let saving: Promise<unknown> = Promise.resolve();

  const afterOthers = <T>(task: () => Promise<T>): Promise<T> => {
    const saved = saving.then(task);
    saving = saved.catch(() => undefined);
    return saved;
  };

  const sealTokens = createSealTokens(vault);
  const find = (id: string) => db.selectFrom('installations').selectAll().where('id', '=', id).executeTakeFirst();

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

  /** The longest connected one first; those of one sign-in in an order of their own. */
  const inOrder = () =>
    db
      .selectFrom('installations')
      .selectAll()
      .orderBy('created_at')
      .orderBy('external_org_name')
      .orderBy('login')
      .orderBy('id');

  const sharing = async (account: TokenHolder) => (await inOrder().where(isHeldBy(account)).execute()).map(fromRow);
  const save = createSaveSignIn({ db, sealTokens, open, sharing, clock });

  return {
    all: async () => (await inOrder().execute()).map(fromRow),
    async expiring(by) {
      const rows = await db
        .selectFrom('installations')
        .selectAll()
        .where('state', '=', 'ok')
        .where(({ eb, and, or }) =>
          or([
            and([
              eb('external_installation_id', 'is not', null),
              or([eb('sealed_access_token', 'is', null), eb('access_expires_at', '<=', by.app_installation)]),
            ]),
            and([
              eb('external_installation_id', 'is', null),
              eb('sealed_refresh_token', 'is not', null),
              eb('access_expires_at', '<=', by.user),
            ]),
          ]),
        )
        .orderBy('access_expires_at', (order) => order.asc().nullsLast())
        .orderBy('id')
        .execute();
      return rows.map(fromRow);
    },
    async refreshEnding(by) {
      const rows = await db
        .selectFrom('installations')
        .selectAll()
        .where('state', '=', 'ok')
        .where('refresh_expires_at', '<=', by)
        .orderBy('refresh_expires_at')
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
    saveAppInstallation: (installation) => afterOthers(() => saveAppInstallation({ db, clock }, installation)),
    async storeRefreshed(account, leaseNumber, grant) {
      const holders = await Promise.all(
        (await sharing(account)).map(async ({ id, refreshExpiresAt }) => ({
          id,
          sealed: await sealTokens(id, grant),
          // A provider may give the same one again, which then has no new time.
          hasNewEnd: grant.refreshToken !== null && grant.refreshExpiresAt !== refreshExpiresAt,
        })),
      );
      const now = clock.now();
      return db.transaction().execute(async (transaction) => {
        let stored = 0n;
        for (const { id, sealed, hasNewEnd } of holders) {
          const { numUpdatedRows } = await transaction
            .updateTable('installations')
            .set({
              sealed_access_token: sealed.access,
              access_expires_at: grant.accessExpiresAt,
              // Null means that the old refresh token stays good (RFC 6749 §6).
              ...(sealed.refresh === null
                ? {}
                : { sealed_refresh_token: sealed.refresh, refresh_expires_at: grant.refreshExpiresAt }),
              ...(hasNewEnd ? { metadata: withMetadata({ refreshSince: now }) } : {}),
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
          for (const column of SEALED_COLUMNS) secrets.forget(place(id, column));
          return installation;
        },
      };
    },
    async setPause(id, until) {
      await db.updateTable('installations').set({ paused_until: until }).where('id', '=', id).execute();
    },
    async markToldOfEnd(account, end) {
      const { numUpdatedRows } = await db
        .updateTable('installations')
        .set({ metadata: withMetadata({ toldOfEnd: end }) })
        .where(isHeldBy(account))
        .where(sql<number | null>`metadata ->> '$.toldOfEnd'`, 'is not', end)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async stampUsed(id, at) {
      await db.updateTable('installations').set({ last_used_at: at }).where('id', '=', id).execute();
    },
  };
}

function withMetadata(values: Partial<Record<'refreshSince' | 'toldOfEnd', number>>) {
  return sql<string>`json_patch(metadata, ${JSON.stringify(values)})`;
}
