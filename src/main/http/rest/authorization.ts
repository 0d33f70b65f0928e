import { SCOPE_NAMES, type Scope } from '../../../shared/scopes.ts';
import { bearerTokenOf } from '../../core/bearer-token.ts';
import type { AccessToken, TokenChecks } from '../../issuer/issuer.ts';
import { sendJson } from '../../issuer/oauth-error.ts';
import type { Call, RestParts } from './call.ts';
import { REST_METADATA_PATH } from './resource-metadata.ts';

/** The error codes of RFC 6750 §3.1 with their status; `token_required` is ours, and no error in the challenge. */
const STATUS = { token_required: 401, invalid_request: 400, invalid_token: 401, insufficient_scope: 403 } as const;

/**
 * Whether the request may do what takes `scope`. If not, it has been refused with a challenge (RFC 6750 §3).
 *
 * @returns what its access token says; null when it was refused
 */
export async function authorized(
  room: Pick<RestParts, 'issuer'> & { tokens: Pick<TokenChecks, 'checkAccessToken'> },
  call: Pick<Call, 'request' | 'response' | 'search'>,
  scope: Scope,
): Promise<AccessToken | null> {
  const presented = bearerTokenOf(call.request, call.search);
  const refuse = (error: keyof typeof STATUS, message: string, scopes: readonly Scope[] = [scope]) => {
    const named = error === 'token_required' ? {} : { error, error_description: message };
    const parameters = {
      ...named,
      scope: scopes.join(' '),
      resource_metadata: `${room.issuer()}${REST_METADATA_PATH}`,
    };
    const challenge = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
    sendJson(
      call.response,
      STATUS[error],
      { error, message },
      { 'www-authenticate': `Bearer ${challenge.join(', ')}` },
    );
    return null;
  };
  switch (presented.kind) {
    case 'none':
      return refuse('token_required', 'An access token of Trackeep Tray is needed.');
    case 'misplaced':
      return refuse('invalid_request', 'Send one access token, in the Authorization header and not in the address.');
    case 'malformed':
      return refuse('invalid_token', 'The access token is malformed.');
  }
  const access = await room.tokens.checkAccessToken(presented.token, room.issuer());
  if (access === null) return refuse('invalid_token', 'The access token is expired, revoked or for another resource.');
  if (access.scopes.has(scope)) return access;
  // What it asks for anew replaces what it has, so both are named.
  const all = SCOPE_NAMES.filter((name) => name !== 'offline_access' && (name === scope || access.scopes.has(name)));
  return refuse('insufficient_scope', `This needs the scope ${scope}.`, all);
}
