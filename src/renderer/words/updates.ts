import type { Asset, DownloadView, UpdatesState, UpdatesView } from '../../shared/release-views.ts';
import type { StateWords } from './states.ts';

export const UPDATES_STATES: Record<UpdatesState, StateWords> = {
  never_checked: { word: 'Not checked yet', shape: 'dot', tone: 'waiting' },
  checking: { word: 'Checking', shape: 'turning', tone: 'working' },
  up_to_date: { word: 'Up to date', shape: 'check', tone: 'good' },
  available: { word: 'Update available', shape: 'arrow', tone: 'working' },
  current_unknown: { word: 'Your version is not known', shape: 'question', tone: 'waiting' },
  not_signed_in: { word: 'Not signed in', shape: 'lock', tone: 'warning' },
  rate_limited: { word: 'Paused by GitHub', shape: 'pause', tone: 'waiting' },
  offline: { word: 'Offline', shape: 'cut', tone: 'waiting' },
  no_releases: { word: 'No releases yet', shape: 'dot', tone: 'waiting' },
  failed: { word: 'The check failed', shape: 'triangle', tone: 'warning' },
};

/** The first sentence of the Updates page. */
export function updatesHeadline(updates: UpdatesView): string {
  const newest = updates.latest?.version;
  switch (updates.state) {
    case 'available':
      return `Trackeep ${newest} is out`;
    case 'up_to_date':
      return 'Trackeep is up to date';
    case 'checking':
      return 'Checking for updates';
    case 'current_unknown':
      return 'Which Trackeep do you run?';
    case 'not_signed_in':
      return 'Sign in to check for updates';
    case 'rate_limited':
      return 'GitHub asks for a pause';
    case 'offline':
      return 'GitHub cannot be reached';
    case 'no_releases':
      return 'There is no release yet';
    case 'failed':
      return 'The last check did not work';
    case 'never_checked':
      return 'Not checked yet';
  }
}

const CHECKSUM_SOURCES: Record<NonNullable<Asset['checksum']>['source'], string> = {
  digest: 'the SHA-256 that GitHub recorded when the file was uploaded',
  checksum_asset: "the SHA-256 in the release's checksum file",
  notes: 'the SHA-256 in the release notes',
};

/** What a downloaded file will be checked against, said before the download. */
export function verificationPlan(asset: Asset): string {
  if (!asset.checksum) return 'Cannot be verified: the release names no checksum for it.';
  return `Will be checked against ${CHECKSUM_SOURCES[asset.checksum.source]}.`;
}

/** How the downloaded file came out of the check. */
export function verificationOutcome(download: DownloadView, asset: Asset | null): StateWords & { sentence: string } {
  switch (download.state) {
    case 'verified':
      return {
        word: 'Verified',
        shape: 'check',
        tone: 'good',
        sentence: `It matches ${asset?.checksum ? CHECKSUM_SOURCES[asset.checksum.source] : 'its SHA-256'}.`,
      };
    case 'unverified':
      return {
        word: 'Not verified',
        shape: 'question',
        tone: 'warning',
        sentence: 'The release names no checksum, so nobody can tell whether the file is what the maintainers made.',
      };
    case 'failed':
      return { word: 'Failed', shape: 'triangle', tone: 'bad', sentence: 'The file is not used.' };
    case 'verifying':
      return {
        word: 'Verifying',
        shape: 'turning',
        tone: 'working',
        sentence: 'The file is compared with its checksum.',
      };
    case 'stopped':
      return { word: 'Stopped', shape: 'pause', tone: 'waiting', sentence: 'What has arrived is kept.' };
    case 'downloading':
      return {
        word: 'Downloading',
        shape: 'turning',
        tone: 'working',
        sentence: 'It is checked when all of it is here.',
      };
  }
}
