import type { ExpressionBuilder, Selectable } from 'kysely';
import { z } from 'zod';
import { Platform, SignInWay } from '../../shared/connection-views.ts';
import { ErrorView } from '../../shared/errors.ts';
import type { InstallationsTable, Schema } from '../storage/schema.ts';
import type { Place } from '../vault/vault.ts';
import type { Installation, TokenHolder } from './installation.ts';

const Metadata = z.object({
  way: SignInWay.catch('device'),
  clientId: z.string().catch(''),
  organisation: z.object({ id: z.string(), name: z.string(), url: z.string().nullable() }).nullable().catch(null),
  tokenPrefix: z.string().nullable().catch(null),
  signedInAt: z.number().nullable().catch(null),
  appId: z.string().nullable().catch(null),
  refreshSince: z.number().nullable().catch(null),
  toldOfEnd: z.number().nullable().catch(null),
});
const Permissions = z.record(z.string(), z.string()).catch({});
const Scopes = z.array(z.string()).catch([]);

/** A row, read. What an older version or a person wrote into its JSON is read as far as it makes sense. */
export function fromRow(row: Selectable<InstallationsTable>): Installation {
  const metadata = Metadata.parse(json(row.metadata) ?? {});
  const { way, clientId, organisation, tokenPrefix, signedInAt, appId, refreshSince, toldOfEnd } = metadata;
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
    refreshSince: row.refresh_expires_at === null ? null : (refreshSince ?? signedInAt ?? row.created_at),
    toldOfEnd,
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
export function prefixOf(token: string): string | null {
  return /^(?:[a-z]{2,6}[._-]){1,2}/i.exec(token)?.[0] ?? null;
}

function json(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** The rows that hold the token of one sign-in. */
export function isHeldBy({ id, generation, tokenGroup }: TokenHolder) {
  return ({ eb, and }: ExpressionBuilder<Schema, 'installations'>) =>
    tokenGroup === null
      ? and([eb('id', '=', id), eb('generation', '=', generation), eb('token_group', 'is', null)])
      : eb('token_group', '=', tokenGroup);
}

export const SEALED_COLUMNS = ['sealed_access_token', 'sealed_refresh_token'] as const;

/** What a sealed token is bound to. */
export function place(id: string, column: (typeof SEALED_COLUMNS)[number]): Place {
  return { table: 'installations', row: id, column };
}
