/** The real contract over procedures that a test makes up: what a door needs of the app, without the app. */
import { type Control, createControl, type Handlers } from '../../src/main/control/control.ts';
import { type Bus, createBus } from '../../src/main/core/bus.ts';
import { systemClock } from '../../src/main/core/clock.ts';
import { AppError } from '../../src/main/core/errors.ts';
import type { StatusView } from '../../src/shared/app-views.ts';
import type { ConnectionView, FlowView } from '../../src/shared/connection-views.ts';
import type { UpdatesView } from '../../src/shared/release-views.ts';
import type { SettingsView } from '../../src/shared/settings-views.ts';
import type { TrackingView } from '../../src/shared/tracking-views.ts';
import { createQuietLogger } from './quiet-logger.ts';
import { CONNECTION, TRACKING_SETTINGS } from './sample-views.ts';

const THEN = '2026-11-01T12:00:00.000Z';

export const aConnection: ConnectionView = { ...CONNECTION, name: 'The Octocat', connectedAt: THEN, tokenSince: THEN };

export const aFlow: FlowView = {
  id: '0b0e6f0a-54c6-4bb5-b7a4-2f3c1ce4a111',
  platform: 'github',
  way: 'device',
  state: 'waiting',
  startedAt: THEN,
  expiresAt: '2126-11-01T12:15:00.000Z',
  userCode: 'WDJB-MJHT',
  verificationUri: 'https://github.com/login/device',
  authorizationUrl: null,
  connectionId: null,
  login: null,
  error: null,
};

export const someSettings: SettingsView = {
  automaticChecks: true,
  checkIntervalMs: 86_400_000,
  prereleases: false,
  currentVersion: '1.2.5',
  notifications: true,
  resourceServers: [],
  trackeepInstances: [],
  tracking: TRACKING_SETTINGS,
  startAtLogin: null,
  colorScheme: 'auto',
  fixedBy: {},
};

export const someUpdates: UpdatesView = {
  state: 'up_to_date',
  currentVersion: '1.3.0',
  currentVersionFrom: 'person',
  latest: null,
  updateAvailable: false,
  prereleases: false,
  checkedAt: THEN,
  nextCheckAt: null,
  offlineSince: null,
  retryAt: null,
  error: null,
  download: null,
};

/** No account, so nothing is tracked. */
export const noTracking: TrackingView = {
  accounts: [],
  stored: { repositories: 0, commits: 0, pullRequests: 0, events: 0, databaseBytes: 4096 },
  waiting: 0,
  version: 1,
  webhooks: {
    url: 'http://127.0.0.1:9090/webhooks/github',
    hasSecret: false,
    lastDeliveryAt: null,
    channel: null,
    channelState: 'off',
  },
};

export const aStatus: StatusView = {
  app: { version: '0.1.0', host: 'headless', pid: 4711, startedAt: THEN, dataDir: '/data', demo: false },
  overall: 'ok',
  attention: [],
  connections: [aConnection],
  vault: { source: 'file', backend: 'key file (not protected by the system)', state: 'open', problem: null },
  issuer: { address: 'http://127.0.0.1:9090', mcp: 'http://127.0.0.1:9090/mcp' },
  updates: {
    state: 'up_to_date',
    currentVersion: '1.3.0',
    latestVersion: '1.3.0',
    checkedAt: THEN,
    nextCheckAt: null,
  },
  tracking: { waiting: 0, first: [] },
};

/** A contract that answers `some` procedures; every other one fails, saying that the test did not expect it. */
export function standInControl(some: Partial<Handlers> = {}): { control: Control; bus: Bus } {
  const handlers = new Proxy(some, {
    get: (target, name) =>
      Reflect.get(target, name) ??
      (() => {
        throw new AppError('internal', `${String(name)} was not expected.`);
      }),
  }) as Handlers;
  const bus = createBus(() => {});
  return { bus, control: createControl({ handlers, bus, logger: createQuietLogger(), clock: systemClock() }) };
}
