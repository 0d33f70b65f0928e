import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Platform } from '../../../shared/connection-views.ts';
import type { Connections, Requester } from '../../connections/connections.ts';
import type { Clock } from '../../core/clock.ts';
import type { Clients, TokenChecks } from '../../issuer/issuer.ts';

export interface RestParts {
  connections: Pick<
    Connections,
    'begin' | 'disconnect' | 'records' | 'ofOrganisation' | 'tokenOf' | 'tokenOfOrganisation'
  >;
  tokens: TokenChecks;
  clients: Pick<Clients, 'list'>;
  clock: Clock;
  /** Where each provider is reached, for programs that name it so. */
  addresses: Partial<Record<Platform, readonly string[]>>;
  /** The issuer identifier, which is the resource that access tokens must be for. */
  issuer(): string;
}

/** One request to the REST routes. */
export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  /** The query string without its question mark. */
  search: string;
  parameters: URLSearchParams;
}

/** What the routes work with. */
export interface Room extends RestParts {
  /** A client of the issuer, as the audit log names it. */
  requesterOf(clientId: string): Requester | Promise<Requester>;
}
