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
import { memorySettings } from './memory-settings.ts';
import { createQuietLogger } from './quiet-logger.ts';

/**
 * The tracking room with the real rooms below it and nothing above, by the real clock: for a process of its own.
 *
 * @param dataDir with an account that is connected already
 * @param github address of the emulated GitHub
 * @param onError takes what a listener of the bus threw
 */
export async function openTrackingRooms(dataDir: string, github: string, onError: (error: unknown) => void) {
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
  const bus = createBus(onError);
  const scheduler = createScheduler({ clock, logger });
  const database = await openDatabase({ dataDir, logger });
  const { db } = database;
  const vault = await createVault({ source: 'file', passphrase: null, db, dataDir, clock, logger, redactor, bus });
  await vault.unlock();
  const settings = createSettings({ file: memorySettings({}), config, loginItem: null, bus });
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
  return { bus, connections, tracking };
}
