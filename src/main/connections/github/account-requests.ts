import type { Octokit } from '@octokit/core';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import type { Installations } from '../installations.ts';
import { type Pauses, rateLimited } from '../pauses.ts';
import type { Registry } from '../registry.ts';
import type { TokenService } from '../token-service.ts';
import type { Budgets } from './budget.ts';
import type { ETagCache } from './etag-cache.ts';
import { apiError, isGitHubsOwn, isRequestFailure, notGitHub } from './github-errors.ts';
import { pauseAskedFor } from './rate-limit.ts';

/** A request to the REST API that is about to be sent. */
export interface OutgoingRequest {
  method: string;
  url: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | number | undefined>>;
}

/** An answer as Octokit hands it on. */
export type Answer = Awaited<ReturnType<Octokit['request']>>;

/** A token may be replaced while it is on its way, but not again and again. */
const MOST_REFUSALS = 3;

/**
 * What every request in the name of an account goes through: it waits out limits, carries a token that works, is
 * conditional where it can be, and finds out what a refusal means for the account.
 */
export interface AccountRequests {
  /**
   * @param send sends the request with these headers on top; rejects with Octokit's RequestError
   * @throws AppError, or the RequestError of a 5xx, which may be tried again
   */
  send(
    installationId: string,
    request: OutgoingRequest,
    send: (headers: Record<string, string>) => Promise<Answer>,
  ): Promise<Answer>;
  /** An organisation's single sign-on that stands in the way of a request of this account, until that request works. */
  ssoWanted(installationId: string): AppError | null;
  /** The account is gone, or got a new token. */
  forget(installationId: string): void;
}

export interface AccountRequestsParts {
  installations: Installations;
  registry: Registry;
  tokens: TokenService;
  pauses: Pauses;
  cache: ETagCache;
  budgets: Budgets;
  /** Whether a person may be sent to an address in GitHub's name. */
  leadsToGitHub: (address: string) => boolean;
  clock: Clock;
  /** Called when a view of an account changed. */
  changed: () => void;
}

export function createAccountRequests(parts: AccountRequestsParts): AccountRequests {
  const { installations, registry, tokens, pauses, cache, budgets, leadsToGitHub, clock, changed } = parts;
  /** How many limits without a time came in a row. */
  const strikes = new Map<string, number>();
  const sso = new Map<string, { url: string; error: AppError }>();

  const worked = (id: string, { url }: OutgoingRequest) => {
    strikes.delete(id);
    if (sso.get(id)?.url !== url) return;
    sso.delete(id);
    changed();
  };

  const pauseFor = async (id: string, pause: number): Promise<AppError> => {
    strikes.set(id, (strikes.get(id) ?? 0) + 1);
    const until = clock.now() + pause;
    await pauses.begin(id, until);
    return rateLimited('GitHub', until);
  };

  /** What a failure means for the account, and what the caller is told. */
  const conclude = async (id: string, { url }: OutgoingRequest, error: unknown): Promise<unknown> => {
    if (!isRequestFailure(error) || !error.response) return apiError(error, leadsToGitHub);
    const { status, response } = error;
    const pause = pauseAskedFor({ status, ...response }, clock.now(), strikes.get(id));
    if (pause !== null) return pauseFor(id, pause);
    if (status >= 500) return error;
    const verdict = apiError(error, leadsToGitHub);
    if (verdict instanceof AppError && verdict.code === 'sso_required') {
      sso.set(id, { url, error: verdict });
      changed();
    }
    return verdict;
  };

  const attempt = async (
    id: string,
    request: OutgoingRequest,
    send: (headers: Record<string, string>) => Promise<Answer>,
    token: string,
  ): Promise<Answer> => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    const cached = isCacheable(request) ? await cache.read(id, request.url) : null;
    if (cached) headers['if-none-match'] = cached.etag;
    let answer: Answer;
    try {
      answer = await send(headers);
      budgets.note(id, answer.headers);
    } catch (error) {
      if (isRequestFailure(error) && error.response) budgets.note(id, error.response.headers);
      if (!cached || !isRequestFailure(error) || error.status !== 304) throw error;
      const { etag, link, data } = cached;
      return {
        status: 200,
        url: request.url,
        headers: { ...error.response?.headers, etag, ...(link && { link }) },
        data,
      };
    }
    // A captive portal says 200 to everything, and Octokit hands on JSON that was cut short as text.
    if (wantsJson(request) && answer.status === 200 && !isObject(answer.data)) throw notGitHub(answer.status);
    if (isOverQuota(answer)) {
      // A GraphQL limit is said with a status that means success, but in the headers of every other limit.
      const pause = pauseAskedFor({ ...answer, status: 429 }, clock.now(), strikes.get(id));
      if (pause !== null) throw await pauseFor(id, pause);
    }
    const { etag, link } = answer.headers;
    if (typeof etag === 'string' && isCacheable(request))
      await cache.write(id, request.url, { etag, link, data: answer.data });
    return answer;
  };

  return {
    async send(id, request, send) {
      const installation = await installations.find(id);
      if (!installation) throw new AppError('not_connected', 'The account is not connected.');
      const { name } = registry.serving(installation);
      let { token } = await tokens.usable(id);
      const until = pauses.until(installation);
      if (until !== null) throw rateLimited(name, until);
      for (let refusals = 0; ; refusals += 1) {
        try {
          const answer = await attempt(id, request, send, token);
          worked(id, request);
          return answer;
        } catch (error) {
          if (!isRequestFailure(error) || error.status !== 401 || !isGitHubsOwn(error)) {
            throw await conclude(id, request, error);
          }
          if (refusals === MOST_REFUSALS) throw await conclude(id, request, error);
          // Refused, so nothing was done yet: with another token it may be sent again, whatever it is.
          ({ token } = await tokens.afterRefusal(id, token, refusals > 0));
        }
      }
    },
    ssoWanted: (id) => sso.get(id)?.error ?? null,
    forget(id) {
      strikes.delete(id);
      budgets.forget(id);
      if (sso.delete(id)) changed();
    },
  };
}

function wantsJson({ headers }: OutgoingRequest): boolean {
  return String(headers.accept).includes('json');
}

/**
 * Whether GraphQL refused to answer a question for its limit.
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#exceeding-the-rate-limit
 */
function isOverQuota({ data }: Answer): boolean {
  if (typeof data !== 'object' || data === null || !('errors' in data) || !Array.isArray(data.errors)) return false;
  return data.errors.some((error: unknown) => isObject(error) && Reflect.get(Object(error), 'type') === 'RATE_LIMITED');
}

/** One address has one cached body, so only the usual representation is kept. */
function isCacheable(request: OutgoingRequest): boolean {
  const usual = /^application\/(vnd\.github(\.v3)?\+)?json$/.test(String(request.headers.accept));
  return request.method === 'GET' && usual && request.headers['if-none-match'] === undefined;
}

function isObject(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !(data instanceof ArrayBuffer);
}
