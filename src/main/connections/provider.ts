import type { Platform } from '../../shared/connection-views.ts';
import type { AppError } from '../core/errors.ts';
import type { ProviderAnswer } from './provider-http.ts';

/** The app at the provider in whose name we sign in. A public client has no secret. */
export interface ProviderApp {
  clientId: string;
  clientSecret: string | null;
}

/** What a provider hands out at the end of a sign-in or a refresh. Times are ms since the epoch, by our clock. */
export interface Grant {
  accessToken: string;
  /** Null: none was given. After a refresh that means the old one stays good (RFC 6749 §6). */
  refreshToken: string | null;
  /** Null: it does not expire. */
  accessExpiresAt: number | null;
  refreshExpiresAt: number | null;
  scopes: string[];
  /** Whose it is, where the provider says so together with the token, and not afterwards. */
  identity?: Identity;
}

/** Who a token speaks for. */
export interface Identity {
  /** The provider's own, unchanging id; logins can be renamed and taken over by others. */
  externalId: string;
  login: string;
  name: string | null;
  /** The site, workspace or organisation that the token is for, where the provider has such. */
  organisation: { id: string; name: string; url: string | null } | null;
  /** What else is worth keeping with the account. */
  metadata?: Record<string, string>;
}

/** RFC 8628 §3.2. */
export interface DeviceCode {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  lifetimeMs: number;
  intervalMs: number;
}

/**
 * RFC 8628 §3.5. `slow_down` may name the interval to keep from now on; `refused` is the provider's last word on this
 * code (expired, denied, …).
 */
export type DevicePoll =
  | { state: 'pending' }
  | { state: 'slow_down'; intervalMs: number | null }
  | { state: 'granted'; grant: Grant }
  | { state: 'refused'; error: AppError };

/** Signing in by typing a code at the provider. */
export interface DeviceSignIn {
  /** @throws AppError `device_flow_disabled`, `provider_refused_client`, or passing trouble */
  start(app: ProviderApp): Promise<DeviceCode>;
  /** @throws AppError passing trouble only: after it the same code may be asked for again */
  poll(app: ProviderApp, deviceCode: string): Promise<DevicePoll>;
}

/** Signing in through the browser and back (RFC 6749 §4.1 with RFC 7636). */
export interface WebSignIn {
  /** Whether only an app with a secret can sign in this way. */
  readonly needsSecret: boolean;
  /** The parameter of the way back that holds what is exchanged; `code`, unless told. */
  readonly answerIn?: 'token';
  authorizationUrl(app: ProviderApp, request: { redirectUri: string; state: string; codeChallenge: string }): string;
  /** @throws AppError `code_expired`, `provider_refused_client`, or passing trouble */
  exchange(app: ProviderApp, answer: { redirectUri: string; code: string; codeVerifier: string }): Promise<Grant>;
  /** The `error` parameter of the way back (RFC 6749 §4.1.2.1) in our words. It comes from outside. */
  refusal(error: string): AppError;
}

/** What an answer of a provider's REST API means. */
export type ApiVerdict =
  | { data: unknown }
  /** `tokenInDoubt`: a token that is no good gets the same answer, so the provider has to be asked about the token. */
  | { error: AppError; tokenInDoubt: boolean };

/** A provider's REST API, for requests in the name of an account. */
export interface ProviderApi {
  /** Without a trailing slash. */
  readonly url: string;
  read(answer: ProviderAnswer): ApiVerdict;
}

/**
 * One provider. What a provider cannot do it simply does not have; nobody asks which provider it is.
 *
 * "Passing trouble" means `offline`, `tls_untrusted`, `rate_limited` or `provider_error`: no answer, or none that is the
 * provider's own. Nothing is concluded from it about a token or a code.
 */
export interface Provider {
  readonly platform: Platform;
  /** The name people know. */
  readonly name: string;
  /** Where it is reached, without a trailing slash. */
  readonly address: string;
  /** What tells two servers of one platform apart. */
  readonly host: string;
  /** Whether the person brings an app of their own. */
  readonly needsApp: boolean;
  /** Whether that app's client secret is needed: always, for some ways, or never. */
  readonly secret: 'required' | 'optional' | 'none';
  /** What is asked for, with what it is for. */
  readonly scopes: readonly { name: string; reason: string }[];
  /** The page where a person makes an app of their own. */
  registrationUrl(callbackUrl: string): string;
  readonly device?: DeviceSignIn;
  readonly web?: WebSignIn;
  /** What callback addresses must call this machine, where the provider takes nothing else. */
  readonly callbackHost?: 'localhost';
  /** GitHub has none here: its requests go through Octokit. */
  readonly api?: ProviderApi;
  /** @throws AppError `needs_reconnect` if the provider itself refuses the token, or passing trouble */
  identity(accessToken: string): Promise<Identity>;
  /**
   * Where one sign-in speaks for several accounts (Atlassian's sites): all of them, at least one. They share its token.
   * @throws AppError as `identity`
   */
  identities?(accessToken: string): Promise<Identity[]>;
  /**
   * @throws AppError `needs_reconnect` if, and only if, the provider itself says that the refresh token is no good;
   *   `provider_refused_client`; or passing trouble
   */
  refresh?(app: ProviderApp, refreshToken: string): Promise<Grant>;
  /**
   * Ends a token at the provider; one that is gone already counts as ended.
   * @returns false if the provider offers that only to apps that have something this one lacks
   * @throws AppError `provider_refused_client`, or passing trouble
   */
  revoke?(app: ProviderApp, accessToken: string): Promise<boolean>;
  /** Where a person ends the app's access by hand. */
  manualRevokeUrl(app: ProviderApp): string;
}
