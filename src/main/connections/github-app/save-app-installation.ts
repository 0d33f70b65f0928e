import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { ErrorView } from '../../../shared/errors.ts';
import type { Clock } from '../../core/clock.ts';
import type { Schema } from '../../storage/schema.ts';

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

/** As `Installations.saveAppInstallation`. */
export async function saveAppInstallation(
  { db, clock }: { db: Kysely<Schema>; clock: Clock },
  installation: AppInstallation,
): Promise<string> {
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
}
