import type { Octokit } from '@octokit/core';
import type { Kysely } from 'kysely';
import type { UpdatesView } from '../../shared/release-views.ts';
import type { SettingsView } from '../../shared/settings-views.ts';
import type { Connections } from '../connections/connections.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { HttpFetch } from '../core/http-client.ts';
import { isoOrNull } from '../core/iso-time.ts';
import type { Logger } from '../core/logger.ts';
import type { Schedule, Scheduler } from '../core/scheduler.ts';
import type { Schema } from '../storage/schema.ts';
import type { Machine } from './asset-choice.ts';
import { JITTER, nextInterval } from './check-interval.ts';
import { createDownloadFolder, type Wanted } from './download-folder.ts';
import { createDownloads } from './downloads.ts';
import { findNewestRelease } from './newest-release.ts';
import { type Outcome, outcomeOf, stateOf, waitsForConnection } from './outcome.ts';
import { createProviderFetch } from './provider-fetch.ts';
import type { Releases } from './releases.ts';
import { createSnapshotStore, type KnownRelease, type Snapshot } from './snapshot.ts';
import { compareVersions, versionOf } from './versions.ts';

export interface ReleasesParts {
  db: Kysely<Schema>;
  settings: { get(): Pick<SettingsView, 'automaticChecks' | 'checkIntervalMs' | 'prereleases' | 'currentVersion'> };
  connections: Pick<Connections, 'github' | 'list'>;
  config: Pick<Config, 'github' | 'appVersion'>;
  clock: Clock;
  logger: Logger;
  bus: Bus;
  scheduler: Scheduler;
  fetch: HttpFetch;
  dataDir: string;
  platform: Machine;
}

/** Watches the release feed, and downloads from it. */
export function createReleases(parts: ReleasesParts): Releases {
  const { settings, connections, clock, logger, bus, scheduler, platform } = parts;
  const { github, appVersion } = parts.config;
  const snapshots = createSnapshotStore({ db: parts.db, source: `${github.apiUrl} ${platform.os} ${platform.arch}` });
  const fetch = createProviderFetch({ fetch: parts.fetch, github });
  const changed = () => bus.emit('updates');
  const downloads = createDownloads({
    folder: createDownloadFolder(parts),
    fetch,
    clock,
    logger,
    changed,
  });

  let snapshot: Snapshot | null = null;
  let outcome: Outcome = { kind: 'never_checked' };
  let failures = 0;
  let check: { abort: AbortController; done: Promise<void> } | null = null;
  let schedule: Schedule | null = null;
  let watched = settings.get();
  let started = false;
  /** Ends what others asked for when the room is closed. */
  const ending = new AbortController();
  const stopListening: (() => void)[] = [];

  const newest = () => snapshot?.release ?? null;
  const currentVersion = () => appVersion ?? settings.get().currentVersion;

  /** How the newest release compares with the current version; null: one of them is not known. */
  function comparison(): number | null {
    const release = newest();
    const current = versionOf(currentVersion() ?? '');
    return release && current !== null ? compareVersions(release.version, current) : null;
  }

  function view(): UpdatesView {
    const release = newest();
    return {
      state: check ? 'checking' : stateOf(outcome, comparison()),
      currentVersion: currentVersion(),
      currentVersionFrom: appVersion !== null ? 'environment' : currentVersion() !== null ? 'person' : null,
      latest: release && releaseView(release),
      updateAvailable: (comparison() ?? 0) > 0,
      prereleases: settings.get().prereleases,
      checkedAt: isoOrNull(snapshot?.checkedAt ?? null),
      nextCheckAt: isoOrNull(schedule?.next() ?? null),
      offlineSince: outcome.kind === 'offline' ? isoOrNull(outcome.since) : null,
      retryAt: outcome.kind === 'rate_limited' ? isoOrNull(outcome.retryAt) : null,
      error: 'error' in outcome ? outcome.error.toView() : null,
      download: downloads.view(),
    };
  }

  /** One check. Whoever asks while it runs shares it. */
  async function checkNow(): Promise<void> {
    if (!check) {
      const abort = new AbortController();
      const done = connections
        .github()
        .then((octokit) => ask(octokit, abort.signal))
        .catch((error: unknown) => {
          if (!abort.signal.aborted) note(outcomeOf(toAppError(error), outcome, clock.now()));
        })
        .finally(() => {
          check = null;
          planNext();
          changed();
        });
      check = { abort, done };
      changed();
    }
    await check.done;
  }

  async function ask(octokit: Octokit, signal: AbortSignal): Promise<void> {
    const { prereleases } = settings.get();
    const options = { prereleases, github, machine: platform, fetch, signal };
    const release = await findNewestRelease(octokit, options);
    signal.throwIfAborted();
    snapshot = { checkedAt: clock.now(), release, noticed: snapshot?.noticed ?? null };
    note(release ? { kind: 'reached' } : { kind: 'no_releases' });
    if (release) tellOnce(release);
    await snapshots.save(snapshot).catch((error: unknown) => {
      logger.warn('the release feed was not kept', { error });
    });
    const file = release && fileOf(release);
    if (file) await downloads.outdate(file);
  }

  function note(next: Outcome): void {
    failures = next.kind === 'offline' || next.kind === 'failed' ? failures + 1 : 0;
    if ('error' in next && next.kind !== outcome.kind) {
      logger.info('the release feed was not reached', { state: next.kind, error: next.error });
    }
    outcome = next;
  }

  function tellOnce(release: KnownRelease): void {
    if (!snapshot || snapshot.noticed === release.version || (comparison() ?? 0) <= 0) return;
    snapshot.noticed = release.version;
    bus.emit('notice', {
      kind: 'info',
      title: `Trackeep ${release.version} is out`,
      body: `You run ${currentVersion()}. See what is new and download it.`,
      page: 'updates',
    });
  }

  /** Counts the interval from now on, whoever asked for the check that has just ended. */
  function planNext(): void {
    schedule?.stop();
    schedule = null;
    if (!started || !watched.automaticChecks) return;
    const now = clock.now();
    schedule = scheduler.every('releases', {
      intervalMs: () => nextInterval(settings.get().checkIntervalMs, outcome, failures, now),
      jitter: JITTER,
      // Not waited for: when the check has ended, it plans the next one anew.
      task: async () => void checkNow(),
    });
  }

  function onSettings(): void {
    const before = watched;
    watched = settings.get();
    const switchedOn = watched.automaticChecks && !before.automaticChecks;
    if (watched.automaticChecks !== before.automaticChecks) planNext();
    else if (watched.checkIntervalMs !== before.checkIntervalMs) schedule?.reschedule();
    if (switchedOn || watched.prereleases !== before.prereleases) void checkAfresh();
    changed();
  }

  /** A check under way may have begun with the old settings. */
  async function checkAfresh(): Promise<void> {
    await check?.done;
    if (started) await checkNow();
  }

  async function onConnections(): Promise<void> {
    // A check under way may be about to end without the account that has just been connected.
    await check?.done;
    if (!started || !waitsForConnection(outcome)) return;
    const list = await connections.list();
    if (list.some(({ platform, state }) => platform === 'github' && state === 'ok')) await checkNow();
  }

  async function restore(): Promise<void> {
    snapshot = await snapshots.load();
    const release = newest();
    if (snapshot) outcome = { kind: release ? 'reached' : 'no_releases' };
    await downloads.restore(release && fileOf(release));
  }

  return {
    view,
    async check() {
      await checkNow();
      return view();
    },
    async checkWith(octokit) {
      await ask(octokit, ending.signal);
      changed();
      return { currentVersion: currentVersion(), updateAvailable: (comparison() ?? 0) > 0, release: newest() };
    },
    async download() {
      const release = newest();
      const file = release && fileOf(release);
      if (!release) throw new AppError('no_asset', 'No release is known yet.', { remedy: 'Check for updates first.' });
      if (!file) throw new AppError('no_asset', 'There is no file for this platform.', { url: release.url });
      downloads.begin(file);
      return view();
    },
    async stopDownload() {
      await downloads.stop();
      return view();
    },
    async discard() {
      await downloads.discard();
      return view();
    },
    async start() {
      started = true;
      watched = settings.get();
      await restore().catch((error: unknown) => logger.warn('what was there before was not restored', { error }));
      const onConnectionChange = () => {
        onConnections().catch((error: unknown) => logger.warn('the connections were not read', { error }));
      };
      stopListening.push(
        bus.on('settings', onSettings),
        bus.on('connections', onConnectionChange),
        bus.on('vault', onConnectionChange),
      );
      planNext();
      if (watched.automaticChecks) void checkNow();
    },
    async stop() {
      started = false;
      for (const stop of stopListening.splice(0)) stop();
      schedule?.stop();
      schedule = null;
      check?.abort.abort(new Error('The app stops.'));
      ending.abort(new Error('The app stops.'));
      await Promise.all([check?.done, downloads.close()]);
    },
  };
}

function fileOf({ version, asset }: KnownRelease): Wanted | null {
  return asset && { version, ...asset };
}

function releaseView(release: KnownRelease): NonNullable<UpdatesView['latest']> {
  const { version, tag, name, prerelease, notes, url, asset } = release;
  return {
    version,
    tag,
    name,
    publishedAt: isoOrNull(release.publishedAt),
    prerelease,
    notes,
    url,
    asset: asset && { name: asset.name, size: asset.size, checksum: asset.checksum },
  };
}
