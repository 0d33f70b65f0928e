import type { DownloadState, DownloadView } from '../../shared/release-views.ts';
import type { Clock } from '../core/clock.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { DownloadFolder, Wanted } from './download-folder.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import { transfer } from './transfer.ts';

/** Progress is told this often at most. */
const TELL_EVERY_MS = 200;
/** A connection that broke off is replaced this often while each one brings the file further. */
const MOST_CONNECTIONS = 5;
const PAUSE_BETWEEN_MS = 1_000;

/** The one download there can be at a time. */
export interface Downloads {
  view(): DownloadView | null;
  /** Finds out what earlier runs left: verifies a finished file again, goes on with one that was cut short. */
  restore(file: Wanted | null): Promise<void>;
  /** Another file is the newest one now: a download of an older one ends, a finished older file stays. */
  outdate(file: Wanted): Promise<void>;
  /** Starts, or goes on. Answers at once. */
  begin(file: Wanted): void;
  /** Ends it at the person's wish. What has arrived stays. */
  stop(): Promise<void>;
  discard(): Promise<void>;
  /** Ends it because the app ends: the next run goes on. */
  close(): Promise<void>;
}

interface Current {
  readonly file: Wanted;
  state: DownloadState;
  received: number;
  error: AppError | null;
}

export function createDownloads(parts: {
  folder: DownloadFolder;
  fetch: ProviderFetch;
  clock: Clock;
  logger: Logger;
  /** The view is another now. */
  changed: () => void;
}): Downloads {
  const { folder, clock, logger, changed } = parts;
  let current: Current | null = null;
  let work: { abort: AbortController; done: Promise<void> } | null = null;

  function set(next: Partial<Omit<Current, 'file'>>): void {
    if (!current) return;
    Object.assign(current, next);
    changed();
  }

  /** Runs `task` as the one piece of work, after the one before has ended; its trouble becomes the state. */
  function run(file: Wanted, state: DownloadState, task: (signal: AbortSignal) => Promise<void>): void {
    const before = halt();
    const received = current && isSame(current.file, file) ? current.received : 0;
    current = { file, state, received, error: null };
    changed();
    const abort = new AbortController();
    const mine = {
      abort,
      done: before
        .then(() => task(abort.signal))
        .catch(async (error: unknown) => {
          if (abort.signal.aborted) return;
          const trouble = toAppError(error);
          // Bytes that are known to be wrong are not kept to go on with.
          if (trouble.code === 'checksum_mismatch') await removeQuietly(file);
          logger.warn('the download failed', { file: file.name, code: trouble.code, error });
          set({ state: 'failed', error: trouble });
        })
        .finally(() => {
          if (work === mine) work = null;
        }),
    };
    work = mine;
  }

  async function download(file: Wanted, signal: AbortSignal): Promise<void> {
    const tell = throttled(clock, changed);
    const onBytes = (received: number) => {
      if (current) current.received = received;
      tell();
    };
    const arrived = async () => (await folder.progress(file))?.received ?? 0;
    for (let connection = 1; ; connection += 1) {
      const before = await arrived();
      const end = await transfer(file, { ...parts, signal, onBytes });
      if (end.whole) break;
      const after = await arrived();
      set({ received: after });
      if (connection === MOST_CONNECTIONS || after <= before) throw end.trouble;
      logger.info('the download broke off and goes on', { file: file.name, received: after });
      await clock.sleep(PAUSE_BETWEEN_MS, signal);
    }
    set({ state: 'verifying', received: file.size });
    await verify(file, 'part', signal);
    await folder.finish(file);
    // Only now is an older file of no use any more.
    await folder.sweep(file).catch((error: unknown) => logger.warn('older downloads were not removed', { error }));
    set({ state: verdict(file) });
    logger.info('the download is complete', { file: file.name, verified: file.checksum?.source ?? 'not verifiable' });
  }

  /** Reads a finished file again: whoever installs it must be able to rely on what the view says. */
  async function verifyFinished(file: Wanted, signal: AbortSignal): Promise<void> {
    set({ state: 'verifying', received: file.size });
    await verify(file, 'finished', signal);
    set({ state: verdict(file) });
  }

  /** @throws AppError `checksum_mismatch` */
  async function verify(file: Wanted, which: 'part' | 'finished', signal: AbortSignal): Promise<void> {
    if (!file.checksum) return;
    const sha256 = await folder.sha256(file, which, signal);
    if (sha256 === file.checksum.sha256) return;
    logger.error('the checksum does not match', { file: file.name, expected: file.checksum.sha256, found: sha256 });
    throw new AppError('checksum_mismatch', `${file.name} is not the file that was published. It was deleted.`);
  }

  async function removeQuietly(file: Wanted): Promise<void> {
    if (current) current.received = 0;
    await folder.remove(file).catch((error: unknown) => logger.warn('a file was not removed', { error }));
  }

  /** Ends the work under way. */
  async function halt(): Promise<void> {
    work?.abort.abort(new Error('The download was stopped.'));
    await work?.done;
  }

  const downloads: Downloads = {
    view() {
      if (!current) return null;
      const { file, state, received, error } = current;
      const finished = state === 'verified' || state === 'unverified';
      return {
        version: file.version,
        assetName: file.name,
        state,
        receivedBytes: received,
        totalBytes: file.size,
        path: finished ? folder.path(file) : null,
        error: error?.toView() ?? null,
      };
    },

    async restore(file) {
      await folder.sweep(file);
      if (!file) return;
      if ((await folder.finishedSize(file)) !== null) {
        // Not waited for: the app is ready before a large file is read.
        run(file, 'verifying', (signal) => verifyFinished(file, signal));
        return;
      }
      const known = await folder.progress(file);
      if (!known) return;
      current = { file, state: 'stopped', received: known.received, error: null };
      if (known.progress.wanted) downloads.begin(file);
    },

    async outdate(file) {
      if (!current || isSame(current.file, file)) return;
      const finished = current.state === 'verified' || current.state === 'unverified';
      if (finished && current.file.version !== file.version) return;
      await halt();
      await removeQuietly(current.file);
      current = null;
      changed();
    },

    begin(file) {
      if (work && current && isSame(current.file, file)) return;
      run(file, 'downloading', async (signal) => {
        if ((await folder.finishedSize(file)) === file.size) await verifyFinished(file, signal);
        else await download(file, signal);
      });
    },

    async stop() {
      await halt();
      if (current?.state !== 'downloading' && current?.state !== 'verifying') return;
      const known = await folder.progress(current.file);
      if (known) folder.saveProgress(current.file, { ...known.progress, wanted: false });
      set({ state: 'stopped', received: known?.received ?? 0 });
    },

    async discard() {
      await halt();
      if (!current) return;
      await folder.remove(current.file);
      current = null;
      changed();
    },

    close: halt,
  };
  return downloads;
}

const isSame = (a: Wanted, b: Wanted) =>
  a.version === b.version && a.name === b.name && a.size === b.size && a.checksum?.sha256 === b.checksum?.sha256;

const verdict = (file: Wanted) => (file.checksum ? 'verified' : 'unverified');

/** Calls `tell` at once and then at most every `TELL_EVERY_MS`; the last change may stay untold. */
function throttled(clock: Clock, tell: () => void): () => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.monotonic();
    if (now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    tell();
  };
}
