import type { Platform, SignInWay } from '../../shared/connection-views.ts';
import type { ErrorView } from '../../shared/errors.ts';
import type { Identity } from './provider.ts';

/** One connected account as the rooms use it: a row, less the legacy columns, with its JSON read. */
export interface Installation {
  id: string;
  platform: Platform;
  host: string;
  login: string;
  name: string | null;
  /** `app_installation`: its token is made from the app's key and not from a person's sign-in. */
  kind: 'user' | 'app_installation';
  /** GitHub's number of the app's installation; null for a person's own token. */
  externalInstallationId: string | null;
  /** GitHub's number of the app that is installed; null for a person's own token. */
  appId: string | null;
  organisation: Identity['organisation'];
  /** Those of one sign-in have the same and share one token. Null: its token is its own. */
  tokenGroup: string | null;
  state: 'ok' | 'needs_reconnect';
  problem: ErrorView | null;
  /** How the person signed in: a provider may treat the tokens differently. */
  way: SignInWay;
  /** The app the tokens belong to. The configured one may have become another since. */
  clientId: string;
  scopes: string[];
  permissions: Record<string, string>;
  /** What stands before the secret part of the token. */
  tokenPrefix: string | null;
  /** Since when the token is this one; null: there is none yet. */
  tokenSince: number | null;
  /** Whether a fresh token can be had without the person: by a refresh token, or by an app's key. */
  refreshable: boolean;
  accessExpiresAt: number | null;
  refreshExpiresAt: number | null;
  /** Since when the refresh token has that end: a provider may keep it through many renewals. Null: it has none. */
  refreshSince: number | null;
  /** The end of a refresh token that the person was told of. */
  toldOfEnd: number | null;
  generation: number;
  createdAt: number;
  lastRefreshedAt: number | null;
  lastUsedAt: number | null;
  lastUsedBy: string | null;
  pausedUntil: number | null;
}

/** An account with its tokens, read in one piece: token, expiry and generation belong together. */
export interface OpenInstallation extends Installation {
  /** Empty for an app's installation that has none yet. */
  accessToken: string;
  refreshToken: string | null;
}

/**
 * Whose token it is. The generation tells one sign-in of an account from the next. A group is made anew with each
 * sign-in, so it tells that by itself, and outlives those of its accounts that are disconnected.
 */
export type TokenHolder = Pick<Installation, 'id' | 'generation' | 'tokenGroup'>;

/** What is renewed as one: a group, or an account alone. */
export function tokenKey({ id, tokenGroup }: Pick<TokenHolder, 'id' | 'tokenGroup'>): string {
  return tokenGroup ?? id;
}
