import { resolve } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import type { Handlers } from '../../src/main/control/control.ts';
import { AppError } from '../../src/main/core/errors.ts';
import type {
  AuditView,
  ConnectionView,
  ExportView,
  GitHubAppView,
  ProviderView,
} from '../../src/shared/connection-views.ts';
import { openHttpDoor } from '../support/http-door.ts';
import { CONNECTION, PROVIDER } from '../support/sample-views.ts';
import { aFlow, aStatus, noTracking, someSettings, someUpdates } from '../support/stand-in-control.ts';
import { launchBrowser, takePage, type WebPage } from './browser.ts';

const RENDERER = resolve(import.meta.dirname, '../../out/renderer');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What the app knows, as a test makes it up. */
export interface Broker {
  providers: ProviderView[];
  connections: ConnectionView[];
  apps: GitHubAppView[];
  audit: AuditView[];
  exports: ExportView[];
}

/** The built page on the real listener, over a contract whose connections a test plays. */
export interface BrokerDesk extends AsyncDisposable {
  /** Opens the web UI, signed in, on a page of it, once that shows its heading. */
  open(path: string, heading: string, options?: BrowserContextOptions): Promise<WebPage>;
  /** What the person did, as the app was told. */
  readonly told: { name: string; input: unknown }[];
  /** Begins anew, with GitHub, Jira and Slack that nobody has set up. */
  clear(): void;
  /** Changes what the app knows, and says that something changed. */
  know(some: Partial<Broker>): void;
  /** Answers a procedure in another way. */
  answer(handlers: Partial<Handlers>): void;
}

export async function openBrokerDesk(): Promise<BrokerDesk> {
  const told: BrokerDesk['told'] = [];
  let broker = newBroker();
  let others: Partial<Handlers> = {};

  const know = (some: Partial<Broker>) => {
    broker = { ...broker, ...some };
    door.bus.emit('connections');
  };
  const app = (id: string): GitHubAppView => {
    const found = broker.apps.find((each) => each.id === id);
    if (!found) throw new AppError('not_found', 'There is no such app.');
    return found;
  };
  const usual: Partial<Handlers> = {
    'status.get': () => ({ ...aStatus, connections: broker.connections }),
    'updates.get': () => someUpdates,
    'settings.get': () => someSettings,
    'tracking.get': () => noTracking,
    'approvals.list': () => [],
    'clients.list': () => [],
    'providers.list': () => broker.providers,
    'providers.configure': ({ platform, clientId, clientSecret }) => {
      const configured = broker.providers.map((provider) =>
        provider.platform !== platform
          ? provider
          : {
              ...provider,
              clientId,
              hasClientSecret: clientSecret === undefined ? provider.hasClientSecret : clientSecret !== null,
              configuredBy: 'person' as const,
              ways: ['web' as const],
            },
      );
      know({ providers: configured });
      return configured.find((provider) => provider.platform === platform) ?? PROVIDER;
    },
    'connections.list': () => broker.connections,
    'connections.flows': () => [],
    'connections.begin': ({ platform, way }) => ({
      ...aFlow,
      ...{ platform, way, userCode: null, verificationUri: null },
      authorizationUrl: `https://${platform}.example/authorize`,
    }),
    'connections.flow': () => aFlow,
    'connections.cancel': () => ({ ...aFlow, state: 'cancelled' }),
    'connections.disconnect': ({ id }) => {
      know({
        connections: broker.connections.filter((connection) => connection.id !== id),
        exports: broker.exports.filter(({ connectionId }) => connectionId !== id),
      });
      return { upstream: 'revoked', message: 'The token is gone from this machine, and revoked.', manualUrl: null };
    },
    'githubApps.list': () => broker.apps,
    'githubApps.create': () => ({ url: 'http://127.0.0.1:9090/github-app/new/4711' }),
    'githubApps.import': ({ appId }) => {
      const imported = anApp({ id: appId, name: 'Imported helper' });
      know({ apps: [...broker.apps, imported] });
      return imported;
    },
    'githubApps.sync': ({ id }) => app(id),
    'githubApps.remove': ({ id }) => {
      const { connectionIds } = app(id);
      know({
        apps: broker.apps.filter((each) => each.id !== id),
        connections: broker.connections.filter((connection) => !connectionIds.includes(connection.id)),
      });
      return {};
    },
    'audit.list': ({ before, limit, connectionId }) =>
      broker.audit
        .filter((row) => before === undefined || row.number < before)
        .filter((row) => connectionId === undefined || row.connectionId === connectionId)
        .slice(0, limit ?? 50),
    'exports.list': () => broker.exports,
    'exports.remove': ({ connectionId, to }) => {
      know({ exports: broker.exports.filter((one) => one.connectionId !== connectionId || one.to !== to) });
      return {};
    },
  };
  const handlers = new Proxy(usual, {
    get: (target, name) => {
      const handler = Reflect.get(others, name) ?? Reflect.get(target, name);
      if (handler === undefined) return undefined;
      return (input: unknown) => {
        if (COMMANDS.includes(String(name))) told.push({ name: String(name), input });
        return handler(input);
      };
    },
  });
  const door = await openHttpDoor(handlers, { rendererDir: RENDERER });
  const browser = await launchBrowser();

  return {
    told,
    async open(path, heading, options) {
      const web = await takePage(browser, options);
      await web.page.goto(door.listener.createLoginLink());
      // The first page is chosen by the app, which must not overtake what comes now.
      await web.page.waitForURL(/#\/(status|welcome)$/);
      await web.page.evaluate((page) => {
        location.hash = `#/${page}`;
      }, path);
      await web.page.getByRole('heading', { level: 1, name: heading }).waitFor();
      return web;
    },
    clear() {
      told.length = 0;
      others = {};
      know(newBroker());
    },
    know,
    answer(some) {
      others = { ...others, ...some };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await door[Symbol.asyncDispose]();
    },
  };
}

const COMMANDS: readonly string[] = [
  'providers.configure',
  'connections.begin',
  'connections.refresh',
  'connections.disconnect',
  'githubApps.create',
  'githubApps.import',
  'githubApps.sync',
  'githubApps.remove',
  'exports.remove',
];

/** An instant before now, or after it with a negative distance; ISO 8601. */
export const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

const unset = { clientId: null, hasClientSecret: false, configuredBy: null, ways: [] } as const;

export const GITHUB: ProviderView = { ...PROVIDER, ways: ['device'], hasClientSecret: false };

export const JIRA: ProviderView = {
  ...PROVIDER,
  ...{ platform: 'jira', name: 'Jira and Confluence', address: 'https://auth.atlassian.com', secret: 'required' },
  ...{ clientId: 'jira-client', hasClientSecret: true, ways: ['web'] },
  registrationUrl: 'https://developer.atlassian.com/console/myapps/create-3lo-app/',
  callbackUrl: 'http://127.0.0.1:9090/oauth/callback/jira',
  scopes: [
    { name: 'read:jira-work', reason: 'to read projects, issues and boards' },
    { name: 'offline_access', reason: 'to stay signed in for longer than an hour' },
  ],
};

export const SLACK: ProviderView = {
  ...PROVIDER,
  ...{ platform: 'slack', name: 'Slack', address: 'https://slack.com', secret: 'optional' },
  ...{ clientId: '1234.5678', hasClientSecret: false, ways: ['web'] },
  registrationUrl: 'https://api.slack.com/apps?new_app=1',
  callbackUrl: 'http://localhost:9090/oauth/callback/slack',
  scopes: [{ name: 'channels:history', reason: 'to read messages in public channels' }],
};

function newBroker(): Broker {
  return {
    providers: [GITHUB, JIRA, SLACK].map((provider) => ({ ...provider, ...unset, ways: [] })),
    ...{ connections: [], apps: [], audit: [], exports: [] },
  };
}

/** A person's account at GitHub, used by git a moment ago. */
export function anAccount(some: Partial<ConnectionView> = {}): ConnectionView {
  return {
    ...CONNECTION,
    id: crypto.randomUUID(),
    name: 'The Octocat',
    scopes: ['read:user'],
    connectedAt: ago(21 * DAY),
    tokenSince: ago(3 * HOUR),
    accessExpiresAt: ago(-5 * HOUR),
    refreshExpiresAt: ago(-180 * DAY),
    lastRefreshedAt: ago(3 * HOUR),
    lastUsedAt: ago(5 * MINUTE),
    lastUsedBy: 'git',
    ...some,
  };
}

/** One site of a sign-in to Atlassian. */
export function aSite(name: string, some: Partial<ConnectionView> = {}): ConnectionView {
  return anAccount({
    ...{ platform: 'jira', host: 'api.atlassian.com', login: 'mona@example.com', name: 'Mona Lisa' },
    organisation: { id: name, name, url: `https://${name.toLowerCase()}.atlassian.net` },
    ...{ scopes: ['read:jira-work', 'offline_access'], tokenPrefix: null },
    ...some,
  });
}

export function aWorkspace(name: string, some: Partial<ConnectionView> = {}): ConnectionView {
  return anAccount({
    ...{ platform: 'slack', host: 'slack.com', login: 'mona', name: null },
    organisation: { id: 'T1', name, url: `https://${name.toLowerCase()}.slack.com/` },
    ...{ scopes: ['channels:history'], tokenPrefix: 'xoxe.xoxp-' },
    ...some,
  });
}

/** A GitHub App's installation in an organisation. */
export function anInstallation(login: string, some: Partial<ConnectionView> = {}): ConnectionView {
  return anAccount({
    ...{ kind: 'app_installation', login, name: 'Garden helper', scopes: [], tokenPrefix: 'ghs_' },
    organisation: { id: login, name: login, url: `https://github.com/${login}` },
    permissions: { contents: 'read', pull_requests: 'write' },
    ...{ tokenSince: null, accessExpiresAt: null, refreshExpiresAt: null, lastRefreshedAt: null },
    ...some,
  });
}

export function anApp(some: Partial<GitHubAppView> = {}): GitHubAppView {
  return {
    ...{ id: '815', host: 'github.com', slug: 'garden-helper', name: 'Garden helper', owner: 'octocat' },
    clientId: 'Iv23liGarden',
    url: 'https://github.com/apps/garden-helper',
    installUrl: 'https://github.com/apps/garden-helper/installations/new',
    addedAt: ago(2 * DAY),
    connectionIds: [],
    problem: null,
    ...some,
  };
}

export function aHandOut(number: number, some: Partial<AuditView> = {}): AuditView {
  return {
    number,
    at: ago(5 * MINUTE),
    requester: { kind: 'git', id: 'trackeep git-credential', name: null },
    ...{ connectionId: null, platform: 'github', account: 'github.com/octocat', narrowedTo: null },
    expiresAt: ago(-5 * HOUR),
    ...some,
  };
}
