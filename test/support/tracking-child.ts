/** A process that tracks what a GitHub has until it is killed, for `tracking-kills.ts`. Says so whenever all is current. */
import { createConnections } from '../../src/main/connections/create-connections.ts';
import { createBus } from '../../src/main/core/bus.ts';
import { systemClock } from '../../src/main/core/clock.ts';
import { readConfig } from '../../src/main/core/config.ts';
import { createHttpClient } from '../../src/main/core/http-client.ts';
import { createRedactor } from '../../src/main/core/redact.ts';
import { createScheduler } from '../../src/main/core/scheduler.ts';
import { SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createSettings } from '../../src/main/storage/settings.ts';
import { createTracking } from '../../src/main/tracking/create-tracking.ts';
import { createVault } from '../../src/main/vault/create-vault.ts';
import { createQuietLogger } from './quiet-logger.ts';

const [dataDir = '', github = ''] = process.argv.slice(2);
const { clientId, clientSecret } = SECRET_CLIENT;
const config = readConfig({
  env: {
    ...{ HOME: dataDir, GITHUB_URL: github, GITHUB_API_URL: github },
    ...{ GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret ?? '' },
  },
});
const clock = systemClock();
const logger = createQuietLogger();
const redactor = createRedactor();
const bus = createBus((error) => process.send?.({ error: String(error) }));
const scheduler = createScheduler({ clock, logger });
const database = await openDatabase({ dataDir, logger });
const { db } = database;
const vault = await createVault({ source: 'file', passphrase: null, db, dataDir, clock, logger, redactor, bus });
await vault.unlock();
const file = { path: '/in/memory.json', read: () => ({}), write: () => undefined };
const settings = createSettings({ file, config, loginItem: null, bus });
const connections = createConnections({
  ...{ db, vault, config, clock, logger, redactor, bus, scheduler },
  fetch: createHttpClient({ clock, userAgent: 'trackeep-tray/test' }),
  callbackUrl: (of) => `http://127.0.0.1:9090/oauth/callback/${of}`,
});
const tracking = createTracking({
  ...{ db, vault, connections, settings, clock, logger, bus, scheduler },
  githubUrl: github,
  address: () => 'http://127.0.0.1:9090',
  databaseBytes: () => database.size(),
});

bus.on('tracking', () => {
  void tracking.view().then(({ accounts }) => {
    const [account] = accounts;
    process.send?.({ state: account?.state, synced: account?.synced, problem: account?.problem?.message });
  });
});
await tracking.start();
// Its timers alone do not keep it alive.
process.on('message', () => undefined);
