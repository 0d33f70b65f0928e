import { createLocalJWKSet, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { isScope } from '../../shared/scopes.ts';
import type { Clock } from '../core/clock.ts';
import type { Prepare, Store } from '../storage/store.ts';
import type { AccessToken, VerifiedToken } from './issuer.ts';

/** Signatures are checked once for a token, not once for a request; a client presents the same one for days. */
const MOST_REMEMBERED = 1_000;
/** "Last used" need not be finer, and a write costs more than the check. */
const STAMP_EVERY_MS = 60_000;
/** For clocks of one and the same machine; it may be set between issue and use (RFC 9068 leaves it to us). */
const CLOCK_TOLERANCE_S = 5;

export interface AccessTokens {
  /** As `TokenChecks.checkAccessToken`. */
  check(token: string, resource: string | null): Promise<AccessToken | null>;
  /** As `TokenChecks.verifyAccessToken`. */
  verify(token: string, resource: string | null): Promise<VerifiedToken | null>;
  /** The same for a token whose grant does not matter, because it is to be revoked. */
  read(token: string): Promise<AccessToken | null>;
}

/**
 * Access tokens are JWTs that other resource servers can check by themselves (RFC 9068). Here, a token is also held
 * against its grant with every use, so that what was revoked ends at once and not with its time.
 *
 * @param parts.publicKeys the issuer's keys, the retired ones included
 */
export function createAccessTokens({
  db,
  clock,
  issuer,
  publicKeys,
  isKnown,
  onError,
}: {
  db: Store;
  clock: Clock;
  issuer: string;
  publicKeys: readonly JWK[];
  /** Whether tokens for a resource are good at all, now. */
  isKnown: (resource: string) => boolean;
  onError: (error: unknown) => void;
}): AccessTokens {
  const keys = createLocalJWKSet({ keys: [...publicKeys] });
  const stamped = new Map<string, number>();
  /** By their signatures: short, and no two alike. To hash a whole token takes as long as to ask the database. */
  const verified = new Map<string, VerifiedToken & { token: string }>();

  const known = (token: string): VerifiedToken | null => {
    const found = verified.get(signatureOf(token));
    return found?.token === token ? found : null;
  };

  const read = async (token: string): Promise<VerifiedToken | null> => {
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys, {
        issuer,
        typ: 'at+jwt',
        algorithms: ['ES256', 'RS256'],
        currentDate: new Date(clock.now()),
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['aud', 'sub', 'jti', 'iat', 'exp', 'client_id', 'grant_id'],
      }));
    } catch {
      return null;
    }
    const { aud, sub, jti, iat, exp, scope, client_id: clientId, grant_id: grantId } = payload;
    if (typeof aud !== 'string' || typeof clientId !== 'string' || typeof grantId !== 'string') return null;
    const scopes = typeof scope === 'string' ? scope.split(' ').filter(isScope) : [];
    const access: AccessToken = {
      clientId,
      grantId,
      subject: sub ?? '',
      scopes: new Set(scopes),
      resource: aud,
      issuedAt: (iat ?? 0) * 1000,
      expiresAt: (exp ?? 0) * 1000,
      tokenId: jti ?? '',
    };
    if (verified.size >= MOST_REMEMBERED) verified.delete(verified.keys().next().value ?? '');
    const found = { token, access, holds: (prepare: Prepare) => holds(prepare, access) };
    verified.set(signatureOf(token), found);
    return found;
  };
  const isOver = ({ expiresAt }: AccessToken) => expiresAt + CLOCK_TOLERANCE_S * 1000 <= clock.now();

  const holds = (prepare: Prepare, access: AccessToken) => {
    const grant = prepare<[string, string]>('select 1 from issuer_grants where id = ? and client_id = ?');
    const found = grant.get(access.grantId, access.clientId) !== undefined;
    if (found) stamp(access);
    return found;
  };

  const stamp = ({ grantId, clientId }: AccessToken) => {
    const now = clock.now();
    if (now - (stamped.get(grantId) ?? 0) < STAMP_EVERY_MS) return;
    if (stamped.size >= MOST_REMEMBERED) stamped.delete(stamped.keys().next().value ?? '');
    stamped.set(grantId, now);
    // Nobody waits for it, and a time that is lost with a crash is told by the next use.
    const stamps = [
      db.updateTable('issuer_grants').set({ last_used_at: now }).where('id', '=', grantId),
      db.updateTable('issuer_clients').set({ last_used_at: now }).where('client_id', '=', clientId),
    ];
    for (const query of stamps) query.execute().catch(onError);
  };

  const verify = async (token: string, resource: string | null) => {
    const found = known(token) ?? (await read(token));
    if (found === null || isOver(found.access) || !isKnown(found.access.resource)) return null;
    return resource === null || found.access.resource === resource ? found : null;
  };

  return {
    verify,
    async read(token) {
      const found = known(token) ?? (await read(token));
      return found === null || isOver(found.access) ? null : found.access;
    },
    async check(token, resource) {
      const found = await verify(token, resource);
      return found !== null && (await db.ask(found.holds)) ? found.access : null;
    },
  };
}

function signatureOf(token: string): string {
  return token.slice(token.lastIndexOf('.') + 1);
}
