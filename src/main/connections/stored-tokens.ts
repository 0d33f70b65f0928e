import type { Platform } from '../../shared/views.ts';
import { isoOrNull } from '../core/iso-time.ts';
import type { Prepare } from '../storage/store.ts';
import type { HandOut, LastUse } from './audit/hand-outs.ts';
import type { OrganisationToken, Requester } from './connections.ts';
import { place } from './installation-row.ts';
import type { Installation } from './installations.ts';
import type { OpenedSecrets } from './opened-secrets.ts';

/** Whom a program means. */
export interface Meant {
  platform: Platform;
  /** Of the provider that is set up now. */
  host: string;
  /** The provider's id of an account or organisation, or a connection's own; null: the only one there is. */
  orgId: string | null;
}

/** A token as it stands in its row, ready to be handed out. */
export interface StoredToken extends OrganisationToken, HandOut {
  narrowing: null;
}

interface Row {
  id: string;
  login: string;
  state: string;
  sealed: string | null;
  expiresAt: number | null;
  isRefreshable: 0 | 1;
  scopes: string;
  orgId: string;
  lastUsedAt: number | null;
  lastUsedBy: string | null;
}

const COLUMNS = `
  id, login, state, sealed_access_token as sealed, access_expires_at as expiresAt, scopes,
  sealed_refresh_token is not null or external_installation_id is not null as isRefreshable,
  ifnull(metadata ->> '$.organisation.id', external_org_id) as orgId,
  last_used_at as lastUsedAt, last_used_by as lastUsedBy`;
const SERVED = `select ${COLUMNS} from installations where platform = ? and host = ? and revoked_at is null`;

/** Two rows are enough to know that it is not one. */
const ANY = `${SERVED} limit 2`;
const OF_ORGANISATION = `${SERVED} and external_org_id = ? limit 2`;
/** Our ids are random, so none of them is an organisation's as well. */
const OF_ID = `${SERVED} and id = ?`;

/**
 * The usual case: exactly one account is meant, nothing is wrong with it, and its token was opened before and lasts.
 *
 * @param goodUntil how long a token that can be renewed must last at least, ms since the epoch
 * @returns null in every other case
 */
export function findStoredToken(
  prepare: Prepare,
  secrets: Pick<OpenedSecrets, 'known'>,
  { platform, host, orgId, requester, goodUntil }: Meant & { requester: Requester; goodUntil: number },
): StoredToken | null {
  const rows =
    orgId === null
      ? prepare<[string, string], Row>(ANY).all(platform, host)
      : prepare<[string, string, string], Row>(OF_ORGANISATION).all(platform, host, orgId);
  if (rows.length === 0 && orgId !== null) {
    rows.push(...prepare<[string, string, string], Row>(OF_ID).all(platform, host, orgId));
  }
  const [row, another] = rows;
  if (row === undefined || another !== undefined || row.state !== 'ok' || row.sealed === null) return null;
  const { id, login, expiresAt } = row;
  if (row.isRefreshable === 1 && expiresAt !== null && expiresAt <= goodUntil) return null;
  const token = secrets.known(place(id, 'sealed_access_token'), row.sealed);
  const scopes = scopesIn(row.scopes);
  if (token === null || scopes === null) return null;
  return {
    installation: { id, platform, host, login },
    requester,
    lastUse: { at: row.lastUsedAt, by: row.lastUsedBy },
    narrowing: null,
    expiry: isoOrNull(expiresAt),
    orgId: row.orgId,
    token,
    connectionId: id,
    login,
    host,
    expiresAt,
    scopes,
  };
}

/**
 * Whether the account still has the token that it was read with, and may be used.
 *
 * @returns when it was used last; null if it is not so any more
 */
export function lastUseIfAsRead(
  prepare: Prepare,
  { id, generation, lastRefreshedAt }: Pick<Installation, 'id' | 'generation' | 'lastRefreshedAt'>,
): LastUse | null {
  const same = prepare<[string, number, number | null], LastUse>(`
    select last_used_at as at, last_used_by as by from installations
    where id = ? and generation = ? and last_refreshed_at is ? and state = 'ok'`);
  return same.get(id, generation, lastRefreshedAt) ?? null;
}

function scopesIn(text: string): string[] | null {
  const scopes: unknown = JSON.parse(text);
  return Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string') ? scopes : null;
}
