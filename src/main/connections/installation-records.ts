import { type Kysely, sql } from 'kysely';
import type { Platform } from '../../shared/connection-views.ts';
import type { Schema } from '../storage/schema.ts';
import type { InstallationRecord } from './connections.ts';

/** More than a program could choose from. */
const MOST_CHOICES = 100;

/** As `Connections.records`. */
export async function installationRecords(
  db: Kysely<Schema>,
  platform: Platform | null,
): Promise<InstallationRecord[]> {
  const all = records(db).orderBy('created_at').orderBy('login').orderBy('id');
  return (await (platform === null ? all : all.where('platform', '=', platform)).execute()).map(fromRow);
}

/**
 * As `Connections.ofOrganisation`, by indexes and not by reading all accounts: programs ask with every token they get.
 *
 * @param host of the provider that is set up now
 */
export async function recordsOfOrganisation(
  db: Kysely<Schema>,
  { platform, host, orgId }: { platform: Platform; host: string; orgId: string | null },
): Promise<InstallationRecord[]> {
  const served = records(db).where('platform', '=', platform).where('host', '=', host);
  if (orgId === null) return (await served.limit(MOST_CHOICES).execute()).map(fromRow);
  // Not with `or`, for which SQLite reads all accounts of the provider.
  const rows = await served
    .where('external_org_id', '=', orgId)
    .unionAll(served.where('id', '=', orgId).where('external_org_id', '!=', orgId))
    .execute();
  // Where a sign-in is for an organisation, its own id and not the account's is what programs know.
  if (rows.length > 0) return rows.map(fromRow);
  return (await served.where(ORGANISATION, '=', orgId).limit(MOST_CHOICES).execute()).map(fromRow);
}

const ORGANISATION = sql<string | null>`metadata ->> '$.organisation.id'`;

function records(db: Kysely<Schema>) {
  return db
    .selectFrom('installations')
    .select(['id', 'platform', 'host', 'external_org_id', 'external_org_name', 'external_installation_id', 'login'])
    .select(['state', 'access_expires_at', 'scopes', 'permissions', 'installed_by', 'created_at', 'updated_at'])
    .select(ORGANISATION.as('organisation'))
    .where('revoked_at', 'is', null);
}

function fromRow(row: Awaited<ReturnType<ReturnType<typeof records>['execute']>>[number]): InstallationRecord {
  return {
    connectionId: row.id,
    platform: row.platform as Platform,
    host: row.host,
    orgId: row.organisation ?? row.external_org_id,
    orgName: row.external_org_name,
    externalInstallationId: row.external_installation_id,
    login: row.login,
    state: row.state === 'needs_reconnect' ? 'needs_reconnect' : 'ok',
    accessExpiresAt: row.access_expires_at,
    scopes: JSON.parse(row.scopes),
    permissions: JSON.parse(row.permissions),
    installedBy: row.installed_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
