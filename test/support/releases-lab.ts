import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connections } from '../../src/main/connections/connections.ts';
import { createConnections } from '../../src/main/connections/create-connections.ts';
import { type Bus, createBus } from '../../src/main/core/bus.ts';
import { createHttpClient } from '../../src/main/core/http-client.ts';
import { createRedactor } from '../../src/main/core/redact.ts';
import { createScheduler } from '../../src/main/core/scheduler.ts';
import {
  DEMO_CLIENT,
  type EmulatedGitHub,
  type EmulatedGitHubOptions,
  startEmulatedGitHub,
} from '../../src/main/demo/emulated-github.ts';
import { createReleases } from '../../src/main/releases/create-releases.ts';
import type { Releases } from '../../src/main/releases/releases.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createSettings, type Settings } from '../../src/main/storage/settings.ts';
import { createVault } from '../../src/main/vault/create-vault.ts';
import type { NoticeView } from '../../src/shared/app-views.ts';
import type { DownloadView, UpdatesView } from '../../src/shared/release-views.ts';
import type { SettingsPatch } from '../../src/shared/settings-views.ts';
import { until } from './connections-lab.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { memorySettings } from './memory-settings.ts';
import { NO_PROVIDERS } from './no-providers.ts';
import { recordingLogger } from './recording-logger.ts';

export { until };

export interface ReleasesLabOptions {
  github?: Omit<EmulatedGitHubOptions, 'clock'>;
  /** What the person has set; automatic checks are off unless it says otherwise. */
  settings?: SettingsPatch;
  /** `APP_VERSION`; null: not set. */
  appVersion?: string | null;
  machine?: { os: string; arch: string };
  /** Whether an account is connected before the room starts. */
  signedIn?: boolean;
}

/** The releases room with the real rooms below it, towards an emulated GitHub, at a time the test sets. */
export interface ReleasesLab {
  readonly releases: Releases;
  readonly connections: Connections;
  readonly settings: Settings;
  readonly github: EmulatedGitHub;
  readonly clock: ManualClock;
  readonly bus: Bus;
  readonly db: Database['db'];
  readonly dataDir: string;
  readonly notices: NoticeView[];
  /** Every view that was announced, in order. */
  readonly announced: UpdatesView[];
  /** Everything that was logged, before any redaction. */
  readonly log: string[];
  signIn(): Promise<void>;
  /** Lets time pass, slowly enough for answers to arrive on the way, until `condition` holds. */
  passUntil(condition: () => boolean): Promise<void>;
  /** Resolves when no check is under way. */
  checked(): Promise<UpdatesView>;
  /** Resolves when the download has come to an end, whichever. */
  downloaded(): Promise<DownloadView>;
  /** The files below the downloads folder, with their folder. */
  files(): Promise<string[]>;
  /** Ends the rooms, in good order, and opens them anew on the same data folder. */
  restart(change?: Partial<ReleasesLabOptions>): Promise<ReleasesLab>;
  close(): Promise<void>;
}

export const LINUX_X64 = { os: 'linux', arch: 'x64' };

export async function openReleasesLab(options: ReleasesLabOptions = {}): Promise<ReleasesLab> {
  const clock = createManualClock(Date.UTC(2026, 10, 20, 9));
  const github = await startEmulatedGitHub({ ...options.github, clock });
  const dataDir = await mkdtemp(join(tmpdir(), 'tt-releases-'));
  return openRooms({ clock, github, dataDir, options });
}

interface World {
  clock: ManualClock;
  github: EmulatedGitHub;
  dataDir: string;
  options: ReleasesLabOptions;
}

async function openRooms(world: World): Promise<ReleasesLab> {
  const { clock, github, dataDir, options } = world;
  const { appVersion = '1.2.5', machine = LINUX_X64, signedIn = true } = options;
  const log: string[] = [];
  const logger = recordingLogger(log);
  const bus = createBus((error) => log.push(String(error)));
  const redactor = createRedactor();
  const { db, close } = await openDatabase({ dataDir, logger });
  const vault = await createVault({ source: 'file', passphrase: null, db, dataDir, clock, logger, redactor, bus });
  await vault.unlock();
  const scheduler = createScheduler({ clock, logger, random: () => 0.5 });
  const config = {
    ...NO_PROVIDERS,
    github: { url: github.url, apiUrl: github.apiUrl, clientId: DEMO_CLIENT.clientId, clientSecret: null, app: null },
    ...{ appVersion, automaticChecks: null, checkIntervalMs: null, prereleases: null },
    issuer: { resourceServers: null },
  };
  const settings = createSettings({
    file: memorySettings({ automaticChecks: false, ...options.settings }),
    config,
    loginItem: null,
    bus,
  });
  const fetch = createHttpClient({ clock, userAgent: 'trackeep-tray/test' });
  const connections = createConnections({
    callbackUrl: () => 'http://127.0.0.1:9090/oauth/callback/github',
    retryBaseMs: 1,
    ...{ config, fetch, db, vault, clock, logger, redactor, bus, scheduler },
  });
  const releases = createReleases({
    platform: machine,
    ...{ config, fetch, db, settings, connections, clock, logger, bus, scheduler, dataDir },
  });
  const notices: NoticeView[] = [];
  const announced: UpdatesView[] = [];
  bus.on('notice', (notice) => notices.push(notice));
  bus.on('updates', () => announced.push(releases.view()));

  let closing: Promise<void> | undefined;
  const lab: ReleasesLab = {
    ...{ releases, connections, settings, github, clock, bus, db, dataDir, notices, announced, log },
    async signIn() {
      const flow = await connections.begin({ platform: 'github', way: 'device' });
      github.approve(flow.userCode ?? '');
      const connected = () => connections.flow(flow.id).state === 'connected';
      await clock.advance(5_000);
      // On a busy machine the room may have set its timer, or GitHub answered, only after that.
      for (let looks = 1; !connected(); looks += 1) {
        if (looks % 200 === 0) await clock.advance(5_000);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async passUntil(condition) {
      while (!condition()) {
        await clock.advance(50);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async checked() {
      await until(() => releases.view().state !== 'checking');
      return releases.view();
    },
    async downloaded() {
      await until(() => !['downloading', 'verifying'].includes(releases.view().download?.state ?? 'none'));
      const { download } = releases.view();
      if (!download) throw new Error('there is no download');
      return download;
    },
    async files() {
      const entries = await readdir(join(dataDir, 'downloads'), { recursive: true, withFileTypes: true }).catch(
        () => [],
      );
      const root = join(dataDir, 'downloads');
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .sort();
    },
    async restart(change = {}) {
      await stop();
      return openRooms({ ...world, options: { ...options, ...change } });
    },
    close: () => {
      closing ??= (async () => {
        await stop();
        await github.close();
        await rm(dataDir, { recursive: true, force: true });
      })();
      return closing;
    },
  };
  const stop = async () => {
    await releases.stop();
    await connections.stop();
    await scheduler.stop();
    await close();
  };
  if (signedIn && (await connections.list()).length === 0) await lab.signIn();
  await releases.start();
  return lab;
}
