import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Scope } from '../../../shared/scopes.ts';
import { AppError } from '../../core/errors.ts';
import { sendJson } from '../../issuer/oauth-error.ts';
import { sendError } from '../error-answer.ts';

/**
 * Where challenges send clients. Not the plain well-known path, which RFC 9728 §3.1 gives to a resource without a path
 * of its own: older MCP clients look there for the MCP server's.
 */
export const REST_METADATA_PATH = '/.well-known/oauth-protected-resource/oauth';

const REST_SCOPES: readonly Scope[] = [
  'installations:read',
  'installations:manage',
  'github:read',
  'token:github',
  'token:jira',
  'token:slack',
];

/** The protected resource metadata (RFC 9728 §2) of the REST routes. */
export function answerRestMetadata(request: IncomingMessage, response: ServerResponse, issuer: string): void {
  if (request.method !== 'GET') {
    const error = new AppError('bad_input', 'The metadata can only be read.');
    sendError(request, response, error, { status: 405, headers: { allow: 'GET' } });
    return;
  }
  sendJson(response, 200, {
    resource: issuer,
    authorization_servers: [issuer],
    scopes_supported: REST_SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: 'Trackeep Tray: connected accounts',
  });
}
