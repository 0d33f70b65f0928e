import type { DownloadView, UpdatesState, UpdatesView } from '../../../shared/release-views.ts';
import { AppError, fromErrorView } from '../../core/errors.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { relativeTime, size, table } from '../words.ts';

const ACTIONS = ['status', 'check', 'download', 'stop', 'discard'] as const;
type Action = (typeof ACTIONS)[number];

export const updates: Command = {
  name: 'updates',
  summary: 'See, check for and download Trackeep releases',
  description: [
    'status shows what is known; check asks the release feed now, with your account; download fetches the file for this machine, verifies it and says where it lies; stop ends a download and keeps what has arrived; discard deletes it.',
    'check exits with 0 whether or not there is an update: that is in what it prints, and in "updateAvailable" with --json. It exits with 4 when no account is connected, and with 1 when the feed could not be read.',
  ],
  arguments: [{ name: 'ACTION', values: ACTIONS, text: 'What to do; status when left out.' }],
  options: [{ name: 'no-wait', text: 'download: do not wait for its end.' }],
  examples: ['trackeep updates check', 'trackeep updates check --json', 'trackeep updates download'],

  run(invocation) {
    const action = (invocation.argument('ACTION') ?? 'status') as Action;
    return RUN[action](invocation);
  },
};

const RUN: Record<Action, (invocation: Invocation) => Promise<number>> = {
  status: async (invocation) => show(invocation, await invocation.call('updates.get', {})),
  check: async (invocation) => {
    const view = await invocation.call('updates.check', {});
    show(invocation, view);
    return outcomeOfCheck(view);
  },
  download,
  stop: async (invocation) => show(invocation, await invocation.call('updates.stop', {})),
  discard: async (invocation) => show(invocation, await invocation.call('updates.discard', {})),
};

/** What became of a check, for scripts; the words have been printed. */
function outcomeOfCheck({ state, error }: UpdatesView): number {
  if (state === 'not_signed_in') return EXIT.signInNeeded;
  if (state !== 'failed' && state !== 'offline' && state !== 'rate_limited') return EXIT.fine;
  return error === null ? EXIT.failed : exitCodeOf(error.code);
}

async function download(invocation: Invocation): Promise<number> {
  const { app, call, has, json, terminal } = invocation;
  const connection = await app();
  const changed = watch();
  connection.subscribe((event) => {
    if (event.event === 'updates') changed.notify();
  });
  void connection.closed.then(() => changed.notify());
  let view = await call('updates.download', {});
  while (!has('no-wait') && isUnderWay(view.download)) {
    if (!json && view.download) terminal.transient(progress(view.download));
    await changed.next();
    view = await call('updates.get', {});
  }
  if (view.download?.state === 'failed') {
    const { error } = view.download;
    throw error ? fromErrorView(error) : new AppError('download_failed', 'The download failed.');
  }
  show(invocation, view);
  return view.download?.state === 'stopped' ? EXIT.failed : EXIT.fine;
}

/** Remembers one change, so that none is missed between two looks; many changes in between count once. */
function watch(): { notify(): void; next(): Promise<void> } {
  let seen = false;
  let wake: (() => void) | null = null;
  return {
    notify() {
      seen = true;
      wake?.();
    },
    async next() {
      if (!seen)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      seen = false;
      wake = null;
    },
  };
}

function isUnderWay(download: DownloadView | null): boolean {
  return download?.state === 'downloading' || download?.state === 'verifying';
}

const BAR_WIDTH = 30;

function progress({ state, assetName, receivedBytes, totalBytes }: DownloadView): string {
  if (state === 'verifying') return `Verifying ${assetName} …`;
  const share = totalBytes === 0 ? 0 : Math.min(1, receivedBytes / totalBytes);
  const full = Math.round(share * BAR_WIDTH);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${size(receivedBytes)} of ${size(totalBytes)}`;
}

const STATES: Record<UpdatesState, string> = {
  never_checked: '○ Not checked yet',
  checking: '◌ Checking',
  up_to_date: '● Up to date',
  available: '↑ Update available',
  current_unknown: '▲ The version you run is not known: trackeep settings set current-version 1.2.5',
  not_signed_in: '▲ Not signed in: trackeep connect github',
  rate_limited: '◌ Rate limited',
  offline: '○ Offline',
  no_releases: '○ No releases yet',
  failed: '▲ The check failed',
};

const DOWNLOADS: Record<DownloadView['state'], string> = {
  downloading: '◌ downloading',
  stopped: '○ stopped, can go on',
  verifying: '◌ being verified',
  verified: '● verified',
  unverified: '▲ could not be verified: its release names no checksum',
  failed: '▲ failed',
};

function show({ json, terminal, clock }: Invocation, view: UpdatesView): number {
  if (json) {
    terminal.json(view);
    return EXIT.fine;
  }
  const now = clock.now();
  const { state, latest, currentVersion, checkedAt, nextCheckAt, offlineSince, retryAt, error } = view;
  const times = { checked: checkedAt, 'next check': nextCheckAt, 'offline since': offlineSince, 'goes on': retryAt };
  terminal.print(
    terminal.bold(STATES[state]),
    ...(error === null ? [] : [`  ${error.message}`, `  ${error.remedy}`]),
    ...table([
      ['Trackeep', currentVersion ?? 'not known'],
      ...(latest === null
        ? []
        : [
            ['newest', `${latest.version}${latest.prerelease ? ' (prerelease)' : ''}`],
            ['', latest.url],
          ]),
      ...(latest?.asset ? [['file', `${latest.asset.name}, ${size(latest.asset.size)}`]] : []),
      ...Object.entries(times).flatMap(([name, time]) => (time === null ? [] : [[name, relativeTime(time, now)]])),
      ...downloadRows(view.download),
    ]),
  );
  return EXIT.fine;
}

function downloadRows(download: DownloadView | null): string[][] {
  if (download === null) return [];
  const { state, assetName, receivedBytes, totalBytes, path, error } = download;
  return [
    ['download', `${assetName}: ${DOWNLOADS[state]}`],
    ...(state === 'downloading' || state === 'stopped' ? [['', `${size(receivedBytes)} of ${size(totalBytes)}`]] : []),
    ...(path === null ? [] : [['', path]]),
    ...(error === null ? [] : [['', `${error.message} ${error.remedy}`]]),
  ];
}
