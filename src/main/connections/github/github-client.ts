import type { Octokit, OctokitOptions } from '@octokit/core';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { rateLimited } from '../pauses.ts';
import { Token } from '../token-answer.ts';
import type { AccountRequests, Answer } from './account-requests.ts';
import { GITHUB_API_VERSION } from './github-api.ts';
import { apiError, isGitHubsOwn, isRequestFailure } from './github-errors.ts';
import { pauseAskedFor } from './rate-limit.ts';

/** GitHub's own trouble (5xx) is tried again after 1 s and after 4 s. What waits longer is the business of who asked. */
const RETRIES = 2;
const RETRY_BASE_MS = 1_000;
const DO_NOT_RETRY = [400, 401, 403, 404, 409, 410, 422, 429, 451];

type Asked = Required<Octokit['request']['endpoint']['DEFAULTS']>;
type Send = (asked: Asked) => Answer | Promise<Answer>;

const VERSION = { 'x-github-api-version': GITHUB_API_VERSION };

/** Octokit clients, one an account, made when first asked for. */
export interface GitHubClients {
  /** Its requests reject as `Connections.github` says. */
  of(installationId: string): Promise<Octokit>;
  /** One for a token that no account here has. Its requests reject with `needs_reconnect` where GitHub refuses the token. */
  bearing(token: string): Promise<Octokit>;
  forget(installationId: string): void;
}

export interface GitHubClientsParts {
  /** Without a trailing slash. */
  apiUrl: string;
  fetch: typeof globalThis.fetch;
  requests: AccountRequests;
  /** Whether a person may be sent to an address in GitHub's name. */
  leadsToGitHub: (address: string) => boolean;
  logger: Logger;
  clock: Clock;
  /** The unit of the waits before a retry, ms. */
  retryBaseMs?: number;
}

export function createGitHubClients(parts: GitHubClientsParts): GitHubClients {
  const clients = new Map<string, Promise<Octokit>>();
  return {
    of(id) {
      const known = clients.get(id);
      if (known) return known;
      const client = makeClient(id, parts);
      clients.set(id, client);
      return client;
    },
    bearing: (token) => makeClientBearing(token, parts),
    forget: (id) => void clients.delete(id),
  };
}

async function makeClient(id: string, parts: GitHubClientsParts): Promise<Octokit> {
  const { apiUrl, fetch, requests, leadsToGitHub, logger, retryBaseMs = RETRY_BASE_MS } = parts;
  // Late: nobody who only wants a token should wait for these.
  const [core, { retry }, { throttling }] = await Promise.all([
    import('@octokit/core'),
    import('@octokit/plugin-retry'),
    import('@octokit/plugin-throttling'),
  ]);

  /** Next to the wire: what it decides is decided, so it hides its verdicts from the plugins around it. */
  const account = (octokit: Octokit) => {
    octokit.hook.wrap('request', async (send, given) => {
      const options = given.url === '/graphql' ? { ...given, url: graphqlAddress(apiUrl) } : given;
      const { method, url, headers } = octokit.request.endpoint.parse(options);
      try {
        return await requests.send(
          id,
          { method, url, headers },
          async (more): Promise<Answer> => send({ ...options, headers: { ...VERSION, ...options.headers, ...more } }),
        );
      } catch (error) {
        throw error instanceof AppError ? new Verdict(error) : error;
      }
    });
  };

  /**
   * A GraphQL question is a POST, and the plugin keeps a second between those, as between writes. It is shown the
   * question as what it is, a read; what is sent is the question.
   */
  const spacing = (octokit: Octokit, options: OctokitOptions) => {
    const wrap = (_: 'request', wrapper: (send: Send, asked: Asked) => ReturnType<Send>) =>
      octokit.hook.wrap('request', (send, asked) =>
        isQuestion(asked) ? wrapper(() => send(asked), { ...asked, method: 'GET', url: '/' }) : wrapper(send, asked),
      );
    return throttling(Object.assign(Object.create(octokit), { hook: { wrap } }), options);
  };

  /** Around all others: whoever asked gets AppErrors only. */
  const verdicts = (octokit: Octokit) => {
    octokit.hook.error('request', (error) => {
      throw error instanceof Verdict ? error.error : apiError(error, leadsToGitHub);
    });
  };

  const Client = core.Octokit.plugin(account, spacing, retry, verdicts);
  const log = logOf(logger);
  return new Client({
    baseUrl: apiUrl,
    userAgent: 'trackeep-tray',
    request: { fetch, log },
    log,
    // Spreads requests out (at most 10 at once, a second between writes). Limits never reach it: `account` sees them first.
    throttle: { id, onRateLimit: () => false, onSecondaryRateLimit: () => false },
    retry: { retries: RETRIES, retryAfterBaseValue: retryBaseMs, doNotRetry: DO_NOT_RETRY },
  });
}

async function makeClientBearing(token: string, parts: GitHubClientsParts): Promise<Octokit> {
  const { apiUrl, fetch, leadsToGitHub, logger, clock } = parts;
  const refused = () => new AppError('needs_reconnect', 'GitHub does not accept this token.');
  if (!Token.safeParse(token).success) throw refused();
  const { Octokit: Client } = await import('@octokit/core');
  const log = logOf(logger);
  const client = new Client({ auth: token, baseUrl: apiUrl, userAgent: 'trackeep-tray', request: { fetch, log }, log });
  client.hook.error('request', (error) => {
    if (isRequestFailure(error) && error.response && isGitHubsOwn(error)) {
      const { status, response } = error;
      const pause = pauseAskedFor({ status, ...response }, clock.now());
      if (pause !== null) throw rateLimited('GitHub', clock.now() + pause);
      if (status === 401) throw refused();
    }
    throw apiError(error, leadsToGitHub);
  });
  return client;
}

/** GitHub Enterprise Server has GraphQL beside the REST API and not below it. */
function graphqlAddress(apiUrl: string): string {
  return apiUrl.endsWith('/api/v3') ? apiUrl.replace(/v3$/, 'graphql') : `${apiUrl}/graphql`;
}

/** Whether it reads by GraphQL. */
function isQuestion({ method, url, query }: { method: string; url: string; query?: unknown }): boolean {
  return method === 'POST' && url === '/graphql' && typeof query === 'string' && !/^\s*mutation\b/.test(query);
}

function logOf(logger: Logger) {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (message: string) => logger.warn(message),
    error: (message: string) => logger.error(message),
  };
}

/** An AppError on its way through the plugins, which look into `request` and `response` of whatever they catch. */
class Verdict extends Error {
  readonly error: AppError;
  readonly request = { request: {} };
  readonly response = { headers: {}, data: null };

  constructor(error: AppError) {
    super(error.message, { cause: error });
    this.error = error;
  }
}
