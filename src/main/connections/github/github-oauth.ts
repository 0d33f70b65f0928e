import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { rateLimited } from '../pauses.ts';
import type { DeviceCode, Grant } from '../provider.ts';
import { gitHubTrouble, notGitHub } from './github-errors.ts';
import { pauseAskedFor } from './rate-limit.ts';

const SECOND = 1_000;

/** RFC 8628 §3.2 and §3.5: what counts where the server names nothing. GitHub always names both. */
const DEVICE_CODE_LIFETIME_S = 900;
const DEVICE_POLL_INTERVAL_S = 5;

/** Seconds as servers send them: numbers, or by mistake numbers in quotes. */
const Seconds = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,12}$/)
      .transform(Number),
  ])
  .pipe(z.number().nonnegative());

/** Tokens travel in a header: what could end the header early is no token. */
const Token = z.string().regex(/^[\x21-\x7e]{1,16384}$/);

const DeviceCodeAnswer = z.object({
  device_code: Token,
  user_code: z.string().regex(/^[A-Za-z0-9-]{4,32}$/),
  verification_uri: z.url(),
  expires_in: Seconds.pipe(z.number().min(1).max(3_600)).default(DEVICE_CODE_LIFETIME_S),
  interval: Seconds.pipe(z.number().max(300)).default(DEVICE_POLL_INTERVAL_S),
});

/** No token of any provider lives longer; a larger number is a mistake, and would not fit into a date. */
const LONGEST_LIFETIME_S = 1_000_000_000;

const Lifetime = Seconds.transform((seconds) => Math.min(seconds, LONGEST_LIFETIME_S))
  .optional()
  .catch(undefined);

/**
 * RFC 6749 §5.1, with GitHub's `refresh_token_expires_in`. Strict about the token, lenient about all that describes it:
 * a refresh that succeeded has used up the old token, so an odd lifetime must not throw the new one away.
 */
const TokenAnswer = z.object({
  access_token: Token,
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .default('bearer'),
  scope: z.string().catch(''),
  expires_in: Lifetime,
  refresh_token: Token.optional().catch(undefined),
  refresh_token_expires_in: Lifetime,
});

const ErrorAnswer = z.object({ error: z.string().min(1), interval: Seconds.optional().catch(undefined) });

/** GitHub's OAuth endpoints as they are: what came, or which error came instead. */
export interface GitHubOAuth {
  /** `POST /login/device/code` */
  deviceCode(form: Record<string, string>): Promise<DeviceCode | OAuthRefusal>;
  /** `POST /login/oauth/access_token` with any grant type */
  token(form: Record<string, string>): Promise<Grant | OAuthRefusal>;
}

/** GitHub's `error`, with the new polling interval that `slow_down` brings. */
export interface OAuthRefusal {
  error: string;
  intervalMs: number | null;
}

/**
 * Both calls throw AppErrors for passing trouble only (`offline`, `tls_untrusted`, `rate_limited`, `provider_error`).
 *
 * Why not @octokit/oauth-methods: it has no PKCE, wants a secret where GitHub wants none, and takes any JSON for an
 * answer. These are two requests.
 *
 * @param url GitHub's address without a trailing slash
 */
export function createGitHubOAuth({
  url,
  fetch,
  clock,
}: {
  url: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
}): GitHubOAuth {
  const post = async (path: string, form: Record<string, string>): Promise<unknown> => {
    // A redirect is never GitHub's here, and following one would carry codes and secrets to whoever sent it.
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
      redirect: 'manual',
    });
    const text = await answer.text();
    const { status } = answer;
    const pause = pauseAskedFor({ status, headers: Object.fromEntries(answer.headers), data: undefined }, clock.now());
    if (pause !== null) throw rateLimited('GitHub', clock.now() + pause);
    if (status >= 500) throw gitHubTrouble(status);
    const json = parseJson(text);
    if (json === undefined) throw notGitHub(status);
    return json;
  };

  const read = <T extends z.ZodType>(schema: T, json: unknown, what: string): z.output<T> | OAuthRefusal => {
    const refusal = ErrorAnswer.safeParse(json);
    if (refusal.success) {
      const { error, interval } = refusal.data;
      return { error, intervalMs: interval === undefined ? null : interval * SECOND };
    }
    const answer = schema.safeParse(json);
    if (answer.success) return answer.data;
    // Field names only: the values may be tokens.
    const fields = [...new Set(answer.error.issues.map((issue) => issue.path.join('.') || 'answer'))].join(', ');
    throw new AppError('provider_error', `GitHub sent ${what} that makes no sense.`, {
      cause: new Error(`unexpected fields: ${fields}`),
    });
  };

  return {
    async deviceCode(form) {
      const answer = read(DeviceCodeAnswer, await post('/login/device/code', form), 'a code');
      if ('error' in answer) return answer;
      if (!leadsTo(answer.verification_uri, url)) {
        throw new AppError('provider_error', 'GitHub sent an address for the code that cannot be trusted.');
      }
      return {
        deviceCode: answer.device_code,
        userCode: answer.user_code,
        verificationUri: answer.verification_uri,
        lifetimeMs: answer.expires_in * SECOND,
        intervalMs: answer.interval * SECOND,
      };
    },
    async token(form) {
      const answer = read(TokenAnswer, await post('/login/oauth/access_token', form), 'a token');
      if ('error' in answer) return answer;
      const now = clock.now();
      const expiry = (seconds: number | undefined) => (seconds === undefined ? null : now + seconds * SECOND);
      return {
        accessToken: answer.access_token,
        refreshToken: answer.refresh_token ?? null,
        accessExpiresAt: expiry(answer.expires_in),
        refreshExpiresAt: expiry(answer.refresh_token_expires_in),
        scopes: answer.scope.split(/[\s,]+/).filter(Boolean),
      };
    },
  };
}

/**
 * Whether a person may be sent to `address` in the name of `provider`: by https, or to the very server we asked (an
 * emulator on this machine has no certificate).
 */
export function leadsTo(address: string, provider: string): boolean {
  const target = URL.parse(address);
  if (target === null) return false;
  if (target.username !== '' || target.password !== '') return false;
  return target.protocol === 'https:' || target.origin === new URL(provider).origin;
}

/** @returns undefined if `text` is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
