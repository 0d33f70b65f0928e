import type { Octokit } from '@octokit/core';
import { chooseAsset, type Machine } from './asset-choice.ts';
import { findChecksum } from './checksum.ts';
import { fetchNewestRelease } from './feed.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { GitHubAddresses } from './provider-hosts.ts';
import { fetchSmallText } from './small-text.ts';
import type { KnownRelease } from './snapshot.ts';

/**
 * Asks the feed for the newest release and settles which of its files is for this machine, and what that must hash to.
 *
 * @returns null if there is no release
 * @throws AppError as the feed does, and passing trouble if a checksum file cannot be read: an update that could be
 *   verified must not be offered as one that cannot
 */
export async function findNewestRelease(
  octokit: Octokit,
  options: {
    prereleases: boolean;
    github: GitHubAddresses;
    machine: Machine;
    fetch: ProviderFetch;
    signal: AbortSignal;
  },
): Promise<KnownRelease | null> {
  const { prereleases, github, machine, fetch, signal } = options;
  const release = await fetchNewestRelease(octokit, { prereleases, webUrl: github.url, signal });
  if (!release) return null;
  const { assets, ...rest } = release;
  const chosen = chooseAsset(assets, machine);
  if (!chosen) return { ...rest, asset: null };
  const checksum = await findChecksum(chosen, release, (file) => fetchSmallText(fetch, file, signal));
  const { name, size, url } = chosen;
  return { ...rest, asset: { name, size, url, checksum } };
}
