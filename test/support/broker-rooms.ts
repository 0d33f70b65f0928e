import type { Connections } from '../../src/main/connections/connections.ts';
import { createConnections } from '../../src/main/connections/create-connections.ts';
import { createBus } from '../../src/main/core/bus.ts';
import { systemClock } from '../../src/main/core/clock.ts';
import { readConfig } from '../../src/main/core/config.ts';
import { createHttpClient } from '../../src/main/core/http-client.ts';
import { acquireInstanceLock } from '../../src/main/core/instance-lock.ts';
import { createRedactor } from '../../src/main/core/redact.ts';
import { createScheduler } from '../../src/main/core/scheduler.ts';
import { SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createVault } from '../../src/main/vault/create-vault.ts';
import { visitProvider } from './atlassian-lab.ts';
import { ATLASSIAN_APP } from './fake-atlassian.ts';
import { createQuietLogger } from './quiet-logger.ts';

/** The connections room of one process of several on a data folder: without the lock that keeps the app alone there. */
export interface BrokerRooms {
  readonly connections: Connections;
  readonly db: Database['db'];
  close(): Promise<void>;
}

/** Where the providers are. */
export interface BrokerTask {
  dataDir: string;
  github: string;
  atlassian?: string;
  /** As the app: alone on its data folder, and with its background. */
  alone?: boolean;
}

export async function openBrokerRooms({ dataDir, github, atlassian, alone }: BrokerTask): Promise<BrokerRooms> {
  const lock = alone ? acquireInstanceLock(dataDir) : null;
  const env = {
    HOME: dataDir,
    GITHUB_URL: github,
    GITHUB_API_URL: github,
    GITHUB_CLIENT_ID: SECRET_CLIENT.clientId,
    GITHUB_CLIENT_SECRET: SECRET_CLIENT.clientSecret ?? '',
    JIRA_AUTH_URL: atlassian,
    JIRA_API_URL: atlassian,
    JIRA_CLIENT_ID: ATLASSIAN_APP.clientId,
    JIRA_CLIENT_SECRET: ATLASSIAN_APP.clientSecret,
  };
  const config = readConfig({ env });
  const clock = systemClock();
  const logger = createQuietLogger();
  const redactor = createRedactor();
  const bus = createBus(() => {});
  const scheduler = createScheduler({ clock, logger });
  const database = await openDatabase({ dataDir, logger });
  const { db } = database;
  const vault = await createVault({ source: 'file', passphrase: null, db, dataDir, clock, logger, redactor, bus });
  await vault.unlock();
  const connections = createConnections({
    ...{ db, vault, config, clock, logger, redactor, bus, scheduler },
    fetch: createHttpClient({ clock, userAgent: 'trackeep-tray/test' }),
    callbackUrl: (of) => `http://127.0.0.1:9090/oauth/callback/${of}`,
    ...(lock === null ? {} : { place: lock.place }),
  });
  if (lock !== null) connections.start();
  return {
    connections,
    db,
    async close() {
      await connections.stop();
      await scheduler.stop();
      await database.close();
      lock?.release();
    },
  };
}

/** Signs an account in through the browser. */
export async function connectAccount({ connections }: BrokerRooms, login = 'octocat'): Promise<void> {
  const { authorizationUrl } = await connections.begin({ platform: 'github', way: 'web' });
  const page = new URL(authorizationUrl ?? '');
  page.searchParams.set('decision', 'approve');
  page.searchParams.set('login', login);
  const answer = await fetch(page, { method: 'POST', redirect: 'manual' });
  const back = new URL(answer.headers.get('location') ?? '');
  const flow = await connections.callback('github', back.searchParams);
  if (!('state' in flow) || flow.state !== 'connected') throw new Error(`not connected: ${flow.error?.message}`);
}

/** Signs all sites of a person in at Atlassian. */
export async function connectSites({ connections }: BrokerRooms): Promise<void> {
  const { authorizationUrl } = await connections.begin({ platform: 'jira', way: 'web' });
  const flow = await connections.callback('jira', await visitProvider(authorizationUrl, {}));
  if (!('state' in flow) || flow.state !== 'connected') throw new Error(`not connected: ${flow.error?.message}`);
}

/** Makes every token look as if its time were over. */
export async function expireTokens(db: Database['db']): Promise<void> {
  await db
    .updateTable('installations')
    .set({ access_expires_at: Date.now() - 1_000 })
    .execute();
}
