import type { Octokit } from '@octokit/core';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Installations } from '../installations.ts';
import type { Pauses } from '../pauses.ts';
import { paused, type TokenService } from '../token-service.ts';
import type { CachedAnswer, ETagCache } from './etag-cache.ts';
import { apiError, isGitHubsOwn, isRequestFailure, notGitHub, type RequestFailure } from './github-errors.ts';
import { leadsTo } from './github-oauth.ts';
import { GITHUB_API_VERSION } from './github-provider.ts';
import { pauseAskedFor } from './rate-limit.ts';

/** Of GitHub's own trouble (5xx): after 1 s, then after 4 s. What waits longer is the business of who asked. */
const RETRIES = 2;
const RETRY_BASE_MS = 1_000;
const DO_NOT_RETRY = [400, 401, 403, 404, 409, 410, 422, 429, 451];

/** Octokit clients, one an account. */
export interface GitHubClients {
  /** The client for one account, made when first asked for. Its requests reject as `Connections.github` says. */
  of(installationId: string): Promise<Octokit>;
  /** An organisation's single sign-on that stands in the way of one of the account's requests, until it works again. */
  ssoWanted(installationId: string): AppError | null;
  /** The account is gone, or got a new token. */
  forget(installationId: string): void;
}

export interface GitHubClientsParts {
  url: string;
  apiUrl: string;
  fetch: typeof globalThis.fetch;
  installations: Installations;
  tokens: TokenService;
  pauses: Pauses;
  cache: ETagCache;
  clock: Clock;
  logger: Logger;
  /** Called when a view of an account changed. */
  changed: () => void;
  /** The unit of the waits before a retry, ms. */
  retryBaseMs?: number;
}

type HookOptions = Parameters<Parameters<Octokit['hook']['wrap']>[1]>[1];
type Answer = Awaited<ReturnType<Octokit['request']>>;
type Send = (options: RequestOptions) => Promise<Answer>;
`;`;
