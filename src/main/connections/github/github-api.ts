import type { Clock } from '../../core/clock.ts';
import { rateLimited } from '../pauses.ts';
import { parseJson } from '../token-answer.ts';
import { gitHubTrouble, notGitHub } from './github-errors.ts';
import { pauseAskedFor } from './rate-limit.ts';

/** The REST API's version this app was written against. */
export const GITHUB_API_VERSION = '2022-11-28';

/** An answer of GitHub's own: JSON, or nothing at all. */
export interface GitHubAnswer {
  status: number;
  /** The parsed body; undefined where there is none. */
  data: unknown;
  headers: Headers;
}

/**
 * One request to the REST API outside of any account's client.
 *
 * @param path with its leading slash
 * @throws AppError passing trouble only: `offline`, `tls_untrusted`, `rate_limited`, or `provider_error` for 5xx and for
 *   what is not GitHub's. Every other status is an answer.
 */
export type GitHubApi = (
  path: string,
  init: RequestInit & { headers: Record<string, string> },
) => Promise<GitHubAnswer>;

/** @param parts.apiUrl without a trailing slash */
export function createGitHubApi(parts: { apiUrl: string; fetch: typeof globalThis.fetch; clock: Clock }): GitHubApi {
  const { apiUrl, fetch, clock } = parts;
  return async (path, init) => {
    const answer = await fetch(`${apiUrl}${path}`, {
      ...init,
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': GITHUB_API_VERSION, ...init.headers },
      redirect: 'manual',
    });
    const { status } = answer;
    const text = await answer.text();
    const data = parseJson(text);
    if (status >= 500) throw gitHubTrouble(status);
    const pause = pauseAskedFor({ status, headers: Object.fromEntries(answer.headers), data }, clock.now());
    if (pause !== null) throw rateLimited('GitHub', clock.now() + pause);
    // A proxy's 401 or 404 says nothing about a token: GitHub's own are JSON, and its 204 has no body at all.
    if (data === undefined && text !== '') throw notGitHub(status);
    return { status, data, headers: answer.headers };
  };
}
