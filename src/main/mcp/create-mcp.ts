import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connections } from '../connections/connections.ts';
import { bearerTokenOf } from '../core/bearer-token.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { TokenChecks } from '../issuer/issuer.ts';
import type { Releases } from '../releases/releases.ts';
import type { Tracking } from '../tracking/tracking.ts';
import { CHALLENGES, sendChallenge } from './challenge.ts';
import { answerOptions, shareWithOrigin } from './cross-origin.ts';
import type { Endpoint } from './endpoint.ts';
import type { Mcp } from './mcp.ts';
import { answerResourceMetadata, METADATA_PATHS } from './resource-metadata.ts';
import { sendRpcError } from './send-json.ts';

/** With the slash that people type. */
const ENDPOINT_PATHS = ['/mcp', '/mcp/'];
const METHODS = 'POST, OPTIONS';

export interface McpParts {
  tokens: Pick<TokenChecks, 'checkAccessToken'>;
  connections: Pick<Connections, 'list' | 'github'>;
  releases: Pick<Releases, 'view' | 'check'>;
  tracking: Pick<Tracking, 'queries'>;
  bus: Pick<Bus, 'on'>;
  clock: Clock;
  logger: Logger;
  /** The listener's address, which is the issuer's identifier. Asked when needed: the listener starts later. */
  address(): string;
  /** The product's own version. */
  version: string;
}

/**
 * The MCP server as an OAuth resource server: whoever has no token for it learns where to get one, and gets no further.
 * The protocol itself is loaded with the first request that has one, since most starts of the app never need it.
 */
export function createMcp(parts: McpParts): Mcp {
  const { tokens, address } = parts;
  let endpoint: Promise<Endpoint> | null = null;
  let stopped = false;

  async function answerEndpoint(request: IncomingMessage, response: ServerResponse, search: string): Promise<void> {
    shareWithOrigin(request, response);
    // A preflight cannot carry a token.
    if (request.method === 'OPTIONS') return answerOptions(response, METHODS);
    const presented = bearerTokenOf(request, search);
    if (presented.kind !== 'token') return sendChallenge(request, response, CHALLENGES[presented.kind]);
    const check = () => tokens.checkAccessToken(presented.token, `${address()}/mcp`);
    const access = await check();
    if (!access) return sendChallenge(request, response, CHALLENGES.refused);
    if (request.method !== 'POST') {
      // Also what clients of the 2025 revisions get when they ask for a stream of news, and they take it for a no.
      return sendRpcError(request, response, {
        status: 405,
        headers: { allow: METHODS },
        code: -32000,
        message: 'Only POST is answered here.',
      });
    }
    if (stopped) throw new AppError('app_not_running', 'Trackeep Tray is about to end.');
    endpoint ??= import('./endpoint.ts').then(({ createEndpoint }) => createEndpoint(parts));
    await (await endpoint).answer(request, response, access, check);
  }

  return {
    async answer(request, response, path, search) {
      if (ENDPOINT_PATHS.includes(path)) return answerEndpoint(request, response, search);
      if (METADATA_PATHS.includes(path)) return answerResourceMetadata(request, response, address());
      throw new AppError('not_found', 'There is nothing here.');
    },
    async stop() {
      stopped = true;
      await (await endpoint)?.close();
    },
  };
}
