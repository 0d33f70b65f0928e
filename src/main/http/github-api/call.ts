import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connections } from '../../connections/connections.ts';
import type { Clock } from '../../core/clock.ts';
import type { TrackeepConfig } from '../../core/config.ts';
import type { TokenChecks } from '../../issuer/issuer.ts';
import type { Tracking } from '../../tracking/tracking.ts';
import type { SessionTokens } from '../trackeep/session-tokens.ts';

export interface GitHubApiParts {
  tracking: Pick<Tracking, 'queries' | 'view' | 'fresh' | 'freshAll'>;
  connections: Pick<Connections, 'records'>;
  tokens: Pick<TokenChecks, 'checkAccessToken'>;
  /** Reads the sessions of Trackeep. */
  sessions: Pick<SessionTokens, 'accessTokenOf' | 'userOf'>;
  config: Pick<TrackeepConfig, 'corsOrigins'>;
  clock: Clock;
  /** The host of the GitHub that is set up. */
  gitHubHost: string;
  /** The issuer identifier, which is the resource that access tokens must be for. */
  issuer(): string;
}

/** One request. */
export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  /** The query string without its question mark. */
  search: string;
  parameters: URLSearchParams;
}
