import { z } from 'zod';
import { SECOND_MS } from '../../../shared/durations.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { rateLimited } from '../pauses.ts';
import type { DeviceCode, Grant } from '../provider.ts';
import { oddFields, parseJson, Seconds, Token, TokenAnswer, toGrant } from '../token-answer.ts';
import { gitHubTrouble, notGitHub } from './github-errors.ts';
import { pauseAskedFor } from './rate-limit.ts';

/** RFC 8628 §3.2 and §3.5: what counts where the server names nothing. GitHub always names both. */
const DEVICE_CODE_LIFETIME_S = 900;
const DEVICE_POLL_INTERVAL_S = 5;

const DeviceCodeAnswer = z.object({
  device_code: Token,
  user_code: z.string().regex(/^[A-Za-z0-9-]{4,32}$/),
  verification_uri: z.url(),
  expires_in: Seconds.pipe(z.number().min(1).max(3_600)).default(DEVICE_CODE_LIFETIME_S),
  interval: Seconds.pipe(z.number().max(300)).default(DEVICE_POLL_INTERVAL_S),
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
      return { error, intervalMs: interval === undefined ? null : interval * SECOND_MS };
    }
    const answer = schema.safeParse(json);
    if (answer.success) return answer.data;
    throw new AppError('provider_error', `GitHub sent ${what} that makes no sense.`, {
      cause: oddFields(answer.error),
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
        lifetimeMs: answer.expires_in * SECOND_MS,
        intervalMs: answer.interval * SECOND_MS,
      };
    },
    async token(form) {
      const answer = read(TokenAnswer, await post('/login/oauth/access_token', form), 'a token');
      if ('error' in answer) return answer;
      return toGrant(answer, clock.now());
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
