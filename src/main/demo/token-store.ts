import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { OAuthClient } from './oauth-clients.ts';

/** GitHub's lifetimes, in seconds: 8 hours and 6 months. */
const ACCESS_LIFETIME = 28_800;
const REFRESH_LIFETIME = 15_897_600;

export interface Grant {
  readonly login: string;
  readonly clientId: string;
  readonly kind: OAuthClient['kind'];
  readonly scopes: readonly string[];
  /** A grant of the device flow is refreshed without the client secret. */
  readonly way: 'device' | 'web';
}

export interface TokenStore {
  /** @returns the fields of the token answer */
  mint(grant: Grant): Record<string, string | number>;
  /** The grant behind a living access token. */
  find(accessToken: string): Grant | null;
  /** The grant behind a living refresh token; it stays usable. */
  findRefresh(refreshToken: string): Grant | null;
  /** Uses a refresh token up; it and the access token it came with are dead afterwards. */
  rotate(refreshToken: string): Record<string, string | number> | null;
  /** @returns false when there is no such living token */
  revoke(accessToken: string): boolean;
  revokeAll(login: string): void;
  expireAccessTokens(): void;
  expireRefreshTokens(): void;
  /** Every access and refresh token ever handed out, for tests that search for leaks. */
  everything(): string[];
}

interface Pair {
  grant: Grant;
  access: string;
  accessUntil: number;
  refresh: string | null;
  refreshUntil: number;
}

/** The tokens of the emulated GitHub. They look like real ones, so that whatever hides real ones hides these. */
export function createTokenStore({ clock }: { clock: Clock }): TokenStore {
  const pairs = new Set<Pair>();
  const everything: string[] = [];

  const living = (accessToken: string) =>
    [...pairs].find((pair) => pair.access === accessToken && pair.accessUntil > clock.now()) ?? null;
  const refreshable = (refreshToken: string) =>
    [...pairs].find((pair) => pair.refresh === refreshToken && pair.refreshUntil > clock.now()) ?? null;

  const store: TokenStore = {
    mint(grant) {
      const expires = grant.kind === 'github-app';
      const access = tokenOf(expires ? 'ghu' : 'gho');
      const refresh = expires ? tokenOf('ghr') : null;
      const now = clock.now();
      pairs.add({
        grant,
        access,
        accessUntil: expires ? now + ACCESS_LIFETIME * 1000 : Number.POSITIVE_INFINITY,
        refresh,
        refreshUntil: now + REFRESH_LIFETIME * 1000,
      });
      everything.push(access);
      const fields = { access_token: access, token_type: 'bearer', scope: grant.scopes.join(',') };
      if (refresh === null) return fields;
      everything.push(refresh);
      return {
        ...fields,
        expires_in: ACCESS_LIFETIME,
        refresh_token: refresh,
        refresh_token_expires_in: REFRESH_LIFETIME,
      };
    },
    find: (accessToken) => living(accessToken)?.grant ?? null,
    findRefresh: (refreshToken) => refreshable(refreshToken)?.grant ?? null,
    rotate(refreshToken) {
      const pair = refreshable(refreshToken);
      if (!pair) return null;
      pairs.delete(pair);
      return store.mint(pair.grant);
    },
    revoke(accessToken) {
      const pair = living(accessToken);
      return pair !== null && pairs.delete(pair);
    },
    revokeAll(login) {
      for (const pair of pairs) if (pair.grant.login === login) pairs.delete(pair);
    },
    expireAccessTokens() {
      for (const pair of pairs) pair.accessUntil = 0;
    },
    expireRefreshTokens() {
      for (const pair of pairs) pair.refreshUntil = 0;
    },
    everything: () => [...everything],
  };
  return store;
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function tokenOf(prefix: string): string {
  let token = '';
  for (const byte of randomBytes(36)) token += LETTERS[byte % LETTERS.length];
  return `${prefix}_${token}`;
}
