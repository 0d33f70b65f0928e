import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessTokens } from './access-tokens.ts';
import { sendJson, sendOAuthError } from './oauth-error.ts';

/**
 * OpenID Connect Core §5.3: who the person is, which here is a subject and nothing else. Not the library's, which takes
 * only opaque tokens; ours are all JWTs for a resource.
 */
export async function userinfo(
  tokens: AccessTokens,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const presented = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (presented === undefined) {
    const description = 'Present an access token as a bearer token.';
    return sendOAuthError(response, 401, 'invalid_token', description, { 'www-authenticate': 'Bearer' });
  }
  const token = await tokens.check(presented, null);
  if (token === null) {
    return sendOAuthError(response, 401, 'invalid_token', 'The access token is not good, or no longer.', {
      'www-authenticate': 'Bearer error="invalid_token"',
    });
  }
  if (!token.scopes.has('openid')) {
    return sendOAuthError(response, 403, 'insufficient_scope', 'The scope openid is needed.', {
      'www-authenticate': 'Bearer error="insufficient_scope", scope="openid"',
    });
  }
  sendJson(response, 200, { sub: token.subject });
}
