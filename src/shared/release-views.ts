/** What people see of Trackeep's releases. */
import { z } from 'zod';
import { ErrorView } from './errors.ts';

const Time = z.iso.datetime();

export const Asset = z.strictObject({
  name: z.string(),
  size: z.int().nonnegative(),
  /** What the download will be checked against, and where that came from; null: it cannot be verified. */
  checksum: z
    .strictObject({ sha256: z.string().length(64), source: z.enum(['digest', 'checksum_asset', 'notes']) })
    .nullable(),
});
export type Asset = z.infer<typeof Asset>;

export const ReleaseView = z.strictObject({
  /** Semantic version without a leading v. */
  version: z.string(),
  tag: z.string(),
  name: z.string(),
  publishedAt: Time.nullable(),
  prerelease: z.boolean(),
  /** Markdown as the maintainers wrote it: untrusted. */
  notes: z.string(),
  url: z.url(),
  /** The file for this platform and architecture, if there is one. */
  asset: Asset.nullable(),
});
export type ReleaseView = z.infer<typeof ReleaseView>;

export const DownloadState = z.enum(['downloading', 'stopped', 'verifying', 'verified', 'unverified', 'failed']);
export type DownloadState = z.infer<typeof DownloadState>;

export const DownloadView = z.strictObject({
  version: z.string(),
  assetName: z.string(),
  state: DownloadState,
  receivedBytes: z.int().nonnegative(),
  totalBytes: z.int().nonnegative(),
  /** Where the finished file lies. Null until it is verified, or known to be unverifiable. */
  path: z.string().nullable(),
  error: ErrorView.nullable(),
});
export type DownloadView = z.infer<typeof DownloadView>;

export const UpdatesState = z.enum([
  'never_checked',
  'checking',
  'up_to_date',
  'available',
  'current_unknown',
  'not_signed_in',
  'rate_limited',
  'offline',
  'no_releases',
  'failed',
]);
export type UpdatesState = z.infer<typeof UpdatesState>;

export const UpdatesView = z.strictObject({
  state: UpdatesState,
  /** The Trackeep version the person runs; null until they say so. */
  currentVersion: z.string().nullable(),
  currentVersionFrom: z.enum(['environment', 'person']).nullable(),
  /** The newest release known, kept while later checks fail. */
  latest: ReleaseView.nullable(),
  updateAvailable: z.boolean(),
  prereleases: z.boolean(),
  /** The last check that reached the feed. */
  checkedAt: Time.nullable(),
  nextCheckAt: Time.nullable(),
  /** Since when the feed cannot be reached. */
  offlineSince: Time.nullable(),
  /** Until when the provider wants no request. */
  retryAt: Time.nullable(),
  error: ErrorView.nullable(),
  download: DownloadView.nullable(),
});
export type UpdatesView = z.infer<typeof UpdatesView>;
