import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { pauseAskedFor } from './github/rate-limit.ts';
import { rateLimited } from './pauses.ts';
import { parseJson } from './token-answer.ts';

/** An answer that is the provider's own. */
export interface ProviderAnswer {
  status: number;
  /** The parsed body; undefined where there is none. */
  data: unknown;
  headers: Headers;
}

/**
 * One request to a provider's OAuth endpoints or REST API.
 *
 * @throws AppError passing trouble only: `offline`, `tls_untrusted`, `rate_limited` (429), or `provider_error` for 5xx and
 *   for what is not the provider's. Every other status is an answer.
 */
export type ProviderHttp = (
  url: string,
  init: RequestInit & { headers: Record<string, string> },
) => Promise<ProviderAnswer>;

/** @param parts.name the provider's */
export function createProviderHttp(parts: {
  name: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
}): ProviderHttp {
  const { name, fetch, clock } = parts;
  return async (url, init) => {
    // A redirect is never the provider's here, and following one would carry codes and secrets to whoever sent it.
    const answer = await fetch(url, {
      ...init,
      headers: { accept: 'application/json', ...init.headers },
      redirect: 'manual',
    });
    const { status } = answer;
    const text = await answer.text();
    if (status === 429) {
      const headers = Object.fromEntries(answer.headers);
      const pause = pauseAskedFor({ status, headers, data: undefined }, clock.now()) ?? 0;
      throw rateLimited(name, clock.now() + pause);
    }
    if (status >= 500) throw new AppError('provider_error', `${name} has trouble right now (status ${status}).`);
    const data = parseJson(text);
    // A proxy's 401 or 404 says nothing about a token: the provider's own are JSON.
    if (data === undefined && text !== '') {
      throw new AppError('provider_error', `Something other than ${name} answered (status ${status}).`, {
        remedy: 'Check whether a proxy or a Wi-Fi sign-in page stands in between. Nothing is lost; it is tried again.',
      });
    }
    return { status, data, headers: answer.headers };
  };
}

/** RFC 6749 §2.3.1 by HTTP Basic. */
export function basic(clientId: string, clientSecret: string): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`;
}

/** An error code fit to be shown: anything but a plain word may be a page, or an attempt to be one. */
export function readableCode(error: string): string {
  return /^[\w.-]{1,60}$/.test(error) ? `"${error}"` : 'an error it did not explain';
}
