import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Octokit } from '@octokit/core';
import type { Connections } from '../../src/main/connections/connections.ts';
import { createConnections } from '../../src/main/connections/create-connections.ts';
import { type Bus, createBus } from '../../src/main/core/bus.ts';
import { createHttpClient } from '../../src/main/core/http-client.ts';
import { createRedactor } from '../../src/main/core/redact.ts';
import { createScheduler, type Scheduler } from '../../src/main/core/scheduler.ts';
import { DEMO_CLIENT, type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import type { World } from '../../src/main/demo/tracked/world.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createSettings, type Settings } from '../../src/main/storage/settings.ts';
import { createTracking } from '../../src/main/tracking/create-tracking.ts';
import type { Tracking } from '../../src/main/tracking/tracking.ts';
import { createVault } from '../../src/main/vault/create-vault.ts';
import type { NoticeView } from '../../src/shared/app-views.ts';
import type { TrackedAccountView, TrackingSettings } from '../../src/shared/tracking-views.ts';
import { until } from './connections-lab.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { memorySettings } from './memory-settings.ts';
import { NO_PROVIDERS } from './no-providers.ts';
import { recordingLogger } from './recording-logger.ts';

export { until };

export interface TrackingLabOptions {
  /** The repositories there are. Empty, unless told. */
  world?: (clock: ManualClock) => World;
  tracking?: Partial<TrackingSettings>;
  /** Whom the person is signed in as before the room starts. */
  logins?: readonly string[];
}

/** The tracking room with the real rooms below it, towards an emulated GitHub, at a time the test sets. */
export interface TrackingLab {
  readonly tracking: Tracking;
  readonly connections: Connections;
  readonly settings: Settings;
  readonly github: EmulatedGitHub;
  readonly world: World;
  readonly clock: ManualClock;
  readonly bus: Bus;
  readonly db: Database['db'];
  readonly scheduler: Scheduler;
  readonly dataDir: string;
  readonly notices: NoticeView[];
  /** Everything that was logged, before any redaction. */
  readonly log: string[];
  /** @returns the connection's id */
  connect(login: string): Promise<string>;
  choose(change: Partial<TrackingSettings>): void;
  account(login?: string): Promise<TrackedAccountView>;
  /** Lets time pass in small steps until something holds. */
  passUntil(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Lets so much time pass, and what it began come to its end. */
  pass(ms: number): Promise<void>;
  /** Waits until nothing is under way and nothing is left to fetch. */
  current(): Promise<void>;
  /** Requests by method and path since it was asked last. */
  asked(): string[];
  restart(): Promise<TrackingLab>;
  close(): Promise<void>;
}

export async function openTrackingLab(options: TrackingLabOptions = {}): Promise<TrackingLab> {
  const clock = createManualClock(Date.UTC(2026, 10, 2, 9));
  const world = options.world?.(clock);
  const users = ['octocat', 'hubot'].map((login) => ({ login, name: login, email: `${login}@example.test` }));
  const github = await startEmulatedGitHub({ clock, users, releases: [], ...(world && { world }) });
  const dataDir = await mkdtemp(join(tmpdir(), 'tt-tracking-'));
  return openRooms({ clock, github, dataDir, options });
}

const STEP_MS = 5_000;

interface Place {
  clock: ManualClock;
  github: EmulatedGitHub;
  dataDir: string;
  options: TrackingLabOptions;
}

async function openRooms(place: Place): Promise<TrackingLab> {
  const { clock, github, dataDir, options } = place;
  const log: string[] = [];
  const logger = recordingLogger(log);
  const bus = createBus((error) => log.push(`a listener failed ${String(error)}`));
  const redactor = createRedactor();
  const database = await openDatabase({ dataDir, logger });
  const { db } = database;
  const vault = await createVault({ source: 'file', passphrase: null, db, dataDir, clock, logger, redactor, bus });
  await vault.unlock();
  const scheduler = createScheduler({ clock, logger, random: () => 0.5 });
  const config = {
    ...NO_PROVIDERS,
    github: { url: github.url, apiUrl: github.apiUrl, clientId: DEMO_CLIENT.clientId, clientSecret: null, app: null },
    ...{ appVersion: null, automaticChecks: null, checkIntervalMs: null, prereleases: null },
    issuer: { resourceServers: null },
  };
  const settings = createSettings({
    file: memorySettings({ tracking: options.tracking ?? {} }),
    config,
    loginItem: null,
    bus,
  });
  /** Requests of the room that are not answered: they take real time, of which this clock knows nothing. */
  const underWay = new Set<object>();
  let begun = 0;
  const watched = <T>(work: Promise<T>): Promise<T> => {
    begun += 1;
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  };
  const fetch = createHttpClient({ clock, userAgent: 'trackeep-tray/test' });
  const connections = createConnections({
    callbackUrl: () => 'http://127.0.0.1:9090/oauth/callback/github',
    random: () => 0.5,
    retryBaseMs: 1,
    ...{ config, fetch, db, vault, clock, logger, redactor, bus, scheduler },
  });
  const tracking = createTracking({
    ...{ db, vault, settings, clock, logger, bus, scheduler },
    connections: { ...connections, github: async (id) => watching(await watched(connections.github(id)), watched) },
    githubUrl: github.url,
    address: () => 'http://127.0.0.1:9090',
    databaseBytes: () => database.size(),
    random: () => 0.5,
  });
  const notices: NoticeView[] = [];
  bus.on('notice', (notice) => notices.push(notice));

  let closing: Promise<void> | undefined;
  let seen = 0;
  /** Waits for what is under way, and for what comes of its answers. */
  const quiet = async () => {
    await clock.settle();
    if (begun === seen) return;
    await until(async () => {
      if (underWay.size > 0) return false;
      const { accounts } = await tracking.view();
      return underWay.size === 0 && accounts.every(({ state }) => state !== 'listing' && state !== 'syncing');
    });
    seen = begun;
    await clock.settle();
  };
  const lab: TrackingLab = {
    ...{
      tracking,
      connections,
      settings,
      github,
      world: github.world,
      clock,
      bus,
      db,
      scheduler,
      dataDir,
      notices,
      log,
    },
    async connect(login) {
      const flow = await connections.begin({ platform: 'github', way: 'device' });
      github.approve(flow.userCode ?? '', login);
      await clock.advance(5_000);
      for (let looks = 1; connections.flow(flow.id).state === 'waiting'; looks += 1) {
        if (looks % 200 === 0) await clock.advance(5_000);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      return connections.flow(flow.id).connectionId ?? '';
    },
    choose(change) {
      settings.set({ tracking: { ...settings.get().tracking, ...change } });
    },
    async account(login = 'octocat') {
      const view = (await tracking.view()).accounts.find((account) => account.login === login);
      if (!view) throw new Error(`nothing is tracked through ${login}`);
      return view;
    },
    async passUntil(condition) {
      for (let steps = 0; !(await condition()); steps += 1) {
        await quiet();
        if (await condition()) return;
        await lab.pass(Math.min(1_000 + steps * 200, 60_000));
      }
    },
    async pass(ms) {
      // In small steps: a busy machine takes longer to answer than this clock to turn, and no request must time out by that.
      for (let left = ms; left > 0; left -= STEP_MS) {
        await clock.advance(Math.min(left, STEP_MS));
        await quiet();
      }
    },
    async current() {
      await until(async () => {
        await quiet();
        const { accounts } = await tracking.view();
        return accounts.length > 0 && accounts.every(({ state }) => state === 'current');
      });
      await quiet();
    },
    asked() {
      const asked = github.requests.map(({ method, path }) => `${method} ${path}`);
      github.requests.length = 0;
      return asked;
    },
    async restart() {
      await stop();
      return openRooms(place);
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
    await tracking.stop();
    await connections.stop();
    await scheduler.stop();
    await database.close();
  };
  const known = new Set((await connections.list()).map(({ login }) => login));
  for (const login of options.logins ?? ['octocat']) if (!known.has(login)) await lab.connect(login);
  github.requests.length = 0;
  await tracking.start();
  return lab;
}

/** The same client, whose requests are watched. */
function watching(octokit: Octokit, watched: <T>(work: Promise<T>) => Promise<T>): Octokit {
  const request = new Proxy(octokit.request, {
    apply: (target, self, input) => watched(Reflect.apply(target, self, input)),
  });
  return new Proxy(octokit, {
    get: (target, name) => (name === 'request' ? request : Reflect.get(target, name)),
  });
}
