import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createBus } from '../../src/main/core/bus.ts';
import { systemClock } from '../../src/main/core/clock.ts';
import { type IssuerConfig, readConfig } from '../../src/main/core/config.ts';
import { createRedactor } from '../../src/main/core/redact.ts';
import { createScheduler, type Schedule } from '../../src/main/core/scheduler.ts';
import { createListener } from '../../src/main/http/listener.ts';
import { readStaticClients } from '../../src/main/issuer/configured-clients.ts';
import { createIssuer } from '../../src/main/issuer/create-issuer.ts';
import type { Issuer } from '../../src/main/issuer/issuer.ts';
import type { Mcp } from '../../src/main/mcp/mcp.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createVault } from '../../src/main/vault/create-vault.ts';
import type { Vault } from '../../src/main/vault/vault.ts';
import type { NoticeView } from '../../src/shared/app-views.ts';
import { NO_TRACKEEP, UNASKED } from './http-door.ts';
import { recordingLogger } from './recording-logger.ts';
import { standInControl } from './stand-in-control.ts';

/** The registered token of resource servers that labs switch introspection on with. */
export const INTROSPECTION_TOKEN = 'introspection-0123456789abcdefghij';

export interface IssuerLabOptions {
  config?: Partial<IssuerConfig>;
  resourceServers?: readonly string[];
  dataDir?: string;
  port?: number;
  /** The operating system that the issuer takes this one for. */
  platform?: NodeJS.Platform;
  /** Of a vault that is sealed by one; null: nobody has typed it yet. A vault with a key file where it is left out. */
  passphrase?: string | null;
  mcp?: (issuer: Issuer, address: () => string) => Pick<Mcp, 'answer'>;
}

/**
 * The issuer behind the real listener and its guards, over a real database and a real vault. Its clock is the
 * machine's, as the library's is: a test that moves time moves `Date` with Vitest.
 */
export interface IssuerLab {
  readonly address: string;
  readonly issuer: Issuer;
  readonly db: Database['db'];
  readonly vault: Vault;
  readonly dataDir: string;
  readonly notices: NoticeView[];
  /** Everything that was logged, before any redaction. */
  readonly log: string[];
  /** The janitor makes a round, whether it is time for one or not. */
  tidy(): Promise<void>;
  /** What the person's resource servers are from now on. */
  setResourceServers(addresses: readonly string[]): void;
  /** Ends the rooms, in good order, and opens them anew on the same data folder and port. */
  restart(change?: Partial<IssuerLabOptions>): Promise<IssuerLab>;
  close(): Promise<void>;
}

export async function openIssuerLab(options: IssuerLabOptions = {}): Promise<IssuerLab> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'tt-issuer-')));
  const config = { ...readConfig({ env: { HOME: dataDir } }).issuer, ...options.config };
  const clock = systemClock();
  const log: string[] = [];
  const logger = recordingLogger(log);
  const bus = createBus((error) => log.push(String(error)));
  const notices: NoticeView[] = [];
  bus.on('notice', (notice) => notices.push(notice));
  const scheduler = createScheduler({ clock, logger });
  const database = await openDatabase({ dataDir, logger });
  const { db } = database;
  const redactor = createRedactor();
  const vault = await createVault({
    source: options.passphrase === undefined ? 'file' : 'passphrase',
    passphrase: options.passphrase ?? null,
    ...{ db, dataDir, clock, logger, redactor, bus },
  });
  await vault.unlock();

  const schedules: Schedule[] = [];
  let resourceServers = options.resourceServers ?? [];
  let address = '';
  const issuer = createIssuer({
    ...{ db, vault, config, clock, logger, bus },
    scheduler: {
      ...scheduler,
      every(name, options) {
        const schedule = scheduler.every(name, options);
        schedules.push(schedule);
        return schedule;
      },
    },
    statics: await readStaticClients(config.clientsFile),
    address: () => address,
    resourceServers: () => resourceServers,
    exchange: () => Promise.reject(new Error('No token was expected to be exchanged.')),
    ...(options.platform === undefined ? {} : { platform: options.platform }),
  });
  const { control } = standInControl();
  const listener = createListener({
    port: options.port ?? 0,
    ...{ control, issuer, logger, clock },
    onCallback: () => Promise.reject(new Error('No callback was expected.')),
    githubApps: UNASKED,
    mcp: options.mcp?.(issuer, () => address) ?? {
      answer: () => Promise.reject(new Error('The MCP server was not expected to be asked.')),
    },
    rest: { answer: () => Promise.reject(new Error('The REST routes were not expected to be asked.')) },
    ...NO_TRACKEEP,
    rendererDir: dataDir,
  });
  const listening = await listener.start();
  address = listening.address;
  await issuer.start();

  const release = async () => {
    await listener.stop();
    await issuer.stop();
    await scheduler.stop();
    await database.close();
  };

  return {
    ...{ address, issuer, db, vault, dataDir, notices, log },
    async tidy() {
      await Promise.all(schedules.map((schedule) => schedule.trigger()));
    },
    setResourceServers(addresses) {
      resourceServers = addresses;
    },
    async restart(change) {
      await release();
      // So that `fetch`, in this process, hears that its connections were closed, and uses none of them again.
      for (let turns = 0; turns < 3; turns += 1) await setImmediate();
      return openIssuerLab({ ...options, resourceServers, dataDir, port: listening.port, ...change });
    },
    async close() {
      await release();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
