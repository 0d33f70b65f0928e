/**
 * The tracking room with the real rooms below it, in a process of its own that does nothing else.
 *
 *     fork('syncing.ts', [DATA FOLDER, ADDRESS OF GITHUB])
 *
 * It sends a `SyncReport` when everything has come, and another one for each message it gets: for a round that finds out
 * what has changed.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createConnections } from '../src/main/connections/create-connections.ts';
import { createBus } from '../src/main/core/bus.ts';
import { systemClock } from '../src/main/core/clock.ts';
import { readConfig } from '../src/main/core/config.ts';
import { createHttpClient } from '../src/main/core/http-client.ts';
import { createRedactor } from '../src/main/core/redact.ts';
import { createScheduler } from '../src/main/core/scheduler.ts';
import { SECRET_CLIENT } from '../src/main/demo/emulated-github.ts';
import { openDatabase } from '../src/main/storage/database.ts';
import { createSettings } from '../src/main/storage/settings.ts';
import { createTracking } from '../src/main/tracking/create-tracking.ts';
import { createVault } from '../src/main/vault/create-vault.ts';
import { createQuietLogger } from '../test/support/quiet-logger.ts';

export interface SyncReport {
  /** From the wish to the last row, ms; `cpuMs` is what this process worked of it. */
  ms: number;
  cpuMs: number;
  /** How long everything else in the process had to wait, ms. */
  longestBlock: number;
  p99Block: number;
  /** Repositories that are tracked. */
  repositories: number;
  /** Points that GitHub has counted for questions in GraphQL. Not known of the first time, when nobody knows what was left. */
  points: number | null;
}

const [dataDir = '', github = ''] = process.argv.slice(2);
const { clientId, clientSecret = '' } = SECRET_CLIENT;
const config = readConfig({
  env: {
    ...{ HOME: dataDir, GITHUB_URL: github, GITHUB_API_URL: github },
    ...{ GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret },
  },
});
const clock = systemClock();
const logger = createQuietLogger();
const redactor = createRedactor();
const bus = createBus((error) => {
  throw error;
});
const scheduler = createScheduler({ clock, logger });
const database = await openDatabase({ dataDir, logger });
const { db } = database;
const vault = await createVault({ source: 'file', passphrase: null, db, dataDir, clock, logger, redactor, bus });
await vault.unlock();
const file = { path: '/in/memory.json', read: () => ({}), write: () => undefined };
const settings = createSettings({ file, config, loginItem: null, bus });
const connections = createConnections({
  ...{ db, vault, config, clock, logger, redactor, bus, scheduler },
  fetch: createHttpClient({ clock, userAgent: 'trackeep-tray/bench' }),
  callbackUrl: (of) => `http://127.0.0.1:9090/oauth/callback/${of}`,
});
const tracking = createTracking({
  ...{ db, vault, connections, settings, clock, logger, bus, scheduler },
  githubUrl: github,
  address: () => 'http://127.0.0.1:9090',
  databaseBytes: () => database.size(),
});

/** What is left of the limit of GraphQL; it only falls while nobody waits for an hour. */
const left = async () => {
  const [connection] = await connections.list();
  return connection ? (await connections.budget(connection.id)).graphql?.remaining : undefined;
};

const report = async (work: () => Promise<unknown>) => {
  const before = await left();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  const after = await left();
  const [account] = (await tracking.view()).accounts;
  const told: SyncReport = {
    ...{ ms, cpuMs: (user + system) / 1_000 },
    ...{ longestBlock: delay.max / 1e6, p99Block: delay.percentile(99) / 1e6 },
    ...{ repositories: account?.repositories ?? 0 },
    points: before === undefined || after === undefined ? null : before - after,
  };
  process.send?.(told);
};

/** Until everything is as GitHub has it. */
const current = new Promise<void>((resolve, reject) => {
  bus.on('tracking', () => {
    void tracking.view().then(({ accounts: [account] }) => {
      if (account?.problem) reject(new Error(account.problem.message));
      if (account?.state === 'current') resolve();
    });
  });
});

process.on('message', () => report(() => tracking.freshAll()));
process.on('disconnect', () => process.exit());
await report(async () => {
  await tracking.start();
  await current;
});
