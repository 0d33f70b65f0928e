import { z } from 'zod';
import { SECOND_MS } from '../../shared/durations.ts';
import type { Grant } from './provider.ts';

/** No token of any provider lives longer; a larger number is a mistake, and would not fit into a date. */
const LONGEST_LIFETIME_S = 1_000_000_000;

/** Seconds as servers send them: numbers, or by mistake numbers in quotes. */
export const Seconds = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,12}$/)
      .transform(Number),
  ])
  .pipe(z.number().nonnegative());

/** Tokens travel in a header: what could end the header early is no token. */
export const Token = z.string().regex(/^[\x21-\x7e]{1,16384}$/);

/** Where a person may be led, as a provider names it: `javascript:` is an address, too. */
export const WebAddress = z.url({ protocol: /^https?$/ }).nullable();

const Lifetime = Seconds.transform((seconds) => Math.min(seconds, LONGEST_LIFETIME_S))
  .optional()
  .catch(undefined);

/**
 * RFC 6749 §5.1, with GitHub's `refresh_token_expires_in`. Strict about the token, lenient about all that describes it:
 * a refresh that succeeded has used up the old token, so an odd lifetime must not throw the new one away.
 */
export const TokenAnswer = z.object({
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

/**
 * @param answer as `TokenAnswer` reads it
 * @param now ms since the epoch, when it arrived
 */
export function toGrant(answer: Omit<z.output<typeof TokenAnswer>, 'token_type'>, now: number): Grant {
  const expiry = (seconds: number | undefined) => (seconds === undefined ? null : now + seconds * SECOND_MS);
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    accessExpiresAt: expiry(answer.expires_in),
    refreshExpiresAt: expiry(answer.refresh_token_expires_in),
    scopes: answer.scope.split(/[\s,]+/).filter(Boolean),
  };
}

/** What did not fit, by the names of fields only: the values may be tokens. */
export function oddFields({ issues }: z.ZodError): Error {
  const fields = [...new Set(issues.map((issue) => issue.path.join('.') || 'answer'))].join(', ');
  return new Error(`unexpected fields: ${fields}`);
}

/** @returns undefined if `text` is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
