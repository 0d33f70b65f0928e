import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Scope } from '../../shared/scopes.ts';
import { resourceMetadataUrl } from './resource-metadata.ts';
import { sendJson } from './send-json.ts';
import { inOrder, MCP_SCOPES } from './tool-scopes.ts';

/** The error codes of RFC 6750 §3.1 with their status; null: no token was sent, so there is no error to name. */
const STATUS = { invalid_request: 400, invalid_token: 401, insufficient_scope: 403 } as const;

interface Challenge {
  error: keyof typeof STATUS | null;
  description: string;
  /** What to ask the authorization server for. */
  scopes: readonly Scope[];
}

const NO_TOKEN: Challenge = {
  error: null,
  description: 'An access token of Trackeep Tray is needed.',
  scopes: MCP_SCOPES,
};

const MISPLACED: Challenge = {
  error: 'invalid_request',
  description: 'Send one access token, in the Authorization header and not in the address.',
  scopes: MCP_SCOPES,
};

const BAD_TOKEN: Challenge = {
  error: 'invalid_token',
  description: 'The access token is malformed, expired, revoked or for another resource.',
  scopes: MCP_SCOPES,
};

export const CHALLENGES = { none: NO_TOKEN, misplaced: MISPLACED, malformed: BAD_TOKEN, refused: BAD_TOKEN } as const;

/**
 * The step-up: names all that the client will need at once, since what it asks for anew replaces what it has.
 *
 * @param held what its token allows
 * @param needed what the call needs
 */
export function stepUp(held: Iterable<Scope>, needed: readonly Scope[]): Challenge {
  return {
    error: 'insufficient_scope',
    description: `This needs the scope ${needed.join(' ')}.`,
    // Whether to stay signed in is between the client and the authorization server, and no resource asks for it.
    scopes: inOrder([...held, ...needed]).filter((scope) => scope !== 'offline_access'),
  };
}

/**
 * Refuses with a challenge (RFC 6750 §3, RFC 9728 §5.1). Its values are ours and hold nothing that would need escaping;
 * the Host in the address has passed the guards.
 */
export function sendChallenge(request: IncomingMessage, response: ServerResponse, challenge: Challenge): void {
  const { error, description, scopes } = challenge;
  const parameters = {
    ...(error === null ? {} : { error, error_description: description }),
    scope: scopes.join(' '),
    resource_metadata: resourceMetadataUrl(request),
  };
  const text = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  sendJson(request, response, {
    status: error === null ? 401 : STATUS[error],
    headers: { 'www-authenticate': `Bearer ${text.join(', ')}` },
    body: { error: error ?? 'token_required', error_description: description },
  });
}
