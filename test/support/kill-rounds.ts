/**
 * Kills the running app (`kill -9`) at random instants of what it does, starts it again each time, and looks whether
 * everything is still there. GitHub is emulated in this process, so it survives.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, vi } from 'vitest';
import { hasCode } from '../../src/main/core/errors.ts';
import { DEMO_CLIENT, type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { type AppConnection, connectToApp } from '../../src/main/http/socket-client.ts';
import { type RunningApp, startApp } from './app.ts';
import { pick, seededRandom } from './seeded-random.ts';

const LOGINS = ['octocat', 'hubot', 'monalisa'] as const;
const FILE_BYTES = 3_000_000;
/** So slow that a download takes about half a second: time enough to be killed in. */
const BYTES_PER_SECOND = 6_000_000;

/** Everything that may lie in a data folder once the app has started: whatever else is there was left behind. */
const EXPECTED_FILES = [
  /^trackeep\.db(-wal|-shm)?$/,
  /^instance\.lock$/,
  /^settings\.json$/,
  /^master\.key$/,
  /^control\.(key|sock)$/,
  /^logs\/[^/]+\.log(\.\d+)?$/,
  // Of the one release there is: the file, or what has arrived of it.
  /^downloads\/1\.3\.0\/[^/]+$/,
];

/** What may be going on when the kill comes. */
interface Scene {
  github: EmulatedGitHub;
  link: AppConnection;
  login: string;
}

const ACTIVITIES = {
  async connect({ github, link, login }: Scene) {
    const flow = await link.call('connections.begin', { platform: 'github', way: 'device' });
    github.approve(flow.userCode ?? '', login);
    await until(async () => (await link.call('connections.flow', { id: flow.id })).state === 'connected');
  },
  async refresh({ link, login }: Scene) {
    const connections = await link.call('connections.list', {});
    const connection = connections.find((one) => one.login === login);
    if (connection) await link.call('connections.refresh', { id: connection.id });
  },
  async check({ link }: Scene) {
    await link.call('updates.check', {});
  },
  async download({ link }: Scene) {
    await link.call('updates.discard', {});
    await link.call('updates.download', {});
    await until(async () => (await link.call('updates.get', {})).download?.path != null);
  },
};
type ActivityName = keyof typeof ACTIVITIES;
const NAMES = Object.keys(ACTIVITIES) as ActivityName[];

/**
 * @param options.seed the same seed kills the same activities at the same instants
 * @throws AssertionError when something is lost, left behind, or broken afterwards
 */
export async function surviveKills({ kills, seed }: { kills: number; seed: number }): Promise<void> {
  const random = seededRandom(seed);
  const github = await startEmulatedGitHub({
    clients: [DEMO_CLIENT],
    users: LOGINS.map((login) => ({ login, name: login, email: `${login}@example.test` })),
    intervalSeconds: 1,
    assetBytes: FILE_BYTES,
  });
  github.setFileTrouble({ bytesPerSecond: BYTES_PER_SECOND });
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-kills-'));
  let app = await start(github, dataDir);
  try {
    let link = await connectToApp(dataDir);
    const usual = await connectAndMeasure(github, link);
    /** Whose connection was seen, so it was committed. */
    const committed = new Set<string>((await link.call('connections.list', {})).map(({ login }) => login));

    for (let kill = 1; kill <= kills; kill += 1) {
      const name = pick(random, NAMES);
      const login = pick(random, LOGINS);
      const instant = random() * usual[name] * 1.1;
      const story = `kill ${kill} of seed ${seed}, ${instant.toFixed(1)} ms into "${name}" of ${login}`;

      link.subscribe(({ event, data }) => {
        if (event === 'connections') for (const connection of data) committed.add(connection.login);
      });
      ACTIVITIES[name]({ github, link, login }).catch(() => 'ended by the kill');
      await sleep(instant);
      app.process.kill('SIGKILL');
      await app.ended;
      link.close();

      app = await start(github, dataDir);
      link = await connectToApp(dataDir);
      await expectTidy(dataDir, story);
      expectSound(dataDir, story);
      const listed = (await link.call('connections.list', {})).map((connection) => connection.login);
      expect(listed, story).toEqual(expect.arrayContaining([...committed]));
      for (const known of committed) {
        const user = await whoAmI(github, link, known);
        // GitHub's refresh tokens are single use. When the kill falls between GitHub's rotation and our commit, nobody
        // can know the new token any more, and that one account has to sign in again.
        if (user === null && name === 'refresh' && known === login) {
          await ACTIVITIES.connect({ github, link, login });
        } else expect(user, story).toBe(known);
      }
    }
    await expectWorking(github, link);
    link.close();
  } finally {
    await app.stop();
    await github.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function start(github: EmulatedGitHub, dataDir: string): Promise<RunningApp> {
  return startApp({
    dataDir,
    env: {
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_CLIENT_ID: DEMO_CLIENT.clientId,
      APP_VERSION: '1.2.5',
      // Only what the test begins shall be going on.
      AUTO_UPDATE_CHECK: 'false',
    },
  });
}

/** Connects two accounts, and learns how long each activity takes when nobody kills it, in ms. */
async function connectAndMeasure(github: EmulatedGitHub, link: AppConnection): Promise<Record<ActivityName, number>> {
  const [first, second] = LOGINS;
  await ACTIVITIES.connect({ github, link, login: first });
  const taken = { connect: 0, refresh: 0, check: 0, download: 0 };
  for (const name of NAMES) {
    const started = performance.now();
    await ACTIVITIES[name]({ github, link, login: name === 'connect' ? second : first });
    taken[name] = performance.now() - started;
  }
  return taken;
}

/** After all that, every account can sign in, and the release can be fetched whole. */
async function expectWorking(github: EmulatedGitHub, link: AppConnection): Promise<void> {
  for (const login of LOGINS) await ACTIVITIES.connect({ github, link, login });
  await ACTIVITIES.check({ github, link, login: LOGINS[0] });
  await ACTIVITIES.download({ github, link, login: LOGINS[0] });
  const { download } = await link.call('updates.get', {});
  expect(download).toMatchObject({ state: 'verified', receivedBytes: FILE_BYTES });
}

async function expectTidy(dataDir: string, story: string): Promise<void> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + 1));
  const left = files.filter((file) => !EXPECTED_FILES.some((expected) => expected.test(file)));
  expect(left, story).toEqual([]);
}

function expectSound(dataDir: string, story: string): void {
  const database = new Database(join(dataDir, 'trackeep.db'), { readonly: true });
  try {
    expect(database.pragma('integrity_check', { simple: true }), story).toBe('ok');
  } finally {
    database.close();
  }
}

/** Whom GitHub takes the stored token for; null when GitHub refuses it, now or at an attempt to refresh it. */
async function whoAmI(github: EmulatedGitHub, link: AppConnection, login: string): Promise<string | null> {
  const opened = await link.call('tokens.get', { platform: 'github', account: login }).catch((error: unknown) => {
    if (hasCode(error, 'needs_reconnect')) return null;
    throw error;
  });
  if (opened === null) return null;
  const answer = await fetch(`${github.apiUrl}/user`, { headers: { authorization: `Bearer ${opened.token}` } });
  const user: unknown = await answer.json();
  return typeof user === 'object' && user !== null && 'login' in user ? String(user.login) : null;
}

function until(condition: () => Promise<boolean>): Promise<unknown> {
  return vi.waitUntil(condition, { timeout: 20_000, interval: 20 });
}
