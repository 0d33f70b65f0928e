import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApprovalView, ClientView } from '../../shared/client-views.ts';
import type { Scope } from '../../shared/scopes.ts';
import type { Prepare } from '../storage/store.ts';

/** The authorization server for local programs, OAuth 2.1 on loopback. */
export interface Issuer extends TokenChecks {
  readonly approvals: Approvals;
  readonly clients: Clients;
  /** Makes or opens the signing keys as soon as the vault is open, and starts the janitor. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Answers a request to one of the issuer's paths. The guards have let it pass.
   *
   * @param path the target's path, as sent
   * @param search its query string without the question mark
   * @throws AppError `vault_locked` and its kin while there are no keys
   */
  answer(request: IncomingMessage, response: ServerResponse, path: string, search: string): Promise<void>;
}

/** What a good access token says (RFC 9068 §2.2). */
export interface AccessToken {
  clientId: string;
  grantId: string;
  /** The person: the same for every client, and only on this installation of the app. */
  subject: string;
  scopes: ReadonlySet<Scope>;
  /** In canonical form. */
  resource: string;
  /** ms since the epoch. */
  issuedAt: number;
  /** ms since the epoch. */
  expiresAt: number;
  tokenId: string;
}

export interface TokenChecks {
  /**
   * Checks an access token as a resource server does (RFC 9068 §4): signature, issuer, type, times, and beyond that that
   * its grant still holds and it was not revoked itself.
   *
   * @param resource what it must be for, in canonical form; null takes a token for any resource
   * @returns null for every token that is not good, whatever the reason
   */
  checkAccessToken(token: string, resource: string | null): Promise<AccessToken | null>;
  /** The same but for the grant, for who asks for that in a transaction of its own. */
  verifyAccessToken(token: string, resource: string | null): Promise<VerifiedToken | null>;
}

export interface VerifiedToken {
  access: AccessToken;
  /** Whether its grant still holds: without that, the token is good for nothing. */
  holds(prepare: Prepare): boolean;
}

/** What a client wants for its own access token (RFC 8693 §2.1). */
export interface ExchangeRequest {
  access: AccessToken;
  /** Every `audience` and `resource` that it named. */
  targets: string[];
  /** What the new token must be good for; empty: whatever it is. */
  scopes: string[];
}

/** A token of a provider, or why there is none (RFC 8693 §2.2.2). */
export type Exchanged =
  | { token: string; expiresAt: number | null; scopes: string[] }
  | { error: 'invalid_target' | 'invalid_scope'; description: string };

/**
 * Gets the token that an access token is exchanged for. It comes from outside: the issuer knows of no providers.
 * @throws AppError for trouble that may pass
 */
export type Exchange = (request: ExchangeRequest) => Promise<Exchanged>;

/** Clients that wait for the person's word. Only the contract's doors lead here; no page of the issuer can decide. */
export interface Approvals {
  /** Those that wait, the oldest first. */
  list(): Promise<ApprovalView[]>;
  /**
   * Three numbers, always the same for one request, in an order that says nothing.
   * @throws AppError `not_found`, `approval_over`
   */
  numbers(id: string): Promise<number[]>;
  /**
   * @param input.rememberMs how long the same request is answered without asking; null: not at all
   * @throws AppError `not_found`; `approval_over` when it was decided or ran out; `number_wrong`, the second of which
   *   denies it
   */
  approve(input: { id: string; number: number; rememberMs: number | null }): Promise<ApprovalView>;
  /** @throws AppError `not_found`, `approval_over` */
  deny(id: string): Promise<ApprovalView>;
}

export interface Clients {
  /** Every client that registered, the one used last first; of those that have never been allowed anything, too. */
  list(): Promise<ClientView[]>;
  /**
   * Ends one grant or all of a client's. When this returns, none of its tokens works any more.
   * @throws AppError `not_found`
   */
  revoke(id: string, grantId?: string): Promise<ClientView>;
  /** @returns how many grants were ended */
  revokeAll(): Promise<number>;
  /** @throws AppError `not_found`; `not_permitted` for a client that is built in or stands in the configuration */
  remove(id: string): Promise<void>;
  /** Makes new signing keys; the old ones are served until the last token they signed has ended. @returns their ids */
  rotateKeys(): Promise<string[]>;
}
