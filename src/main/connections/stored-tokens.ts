import type { Platform } from '../../shared/connection-views.ts';
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
/** An organisation or a person is connected once. */
const OF_ORGANISATION = `${SERVED} and external_org_id = ?`;
/** Our ids are random, so none of them is an organisation's as well. */
const OF_ID = `${SERVED} and id = ?`;

interface Asked extends Meant {
  /** Of the provider that is set up now. */
  host: string;
  requester: Requester;
  /** How long a token that can be renewed must last at least, ms since the epoch. */
  goodUntil: number;
}

/**
 * The usual case: exactly one account is meant, nothing is wrong with it, and its token was opened before and lasts.
 *
 * @returns null in every other case
 */
export function findStoredToken(
  prepare: Prepare,
  secrets: Pick<OpenedSecrets, 'known'>,
  { platform, host, orgId, requester, goodUntil }: Asked,
): StoredToken | null {
  const row = orgId === null ? onlyOne(prepare, platform, host) : byId(prepare, platform, host, orgId);
  if (row === undefined || row.state !== 'ok' || row.sealed === null) return null;
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

function onlyOne(prepare: Prepare, platform: Platform, host: string): Row | undefined {
  const [row, another] = prepare<[string, string], Row>(ANY).all(platform, host);
  return another === undefined ? row : undefined;
}

function byId(prepare: Prepare, ...meant: [platform: Platform, host: string, orgId: string]): Row | undefined {
  const ofOrganisation = prepare<typeof meant, Row>(OF_ORGANISATION).get(...meant);
  return ofOrganisation ?? prepare<typeof meant, Row>(OF_ID).get(...meant);
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
