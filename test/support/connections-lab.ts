import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connections } from '../../src/main/connections/connections.ts';
import { createConnections } from '../../src/main/connections/create-connections.ts';
import { createBus, type Signals } from '../../src/main/core/bus.ts';
import type { Config } from '../../src/main/core/config.ts';
import { createHttpClient } from '../../src/main/core/http-client.ts';
import { createRedactor } from '../../src/main/core/redact.ts';
import { createScheduler, type Scheduler } from '../../src/main/core/scheduler.ts';
import {
  DEMO_CLIENT,
  type EmulatedGitHub,
  type EmulatedGitHubOptions,
  type OAuthClient,
  startEmulatedGitHub,
} from '../../src/main/demo/emulated-github.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createVault } from '../../src/main/vault/create-vault.ts';
import type { Vault } from '../../src/main/vault/vault.ts';
import type { NoticeView } from '../../src/shared/app-views.ts';
import type { ConnectionView, FlowView, SignInWay } from '../../src/shared/connection-views.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { NO_PROVIDERS } from './no-providers.ts';
import { recordingLogger } from './recording-logger.ts';

export interface ConnectionsLabOptions {
  /** The app that the environment sets; null: none. */
  client?: OAuthClient | null;
  github?: Omit<EmulatedGitHubOptions, 'clock'>;
  /** Where GitHub is, instead of the emulated one: nowhere, or a server that misbehaves. */
  url?: string;
  /** Where the other providers are, and their apps. Nowhere and none, unless told. */
  jira?: Partial<Config['jira']>;
  slack?: Partial<Config['slack']>;
  hq?: Partial<Config['hq']>;
  /** One that others tell the time by, too. */
  clock?: ManualClock;
  /** The GitHub App that the environment sets up. */
  githubApp?: { id: string; installationId: string | null; privateKeyPath: string };
  /** Starts the background of the room, too. */
  background?: boolean;
  /** How long an answer takes now, by the lab's clock. No time, unless told. */
  latencyMs?: () => number;
}

/** The connections room over a real database and a real vault, towards an emulated GitHub, at a time the test sets. */
export interface ConnectionsLab {
  readonly connections: Connections;
  readonly github: EmulatedGitHub;
  readonly clock: ManualClock;
  readonly db: Database['db'];
  readonly vault: Vault;
  readonly dataDir: string;
  readonly notices: NoticeView[];
  /** The ids of flows, in the order in which they were announced. */
  readonly announced: string[];
  /** Every request of the room, with the time it was sent and answered at (ms since the lab was opened). */
  readonly sent: { at: number; answeredAt: number | null; route: string }[];
  /** Everything that was logged, before any redaction. */
  readonly log: string[];
  readonly scheduler: Scheduler;
  /** Signs in by a code, from the beginning to the end. */
  connect(login?: string): Promise<ConnectionView>;
  /** Signs in through the browser, from the beginning to the end. */
  connectByBrowser(login?: string): Promise<FlowView>;
  /** What the browser brings back when the person approves (or declines). */
  browse(flow: FlowView, decision?: 'approve' | 'deny', login?: string): Promise<URLSearchParams>;
  /** From now on every request goes to this origin instead; null: to where it should. */
  reroute(origin: string | null): void;
  begin(way?: SignInWay): Promise<FlowView>;
  /**
   * Lets `ms` pass in steps of a second, and all work that a step began come to its end: a busy machine takes longer to
   * answer than the clock to turn, and a request must not time out by that.
   */
  pass(ms: number): Promise<void>;
  /** Lets time pass, as `pass` does, until something holds. */
  passUntil(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Whether requests from now on will be answered: `pass` does not wait for a server that hangs. */
  expectAnswers(on: boolean): void;
  /** Starts the app anew without its master key: the vault stays closed. */
  loseKey(): Promise<ConnectionsLab>;
  /** Ends the app in good order, and starts it anew on the same data folder. */
  restart(change?: Partial<ConnectionsLabOptions>): Promise<ConnectionsLab>;
  close(): Promise<void>;
}

export async function openConnectionsLab(options: ConnectionsLabOptions = {}): Promise<ConnectionsLab> {
  const { clock = createManualClock() } = options;
  const github = await startEmulatedGitHub({ releases: [], ...options.github, clock });
  const dataDir = await mkdtemp(join(tmpdir(), 'tt-connections-'));
  return openRooms({ clock, github, dataDir, options });
}

interface World {
  clock: ManualClock;
  github: EmulatedGitHub;
  dataDir: string;
  options: ConnectionsLabOptions;
}

async function openRooms(world: World): Promise<ConnectionsLab> {
  const { clock, github, dataDir, options } = world;
  const { client = DEMO_CLIENT } = options;
  const log: string[] = [];
  const logger = recordingLogger(log);
  const notices: NoticeView[] = [];
  const announced: string[] = [];
  const bus = createBus((error) => log.push(String(error)));
  bus.on('notice', (notice: Signals['notice']) => notices.push(notice));
  bus.on('flow', ({ id }) => announced.push(id));
  const redactor = createRedactor();
  const database = await openDatabase({ dataDir, logger });
  const { db } = database;
  const vault = await createVault({ source: 'file', passphrase: null, db, dataDir, clock, logger, redactor, bus });
  await vault.unlock();
  const scheduler = createScheduler({ clock, logger, random: () => 0.5 });
  const url = options.url ?? github.url;
  let answersExpected = true;
  let detour: string | null = null;
  const sent: ConnectionsLab['sent'] = [];
  /** Requests, and work with keys, which also takes a moment of real time. */
  const underWay = new Set<unknown>();
  const watched = <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  };
  const http = createHttpClient({ clock, userAgent: 'trackeep-tray/test' });
  const observed: typeof fetch = async (input, init) => {
    const { method, url: address } = new Request(input, init);
    const mark: ConnectionsLab['sent'][number] = {
      ...{ at: clock.monotonic(), answeredAt: null, route: `${method} ${new URL(address).pathname}` },
    };
    sent.push(mark);
    if (answersExpected) underWay.add(mark);
    try {
      const { pathname, search } = new URL(address);
      const answer = await http(detour === null ? input : `${detour}${pathname}${search}`, init);
      const arrived = answer.clone().arrayBuffer();
      void arrived.catch(() => undefined).then(() => underWay.delete(mark));
      const latencyMs = options.latencyMs?.() ?? 0;
      if (latencyMs > 0) {
        await arrived;
        await clock.sleep(latencyMs);
      }
      mark.answeredAt = clock.monotonic();
      return answer;
    } catch (error) {
      underWay.delete(mark);
      throw error;
    }
  };
  const connections = createConnections({
    config: {
      jira: { ...NO_PROVIDERS.jira, ...options.jira },
      slack: { ...NO_PROVIDERS.slack, ...options.slack },
      hq: { ...NO_PROVIDERS.hq, ...options.hq },
      github: {
        ...{ url, apiUrl: url, clientId: client?.clientId ?? null, clientSecret: client?.clientSecret ?? null },
        app: options.githubApp ?? null,
      },
    },
    callbackUrl: (platform) => `http://127.0.0.1:9090/oauth/callback/${platform}`,
    fetch: observed,
    random: () => 0.5,
    retryBaseMs: 1,
    vault: {
      ...vault,
      seal: (place, plaintext) => watched(vault.seal(place, plaintext)),
      open: (place, sealed) => watched(vault.open(place, sealed)),
    },
    ...{ db, clock, logger, redactor, bus, scheduler },
  });
  if (options.background) connections.start();

  const lab: ConnectionsLab = {
    ...{ connections, github, clock, db, vault, dataDir, notices, announced, sent, log, scheduler },
    reroute(origin) {
      detour = origin;
    },
    begin: (way = 'device') => connections.begin({ platform: 'github', way }),
    async connect(login = 'octocat') {
      const flow = await lab.begin();
      github.approve(flow.userCode ?? '', login);
      await clock.advance(5_000);
      await until(() => connections.flow(flow.id).state !== 'waiting');
      const { connectionId, error } = connections.flow(flow.id);
      const view = (await connections.list()).find(({ id }) => id === connectionId);
      if (!view) throw new Error(`not connected: ${error?.message}`);
      return view;
    },
    async browse(flow, decision = 'approve', login = 'octocat') {
      const page = new URL(flow.authorizationUrl ?? '');
      page.searchParams.set('decision', decision);
      page.searchParams.set('login', login);
      const answer = await fetch(page, { method: 'POST', redirect: 'manual' });
      return new URL(answer.headers.get('location') ?? '').searchParams;
    },
    async connectByBrowser(login = 'octocat') {
      const flow = await lab.begin('web');
      const back = await connections.callback('github', await lab.browse(flow, 'approve', login));
      if ('error' in back && back.error) throw new Error(back.error.message);
      return connections.flow(flow.id);
    },
    async pass(ms) {
      for (let left = ms; left > 0; left -= 1_000) {
        await clock.advance(Math.min(left, 1_000));
        do {
          await until(() => underWay.size === 0);
          await clock.settle();
        } while (underWay.size > 0);
      }
    },
    async passUntil(condition) {
      while (!(await condition())) await lab.pass(1_000);
    },
    expectAnswers(on) {
      answersExpected = on;
    },
    async loseKey() {
      await rm(join(dataDir, 'master.key'));
      return lab.restart();
    },
    async restart(change = {}) {
      await stop();
      return openRooms({ ...world, options: { ...options, ...change } });
    },
    async close() {
      await github.close();
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  const stop = async () => {
    await connections.stop();
    await scheduler.stop();
    await database.close();
  };
  return lab;
}

/** Resolves as soon as `condition` holds. What never comes is the test's timeout. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}
