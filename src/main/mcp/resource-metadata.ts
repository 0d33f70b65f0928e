import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerOptions, shareWithOrigin } from './cross-origin.ts';
import { sendJson } from './send-json.ts';
import { MCP_SCOPES } from './tool-scopes.ts';

const METADATA_PATH = '/.well-known/oauth-protected-resource';
const MCP_PATH = '/mcp';

/** The place that RFC 9728 §3.1 gives it, and the one without the resource's path, which older clients look at. */
export const METADATA_PATHS: readonly string[] = [`${METADATA_PATH}${MCP_PATH}`, METADATA_PATH];

const METHODS = 'GET, HEAD, OPTIONS';

/** Where the client finds the metadata, at the address that it used itself. */
export function resourceMetadataUrl(request: IncomingMessage): string {
  return `${addressUsed(request)}${METADATA_PATH}${MCP_PATH}`;
}

/**
 * Answers the protected resource metadata (RFC 9728 §3). The resource is named by the address that the client used:
 * it must compare the two (§3.3), so one that came by `localhost` would refuse a resource at 127.0.0.1.
 *
 * @param issuer the authorization server's identifier, which is one and does not follow the address
 */
export function answerResourceMetadata(request: IncomingMessage, response: ServerResponse, issuer: string): void {
  shareWithOrigin(request, response);
  if (request.method === 'OPTIONS') {
    answerOptions(response, METHODS);
  } else if (request.method === 'GET' || request.method === 'HEAD') {
    sendJson(request, response, { status: 200, body: metadata(addressUsed(request), issuer) });
  } else {
    sendJson(request, response, {
      status: 405,
      headers: { allow: METHODS },
      body: { error: 'bad_input', message: 'The metadata can only be read.' },
    });
  }
}

function metadata(address: string, issuer: string) {
  return {
    resource: `${address}${MCP_PATH}`,
    authorization_servers: [issuer],
    scopes_supported: MCP_SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: 'Trackeep Tray',
  };
}

/** The guards have let only our own names pass. */
function addressUsed({ headers }: IncomingMessage): string {
  return `http://${headers.host?.toLowerCase()}`;
}
