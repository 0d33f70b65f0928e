import type { Octokit } from '@octokit/core';
import type { ErrorView } from '../../shared/errors.ts';
import type {
  ConnectionView,
  DisconnectView,
  FlowView,
  Platform,
  ProviderView,
  SignInWay,
} from '../../shared/views.ts';

/** A token in use inside main. It never becomes part of a view. */
export interface UsableToken {
  token: string;
  connectionId: string;
  login: string;
  host: string;
  /** ms since the epoch; null: it does not expire. */
  expiresAt: number | null;
}

/** The OAuth client side of the house: providers, sign-ins, connected accounts and their tokens. */
export interface Connections {
  providers(): Promise<ProviderView[]>;
  configure(input: { platform: Platform; clientId: string; clientSecret?: string | null }): Promise<ProviderView>;
  list(): Promise<ConnectionView[]>;
  begin(input: { platform: Platform; way: SignInWay }): Promise<FlowView>;
  flows(): FlowView[];
  flow(id: string): FlowView;
  cancel(id: string): Promise<FlowView>;
  /**
   * The provider sent the browser back (RFC 6749 §4.1.2). Never throws: a forged or stale callback answers its error
   * and ends no flow.
   */
  callback(platform: string, parameters: URLSearchParams): Promise<FlowView | { error: ErrorView }>;
  refresh(id: string): Promise<ConnectionView>;
  disconnect(id: string): Promise<DisconnectView>;
  /**
   * A working token, refreshed first where it must be.
   * @param account login, or host/login where several hosts are connected; may be left out when there is one account
   * @throws AppError `not_connected`, `account_ambiguous`, `needs_reconnect`, a vault code, or the provider's trouble
   */
  token(platform: Platform, account?: string): Promise<UsableToken>;
  /**
   * GitHub's REST client for one connection (the first healthy one if none is named): authorized, retrying, throttled
   * by what GitHub says, conditional by ETag. Its requests reject with AppErrors: `not_found` (404), `rate_limited` with
   * `retryAt`, `needs_reconnect`, `sso_required` with `url`, `forbidden`, `offline`, `tls_untrusted`, `provider_error`
   * (5xx, HTML, and everything else), or a vault code; the `cause` of one that GitHub answered is Octokit's RequestError.
   * @throws AppError `not_connected`
   */
  github(connectionId?: string): Promise<Octokit>;
  /** Starts background refresh. */
  start(): void;
  /** Cancels waiting flows and lets a refresh under way finish its write. */
  stop(): Promise<void>;
}
