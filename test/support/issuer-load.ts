/**
 * Many clients at once at the real app, which is killed (`kill -9`) at random instants meanwhile and started again on
 * the same data folder and port. What a client was answered has to hold, whatever came in between.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { type AppConnection, connectToApp } from '../../src/main/http/socket-client.ts';
import { type RunningApp, startApp } from './app.ts';
import { createLoadClient, type Desk, isAppGone, type LoadClient, STEPS, toolCall } from './issuer-load-client.ts';
import { freePort } from './issuer-load-store.ts';
import { refresh } from './oauth-client.ts';
import { pick, seededRandom } from './seeded-random.ts';

/** The longest there is: a busy machine takes seconds to start the app again. */
const GRACE = '1m';
/** When the kill comes, counted from the moment that the clients can go on, ms. */
const LATEST_KILL_MS = 400;

/** The app on one data folder and port, however often it dies. */
interface Site {
  /** The app that runs, or, while none does, the next. */
  desk(): Promise<Desk>;
  kill(): Promise<void>;
  /** Ends it in good order and starts it with another grace. */
  restart(grace: string): Promise<void>;
  close(): Promise<void>;
  readonly dataDir: string;
}

/**
 * @throws Error at the first answer that a client should not get
 */
export async function serveAtOnce({ clients: count }: { clients: number }): Promise<void> {
  const site = await openSite();
  try {
    const desk = await site.desk();
    const clients = namedClients(count);
    for (const { status, reason } of (await Promise.allSettled(
      clients.map(async (client) => {
        await STEPS.register(client, desk);
        await STEPS.signIn(client, desk);
        await STEPS.refresh(client, desk);
        await STEPS.refresh(client, desk);
        await STEPS.callTool(client, desk);
      }),
    )) as PromiseRejectedResult[]) {
      if (status === 'rejected') throw reason;
    }
    expect(new Set(clients.map(({ clientId }) => clientId)).size).toBe(count);
    expect(new Set(clients.flatMap(({ used, tokens }) => [...used, tokens?.refresh])).size).toBe(count * 3);
  } finally {
    await site.close();
  }
}

/**
 * @param options.seed the same seed kills at the same instants; what the clients are at then is up to the machine
 * @throws Error when a client has lost what it was answered, or is given what was used up
 */
export async function surviveKills(options: { clients: number; kills: number; seed: number }): Promise<void> {
  const random = seededRandom(options.seed);
  const site = await openSite();
  const clients = namedClients(options.clients);
  const ending = new AbortController();
  try {
    const work = Promise.all(
      clients.map((client) => liveOn(client, site, seededRandom(options.seed + Number(client.name)), ending.signal)),
    );
    // A client that is wronged ends the round at once, and not when the kills are through.
    const failed = work.then(() => undefined);
    for (let kill = 1; kill <= options.kills; kill += 1) {
      await Promise.race([site.desk(), failed]);
      await Promise.race([sleep(random() * LATEST_KILL_MS), failed]);
      await site.kill();
    }
    ending.abort();
    await work;
    await expectKept(clients, await site.desk());
    expectSound(site.dataDir);
    // No grace any more: whatever was used up is a replay now, without a wait.
    await site.restart('0s');
    await expectReplaysRefused(clients, await site.desk(), random);
  } finally {
    ending.abort();
    await site.close();
  }
}

/** What a client does all day. When the app goes away it waits, and goes on from what it was answered last. */
async function liveOn(client: LoadClient, site: Site, random: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const desk = await site.desk();
    const step = nextStep(client, random);
    try {
      await STEPS[step](client, desk);
    } catch (error) {
      if (!isAppGone(error)) throw error;
      await sleep(5);
    }
  }
}

function nextStep({ clientId, tokens, used }: LoadClient, random: () => number): keyof typeof STEPS {
  if (clientId === null) return 'register';
  if (tokens === null) return 'signIn';
  if (used.length > 5 && random() < 0.1) return 'revoke';
  return pick(random, ['refresh', 'refresh', 'callTool']);
}

async function expectKept(clients: readonly LoadClient[], desk: Desk): Promise<void> {
  for (const client of clients) {
    if (client.clientId === null) await STEPS.register(client, desk);
    if (client.tokens === null) await STEPS.signIn(client, desk);
    await STEPS.callTool(client, desk);
    await STEPS.refresh(client, desk);
    await STEPS.refresh(client, desk);
    expect(client.registrations, `registrations of ${client.name}`).toBe(1);
  }
}

async function expectReplaysRefused(clients: readonly LoadClient[], { issuer }: Desk, random: () => number) {
  for (const { name, clientId, tokens, used } of clients) {
    expect(await toolCall(issuer, tokens?.access ?? ''), `${name}, before the replay`).toBe(200);
    const replay = await refresh(issuer, clientId ?? '', pick(random, used));
    expect(replay, `${name}, replay`).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await toolCall(issuer, tokens?.access ?? ''), `${name}, after the replay`).toBe(401);
    const heir = await refresh(issuer, clientId ?? '', tokens?.refresh ?? '');
    expect(heir, `${name}, its last token`).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  }
}

function expectSound(dataDir: string): void {
  const database = new Database(join(dataDir, 'trackeep.db'), { readonly: true });
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.pragma('foreign_key_check')).toEqual([]);
  } finally {
    database.close();
  }
}

async function openSite(): Promise<Site> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tt-issuer-load-'));
  const port = await freePort();
  let running: Promise<{ app: RunningApp; link: AppConnection }>;

  const start = async (grace: string) => {
    const app = await startApp({
      dataDir,
      args: ['--port', String(port)],
      env: { REGISTRATIONS_PER_HOUR: '1000', REFRESH_TOKEN_GRACE: grace, AUTO_UPDATE_CHECK: 'false' },
    });
    return { app, link: await connectToApp(dataDir) };
  };
  running = start(GRACE);

  return {
    dataDir,
    async desk() {
      const { app, link } = await running;
      return { issuer: app.ready.issuer, link };
    },
    async kill() {
      const { app, link } = await running;
      app.process.kill('SIGKILL');
      running = app.ended.then(() => {
        link.close();
        return start(GRACE);
      });
      await running;
    },
    async restart(grace) {
      const { app, link } = await running;
      link.close();
      await app.stop();
      running = start(grace);
      await running;
    },
    async close() {
      const { app, link } = await running;
      link.close();
      await app.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function namedClients(count: number): LoadClient[] {
  return Array.from({ length: count }, (_, index) => createLoadClient(String(index + 1)));
}
