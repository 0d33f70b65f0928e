import { type Answer, type Exchange, json, parametersOf } from './exchange.ts';

/**
 * What happens instead of the usual answer.
 * - an `Answer`: sent as it is
 * - `hang`: no answer, the connection stays open
 * - `reset`: the connection is reset before anything is done
 * - `lost`: the request is carried out and its answer never arrives
 * - `html`: a proxy's page with status 200
 * - `passAfter`: the request waits for the promise and is then carried out
 * - `answerAfter`: the request is carried out at once and its answer waits for the promise
 */
export type Failure =
  | Answer
  | 'hang'
  | 'reset'
  | 'lost'
  | 'html'
  | { passAfter: Promise<unknown> }
  | { answerAfter: Promise<unknown> };

export interface FailureRule {
  /** Method and path, such as `GET /repos/**`; see `patternOf`. */
  match: string;
  /** Looks at the parameters too, such as at the grant type. */
  when?: (parameters: URLSearchParams) => boolean;
  /** How often; always, if not given. */
  times?: number;
  answer: Failure;
}

export interface Failures {
  /** @returns a function that takes the rule away */
  add(rule: FailureRule): () => void;
  /** The failure for this request, counted; null: all is well. */
  next(exchange: Exchange): Failure | null;
  clear(): void;
}

export function createFailures(): Failures {
  const rules = new Set<{ rule: FailureRule; pattern: RegExp; left: number }>();
  return {
    add(rule) {
      const entry = { rule, pattern: patternOf(rule.match), left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.add(entry);
      return () => rules.delete(entry);
    },
    next(exchange) {
      for (const entry of rules) {
        if (!entry.pattern.test(`${exchange.method} ${exchange.path}`)) continue;
        if (entry.rule.when && !entry.rule.when(parametersOf(exchange))) continue;
        entry.left -= 1;
        if (entry.left <= 0) rules.delete(entry);
        return entry.rule.answer;
      }
      return null;
    },
    clear: () => rules.clear(),
  };
}

/** Matches `METHOD path`: `*` is one segment, `**` anything; the method `*` is any. */
export function patternOf(match: string): RegExp {
  const [method = '*', path = '/**'] = match.split(' ');
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const glob = escaped.replace(/\*\*|\*/g, (star) => (star === '**' ? '.*' : '[^/]+'));
  return new RegExp(`^${method === '*' ? '[A-Z]+' : method} ${glob}$`);
}

/** The page that a captive portal or a company proxy puts in the place of an answer. */
export const PROXY_PAGE: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><html><head><title>Network login</title></head><body>Please log in to the network.</body></html>',
};

/** Answers with which GitHub refuses, in its own words. Times are ms since the epoch, delays seconds. */
export const refusals = {
  badCredentials: (): Answer =>
    json(401, { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' }),
  primaryLimit: (resetAt: number): Answer =>
    json(
      403,
      {
        message:
          'API rate limit exceeded for user ID 1. If you reach out to GitHub Support for help, please include it.',
        documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
      },
      {
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-used': '5000',
        'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)),
        'x-ratelimit-resource': 'core',
      },
    ),
  /** The body with which GraphQL says, with status 200, that its points are used up. */
  graphqlRateLimit: {
    errors: [{ type: 'RATE_LIMITED', message: 'API rate limit already exceeded for user ID 1.' }],
  },
  /** Told apart by its body only, unless `retryAfter` is given. */
  secondaryLimit: (retryAfter?: number): Answer =>
    json(
      403,
      {
        message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        documentation_url:
          'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
      },
      retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    ),
  tooManyRequests: (retryAfter: number): Answer =>
    json(429, { message: 'Too many requests' }, { 'retry-after': String(retryAfter) }),
  ssoRequired: (url: string): Answer =>
    json(
      403,
      { message: 'Resource protected by organization SAML enforcement. You must grant your OAuth token access.' },
      { 'x-github-sso': `required; url=${url}` },
    ),
  serverError: (status = 500): Answer => json(status, { message: 'Server Error' }),
} as const;
