import type { Octokit } from '@octokit/core';
import { z } from 'zod';
import { AppError, hasCode } from '../core/errors.ts';
import { isSafeFileName } from './file-name.ts';
import { compareVersions, isPrerelease, versionOf } from './versions.ts';

/** The repository whose releases are watched. */
export const TRACKEEP = { owner: 'Dvorinka', repo: 'Trackeep' } as const;

/** Notes beyond this are cut: nobody reads them, and everything that shows them must carry them. */
const LONGEST_NOTES = 200_000;
const LONGEST_NAME = 300;
/** More files than any release has; what comes after is not looked at. */
const MOST_ASSETS = 300;

export interface FeedAsset {
  readonly name: string;
  readonly size: number;
  /** As GitHub tells it, such as `sha256:…`. */
  readonly digest: string | null;
  /** Where the file is fetched from. Untrusted until its host is checked. */
  readonly url: string;
}

/** A published release with a version in its tag. Everything in it was written by others. */
export interface FeedRelease {
  readonly version: string;
  readonly tag: string;
  readonly name: string;
  /** ms since the epoch. */
  readonly publishedAt: number | null;
  readonly prerelease: boolean;
  /** Markdown, as it was written but bounded. */
  readonly notes: string;
  readonly url: string;
  readonly assets: readonly FeedAsset[];
}

const Asset = z.object({
  name: z.string().refine(isSafeFileName),
  size: z.int().nonnegative(),
  digest: z.string().nullable().catch(null).default(null),
  browser_download_url: z.url(),
  // A file that is still being uploaded is listed too.
  state: z.literal('uploaded').optional(),
});

/** Only the tag is needed; everything else may be missing or odd, on older servers and for hand-made releases. */
const Release = z.object({
  tag_name: z.string(),
  name: z.string().nullable().catch(null).default(null),
  draft: z.boolean().catch(true).default(false),
  prerelease: z.boolean().catch(false).default(false),
  published_at: z.string().nullable().catch(null).default(null),
  body: z.string().nullable().catch(null).default(null),
  html_url: z.url().nullable().catch(null).default(null),
  assets: z.array(z.unknown()).catch([]).default([]),
});

/** One odd entry of a list does not spoil the others. */
const Releases = z.array(Release.nullable().catch(null));

/**
 * The newest release, or with `prereleases` the one with the highest version among all that are published.
 *
 * @param options.webUrl GitHub's address for people, for a release that has no page of its own
 * @returns null if nothing is published, or nothing that has a version
 * @throws AppError as the client does, and `provider_error` for an answer that is no release
 */
export async function fetchNewestRelease(
  github: Octokit,
  options: { prereleases: boolean; webUrl: string; signal: AbortSignal },
): Promise<FeedRelease | null> {
  const { prereleases, webUrl, signal } = options;
  try {
    if (!prereleases) {
      const { data } = await github.request('GET /repos/{owner}/{repo}/releases/latest', {
        ...TRACKEEP,
        request: { signal },
      });
      const parsed = Release.safeParse(data);
      if (!parsed.success) throw nonsense(parsed.error);
      const latest = read(parsed.data, webUrl);
      // A tag such as "nightly" marked as the latest says nothing; one of the others may.
      if (latest) return latest;
    }
    const { data } = await github.request('GET /repos/{owner}/{repo}/releases', {
      ...TRACKEEP,
      per_page: 100,
      request: { signal },
    });
    const list = Releases.safeParse(data);
    if (!list.success) throw nonsense(list.error);
    const published = list.data.map((release) => release && read(release, webUrl));
    return highest(published.filter((release) => release !== null && (prereleases || !release.prerelease)));
  } catch (error) {
    if (hasCode(error, 'not_found')) return null;
    throw error;
  }
}

function highest(releases: readonly (FeedRelease | null)[]): FeedRelease | null {
  return releases.reduce((best, release) => {
    if (!best || !release) return best ?? release;
    return compareVersions(release.version, best.version) > 0 ? release : best;
  }, null);
}

/** A release of the API as ours; null for a draft and for a tag without a version. */
function read(release: z.infer<typeof Release>, webUrl: string): FeedRelease | null {
  const version = versionOf(release.tag_name);
  if (release.draft || version === null) return null;
  const publishedAt = Date.parse(release.published_at ?? '');
  return {
    version,
    tag: release.tag_name,
    name: (release.name?.trim() || release.tag_name).slice(0, LONGEST_NAME),
    publishedAt: Number.isNaN(publishedAt) ? null : publishedAt,
    prerelease: release.prerelease || isPrerelease(version),
    notes: (release.body ?? '').slice(0, LONGEST_NOTES),
    url: webPage(release.html_url) ?? `${webUrl}/${TRACKEEP.owner}/${TRACKEEP.repo}/releases`,
    assets: release.assets.slice(0, MOST_ASSETS).flatMap((item) => {
      const asset = Asset.safeParse(item);
      if (!asset.success) return [];
      const { name, size, digest, browser_download_url: url } = asset.data;
      return [{ name, size, digest, url }];
    }),
  };
}

/** People are sent there by a click, so it must be a page and not a `javascript:` or `file:` address. */
function webPage(url: string | null): string | null {
  return url !== null && /^https?:$/.test(new URL(url).protocol) ? url : null;
}

function nonsense(cause?: unknown): AppError {
  return new AppError('provider_error', 'GitHub answered something that is not a release.', { cause });
}
