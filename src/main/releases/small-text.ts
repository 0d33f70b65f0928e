import { AppError } from '../core/errors.ts';
import type { ProviderFetch } from './provider-fetch.ts';

/** A checksum file has a line of some 100 bytes for each file; this is room for thousands. */
const MOST_BYTES = 256 * 1024;

/**
 * The text of one of a release's small files.
 *
 * @throws AppError `provider_error` if it is not small or not handed out, and what `fetch` throws
 */
export async function fetchSmallText(
  fetch: ProviderFetch,
  file: { readonly name: string; readonly url: string },
  signal: AbortSignal,
): Promise<string> {
  const answer = await fetch(file.url, { signal, limits: { maxBytes: MOST_BYTES } });
  if (answer.status === 200) return answer.text();
  await answer.body?.cancel();
  throw new AppError('provider_error', `GitHub did not hand out ${file.name} (status ${answer.status}).`);
}
