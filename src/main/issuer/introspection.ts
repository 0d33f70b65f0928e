import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { Schema } from '../storage/schema.ts';
import type { AccessTokens } from './access-tokens.ts';
import { digest } from './digest.ts';
import { sendJson, sendOAuthError } from './oauth-error.ts';

export interface IntrospectionParts {
  db: Kysely<Schema>;
  clock: Clock;
  issuer: string;
  tokens: AccessTokens;
  /** What resource servers present; null: nobody may ask. */
  secret: string | null;
}

/**
 * Tells a resource server of this machine about a token (RFC 7662). Not the library's: that one takes only clients for
 * askers, and knows nothing of tokens that are JWTs.
 */
export async function introspect(
  parts: IntrospectionParts,
  request: IncomingMessage,
  response: ServerResponse,
  form: URLSearchParams | null,
): Promise<void> {
  const { secret } = parts;
  if (secret === null) {
    return sendOAuthError(response, 404, 'not_found', 'Introspection is switched off: INTROSPECTION_TOKEN is not set.');
  }
  const presented = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (presented === undefined || !equal(presented, secret)) {
    const description = 'Present INTROSPECTION_TOKEN as a bearer token.';
    return sendOAuthError(response, 401, 'invalid_client', description, { 'www-authenticate': 'Bearer' });
  }
  const [token, ...more] = form?.getAll('token') ?? [];
  if (!token || more.length > 0) {
    return sendOAuthError(response, 400, 'invalid_request', 'Send exactly one token, as a form.');
  }
  sendJson(response, 200, (await accessToken(parts, token)) ?? (await refreshToken(parts, token)) ?? { active: false });
}

async function accessToken({ tokens, issuer }: IntrospectionParts, token: string) {
  const found = await tokens.check(token, null);
  if (found === null) return null;
  return {
    active: true,
    iss: issuer,
    sub: found.subject,
    aud: found.resource,
    client_id: found.clientId,
    scope: [...found.scopes].join(' '),
    iat: Math.floor(found.issuedAt / 1000),
    exp: Math.floor(found.expiresAt / 1000),
    jti: found.tokenId,
    token_type: 'Bearer',
  };
}

async function refreshToken({ db, clock, issuer }: IntrospectionParts, token: string) {
  const row = await db
    .selectFrom('issuer_records')
    .innerJoin('issuer_grants', 'issuer_grants.id', 'issuer_records.grant_id')
    .select(['issuer_grants.client_id', 'issuer_grants.scopes', 'issuer_records.expires_at'])
    .where('model', '=', 'RefreshToken')
    .where('id_hash', '=', digest(token))
    .where('consumed_at', 'is', null)
    .where('issuer_records.expires_at', '>', clock.now())
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    active: true,
    iss: issuer,
    client_id: row.client_id,
    scope: row.scopes,
    exp: Math.floor(row.expires_at / 1000),
  };
}

/** In the same time for every wrong secret, of whatever length. */
function equal(presented: string, secret: string): boolean {
  return timingSafeEqual(Buffer.from(digest(presented)), Buffer.from(digest(secret)));
}
