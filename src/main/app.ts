import type { StatusView } from '../shared/app-views.ts';
import { createConnections } from './connections/create-connections.ts';
import { type Control, createControl } from './control/control.ts';
import { createDoctor } from './control/doctor.ts';
import { createHandlers } from './control/handlers.ts';
import { createBus } from './core/bus.ts';
import { systemClock } from './core/clock.ts';
import type { Config } from './core/config.ts';
import { openDataFolder } from './core/data-folder.ts';
import type { Host } from './core/host.ts';
import { createHttpClient } from './core/http-client.ts';
import { acquireInstanceLock } from './core/instance-lock.ts';
import { iso } from './core/iso-time.ts';
import { createLogger } from './core/logger.ts';
import { createRedactor } from './core/redact.ts';
import { createScheduler } from './core/scheduler.ts';
import { createGitHubApi } from './http/github-api/github-api.ts';
import { createListener } from './http/listener.ts';
import { createRest } from './http/rest/rest.ts';
import { createSocketDoor } from './http/socket.ts';
import { createSessionTokens } from './http/trackeep/session-tokens.ts';
import { createTrackeep } from './http/trackeep/trackeep.ts';
import { readStaticClients } from './issuer/configured-clients.ts';
import { createIssuer } from './issuer/create-issuer.ts';
import { createMcp } from './mcp/create-mcp.ts';
import { createReleases } from './releases/create-releases.ts';
import { openDatabase } from './storage/database.ts';
import { createSettings } from './storage/settings.ts';
import { createTracking } from './tracking/create-tracking.ts';
import { createVault } from './vault/create-vault.ts';
import { vaultChecks } from './vault/vault-checks.ts';

/** Between two looks at what stands empty in the database file. */
const SPACE_ROUND_MS = 3_600_000;

export interface AppOptions {
  /** The product's own version. */
  version: string;
  /** The built renderer, served as the web UI. */
  rendererDir: string;
  /** Readable lines on standard error beside the log file. */
  logToConsole: boolean;
  /** Whether the providers are local emulators; shown, so that nobody takes a demo for the real thing. */
  demo: boolean;
}

/** A running app. */
export interface App {
  readonly control: Control;
  /** The listener's address, such as http://127.0.0.1:9090. */
  readonly address: string;
  /** `status.get`, for the host itself. */
  status(): Promise<StatusView>;
  /** A one-time link into the web UI. */
  loginLink(): string;
  /** Ends everything in the reverse order of its start. */
  stop(): Promise<void>;
}

/**
 * The composition root: builds the rooms from the ground up and starts them. Whatever fails on the way, what was
 * started before is ended again, so a failed start leaves no lock, socket or listener behind.
 *
 * @throws AppError `data_folder_unusable`, `already_running`, `database_corrupt`, `database_newer`, `settings_corrupt`,
 *   `disk_full`, `port_in_use`. A vault that does not open is no failure: the app runs and says so.
 */
export async function startApp(host: Host, config: Config, options: AppOptions): Promise<App> {
  const started = new AsyncDisposableStack();
  try {
    return await build(host, config, options, started);
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

async function build(host: Host, config: Config, options: AppOptions, started: AsyncDisposableStack): Promise<App> {
  const { dataDir } = config;
  const { version, rendererDir, demo } = options;
  const clock = systemClock();
  const startedAt = iso(clock.now());

  const { tightened } = await openDataFolder(dataDir);
  const lock = acquireInstanceLock(dataDir);
  started.defer(() => lock.release());

  const staticClients = await readStaticClients(config.issuer.clientsFile);
  const redactor = createRedactor();
  if (config.issuer.introspectionToken !== null) redactor.learn(config.issuer.introspectionToken);
  for (const secret of [config.trackeep.jwtSecret, config.trackeep.oauthJwtSecret]) {
    if (secret !== null) redactor.learn(secret);
  }
  for (const { client_secret: secret } of staticClients) if (secret !== undefined) redactor.learn(secret);
  const logger = createLogger({ dataDir, level: config.logLevel, console: options.logToConsole, redact: redactor });
  started.defer(() => logger.close());
  if (tightened) logger.warn('other users could read the data folder; now they cannot', { dataDir });
  const bus = createBus((error) => logger.error('a listener failed', { error }));

  const scheduler = createScheduler({ clock, logger: logger.child('scheduler') });
  started.defer(() => scheduler.stop());
  started.defer(host.onResume(() => scheduler.wake()));

  const database = await openDatabase({ dataDir, logger: logger.child('storage') });
  started.defer(() => database.close());
  scheduler.every('empty space of the database', {
    intervalMs: () => SPACE_ROUND_MS,
    task: (signal) => database.giveBack(signal),
  });
  const settings = createSettings({ file: host.openSettings(dataDir), config, loginItem: host.loginItem, bus });

  const vault = await createVault({
    source: config.vaultSource,
    db: database.db,
    dataDir,
    passphrase: config.vaultPassphrase,
    clock,
    logger: logger.child('vault'),
    redactor,
    bus,
  });
  // Three seconds at most, and only while a keychain prompt stands. Going on without an answer would make the first
  // status of every start a wrong one.
  await vault.unlock();

  const fetch = createHttpClient({ clock, userAgent: `trackeep-tray/${version}` });
  const connections = createConnections({
    db: database.db,
    vault,
    config,
    clock,
    logger: logger.child('connections'),
    redactor,
    bus,
    scheduler,
    fetch,
    callbackUrl: (platform) => `${config.callbackBase ?? address()}/oauth/callback/${platform}`,
    place: lock.place,
  });
  const releases = createReleases({
    db: database.db,
    settings,
    connections,
    config,
    clock,
    logger: logger.child('releases'),
    bus,
    scheduler,
    fetch,
    dataDir,
    platform: { os: process.platform, arch: process.arch },
  });

  const tracking = createTracking({
    db: database.db,
    vault,
    connections,
    settings,
    clock,
    logger: logger.child('tracking'),
    bus,
    scheduler,
    githubUrl: config.github.url,
    address: () => address(),
    databaseBytes: () => database.size(),
  });

  const issuer = createIssuer({
    db: database.db,
    vault,
    config: config.issuer,
    statics: staticClients,
    clock,
    logger: logger.child('issuer'),
    bus,
    scheduler,
    address: () => address(),
    resourceServers: () => settings.get().resourceServers,
    exchange: (request) => rest.exchange(request),
  });
  const rest = createRest({
    connections,
    tokens: issuer,
    clients: issuer.clients,
    clock,
    issuer: () => address(),
    addresses: {
      github: [config.github.url, config.github.apiUrl],
      jira: [config.jira.apiUrl],
      slack: [config.slack.url],
    },
  });
  const trackeep = createTrackeep({
    config: config.trackeep,
    connections,
    releases,
    settings,
    clock,
    address: () => address(),
  });
  const githubApi = createGitHubApi({
    tracking,
    connections,
    tokens: issuer,
    sessions: createSessionTokens({ config: config.trackeep, clock, issuer: () => address() }),
    config: config.trackeep,
    clock,
    gitHubHost: new URL(config.github.url).host,
    issuer: () => address(),
  });
  const mcp = createMcp({
    tokens: issuer,
    connections,
    releases,
    tracking,
    bus,
    clock,
    logger: logger.child('mcp'),
    address: () => address(),
    version,
  });

  const doctor = createDoctor({
    clock,
    dataDir,
    socketPath: () => socket.path(),
    address: () => address(),
    githubUrl: config.github.url,
    fetch,
    connections,
    integrityCheck: () => database.integrityCheck(),
    vaultChecks: () => vaultChecks({ vault, db: database.db, dataDir }),
  });
  const app = { version, host: host.kind, pid: process.pid, startedAt, dataDir, demo } as const;
  const handlers = createHandlers({
    host,
    vault,
    connections,
    releases,
    tracking,
    issuer,
    settings,
    doctor,
    app,
    address: () => address(),
  });
  const control = createControl({ handlers, bus, logger: logger.child('control'), clock });
  started.defer(bus.on('notice', (notice) => settings.get().notifications && host.notify(notice)));

  const listener = createListener({
    port: config.port,
    control,
    onCallback: (platform, parameters) => connections.callback(platform, parameters),
    signIn: (id) => connections.flow(id),
    githubApps: connections.githubApps,
    issuer,
    mcp,
    rest,
    trackeep,
    githubApi,
    webhooks: tracking,
    rendererDir,
    logger: logger.child('http'),
    clock,
  });
  const listening = await listener.start();
  started.defer(() => listener.stop());
  // Before the listener, which would wait for the streams of news.
  started.defer(() => mcp.stop());
  const address = () => listening.address;

  const socket = createSocketDoor({ dataDir, control, logger: logger.child('socket') });
  await socket.start();
  started.defer(() => socket.stop());

  await issuer.start();
  started.defer(() => issuer.stop());
  connections.start();
  started.defer(() => connections.stop());
  await releases.start();
  started.defer(() => releases.stop());
  await tracking.start();
  started.defer(() => tracking.stop());
  logger.info('started', { version, host: host.kind, address: listening.address, vault: vault.view().state });

  return {
    control,
    address: listening.address,
    status: async () => handlers['status.get']({}),
    loginLink: () => listener.createLoginLink(),
    stop: () => started.disposeAsync(),
  };
}
