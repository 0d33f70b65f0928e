import { AppError } from '../core/errors.ts';
import type { HttpFetch, HttpLimits } from '../core/http-client.ts';
import { type GitHubAddresses, requireProviderHost } from './provider-hosts.ts';

const MOST_REDIRECTS = 5;

/** Fetches public files from the provider, without anyone's token. */
export type ProviderFetch = (
  url: string,
  init: { headers?: Record<string, string>; signal: AbortSignal; limits?: HttpLimits },
) => Promise<Response>;

/**
 * Follows redirects by hand, so that every hop stays on the provider's hosts. GitHub answers a download with a
 * redirect to its storage.
 *
 * @returns a function that throws AppError `download_failed` for a foreign or endless redirect, and what `fetch` throws
 */
export function createProviderFetch({ fetch, github }: { fetch: HttpFetch; github: GitHubAddresses }): ProviderFetch {
  return async (url, init) => {
    let address = addressOf(url);
    for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
      requireProviderHost(address, github);
      const answer = await fetch(address, { ...init, redirect: 'manual' });
      if (answer.status < 300 || answer.status > 399 || answer.status === 304) return answer;
      await answer.body?.cancel();
      address = addressOf(answer.headers.get('location') ?? '', address);
    }
    throw new AppError('download_failed', 'The download was redirected too many times.');
  };
}

function addressOf(text: string, base?: URL): URL {
  const address = URL.parse(text, base?.href);
  if (!address) throw new AppError('download_failed', 'The release gives no usable address for its file.');
  return address;
}
