import { randomInt } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hasCode } from '../../src/main/core/errors.ts';
import { DEMO_CLIENT, type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { type AppConnection, connectToApp } from '../../src/main/http/socket-client.ts';
import { type RunningApp, startApp } from '../support/app.ts';

const KILLS = Number(process.env.TRACKEEP_SOAK_KILLS ?? 4);
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

const LOGINS = ['octocat', 'hubot', 'monalisa'];
const FILE_BYTES = 3_000_000;
/** So slow that a download takes about half a second: time enough to be killed in. */
const BYTES_PER_SECOND = 6_000_000;

/** Everything that may lie in a data folder once the app has started: whatever else is there was left behind. */
const EXPECTED_FILES = [
  /^trackeep\.db(-wal|-shm)?$/,
  /^settings\.json$/,
  /^master\.key$/,
  /^control\.key$/,
  /^.*\.(lock|sock)$/,
  /^logs\/[^/]+\.log(\.\d+)?$/,
  /^downloads\/.*$/,
];

/** What the app is doing when it is killed, as it is told through its socket. */
type Activity = (link: AppConnection, login: string) => Promise<unknown>;

let github: EmulatedGitHub;
let dataDir: string;
let app: RunningApp | null;

beforeEach(async () => {
  github = await startEmulatedGitHub({
    clients: [DEMO_CLIENT],
    users: LOGINS.map((login) => ({ login, name: login, email: `${login}@example.test` })),
    intervalSeconds: 1,
    assetBytes: FILE_BYTES,
  });
  github.setFileTrouble({ bytesPerSecond: BYTES_PER_SECOND });
  dataDir = await mkdtemp(join(tmpdir(), 'trackeep-soak-'));
  app = null;
});

afterEach(async () => {
  await app?.stop();
  await github.close();
  await rm(dataDir, { recursive: true, force: true });
});

it(
  `${KILLS} kills at random instants lose nothing (TRACKEEP_SOAK_SEED=${SEED})`,
  async () => {
    const random = mulberry32(SEED);
    /** Logins whose connection was seen, so it was committed. */
    const committed = new Set<string>();

    app = await start();
    let link = await connectToApp(dataDir);
    const usual = await durations(link);
    for (const login of LOGINS.slice(0, 2)) committed.add(login);

    for (let kill = 0; kill < KILLS; kill += 1) {
      const [name, activity] = pick(random, Object.entries(ACTIVITIES));
      const login = pick(random, LOGINS);
      const instant = random() * (usual.get(name) ?? 0) * 1.1;

      const stopListening = link.subscribe(({ event, data }) => {
        if (event === 'connections') for (const connection of data) committed.add(connection.login);
      });
      activity(link, login).catch(() => 'the kill ends it');
      await sleep(instant);
      app.process.kill('SIGKILL');
      await app.ended;
      stopListening();
      link.close();

      const story = `kill ${kill + 1}, ${instant.toFixed(1)} ms into "${name}" as ${login}`;
      app = await start();
      link = await connectToApp(dataDir);
      await expectTidy(story);
      expectSoundDatabase(story);
      await expectAllListed(link, committed, story);
      for (const known of committed) {
        const user = await whoAmI(link, known);
        // GitHub's refresh tokens are single use. When the kill falls between GitHub's rotation and our commit, nobody
        // can know the new token any more, and that one account has to sign in again.
        if (user === null && name === 'refresh' && known === login) await ACTIVITIES.connect(link, login);
        else expect(user, story).toBe(known);
      }
    }

    // After all that, everything still works.
    for (const login of LOGINS) await ACTIVITIES.connect(link, login);
    await link.call('updates.check', {});
    await ACTIVITIES.download(link);
    const { download } = await link.call('updates.get', {});
    expect(download).toMatchObject({ state: 'verified', receivedBytes: FILE_BYTES });
    link.close();
  },
  KILLS * 20_000 + 60_000,
);

const ACTIVITIES = {
  async connect(link, login) {
    const flow = await link.call('connections.begin', { platform: 'github', way: 'device' });
    github.approve(flow.userCode ?? '', login);
    await until(async () => (await link.call('connections.flow', { id: flow.id })).state === 'connected');
  },
  async refresh(link, login) {
    const connections = await link.call('connections.list', {});
    const connection = connections.find((one) => one.login === login);
    if (connection) await link.call('connections.refresh', { id: connection.id });
  },
  check: (link) => link.call('updates.check', {}),
  async download(link) {
    await link.call('updates.discard', {});
    await link.call('updates.download', {});
    await until(async () => (await link.call('updates.get', {})).download?.path != null);
  },
} satisfies Record<string, Activity>;

/** How long each activity takes when nobody kills it, in ms. Connects the first two accounts on the way. */
async function durations(link: AppConnection): Promise<Map<string, number>> {
  const taken = new Map<string, number>();
  const [first = '', second = ''] = LOGINS;
  await ACTIVITIES.connect(link, first);
  for (const [name, activity] of Object.entries(ACTIVITIES)) {
    const started = performance.now();
    await activity(link, name === 'connect' ? second : first);
    taken.set(name, performance.now() - started);
  }
  return taken;
}

function start(): Promise<RunningApp> {
  return startApp({
    dataDir,
    env: {
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_CLIENT_ID: DEMO_CLIENT.clientId,
      APP_VERSION: '1.2.5',
      AUTO_UPDATE_CHECK: 'false',
    },
  });
}

async function expectAllListed(link: AppConnection, logins: ReadonlySet<string>, story: string) {
  const listed = (await link.call('connections.list', {})).map((connection) => connection.login);
  expect(listed, story).toEqual(expect.arrayContaining([...logins]));
}

/** Whom GitHub takes the stored token for; null when GitHub refuses it, now or at an attempt to refresh it. */
async function whoAmI(link: AppConnection, login: string): Promise<string | null> {
  const opened = await link.call('tokens.get', { platform: 'github', account: login }).catch((error: unknown) => {
    if (hasCode(error, 'needs_reconnect')) return null;
    throw error;
  });
  if (opened === null) return null;
  const { token } = opened;
  const answer = await fetch(`${github.apiUrl}/user`, { headers: { authorization: `Bearer ${token}` } });
  const user: unknown = await answer.json();
  return typeof user === 'object' && user !== null && 'login' in user ? String(user.login) : null;
}

async function expectTidy(story: string) {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + 1));
  expect(
    files.filter((file) => !EXPECTED_FILES.some((expected) => expected.test(file))),
    story,
  ).toEqual([]);
}

function expectSoundDatabase(story: string) {
  const database = new Database(join(dataDir, 'trackeep.db'), { readonly: true });
  try {
    expect(database.pragma('integrity_check', { simple: true }), story).toBe('ok');
  } finally {
    database.close();
  }
}

function until(condition: () => Promise<boolean>): Promise<unknown> {
  return vi.waitUntil(condition, { timeout: 20_000, interval: 20 });
}

function pick<T>(random: () => number, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error('There is nothing to choose from.');
  return chosen;
}

/** A small generator with a seed (Tommy Ettinger's mulberry32): the same seed, the same instants. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
