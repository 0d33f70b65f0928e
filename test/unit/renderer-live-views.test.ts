import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { createWatchable, type RendererClient } from '../../src/renderer/client/client.ts';
import { createLiveViews, flowKey, viewKey } from '../../src/renderer/data/live-views.ts';
import type { StatusView } from '../../src/shared/app-views.ts';
import type { ConnectionView, FlowView } from '../../src/shared/connection-views.ts';
import type { SettingsView } from '../../src/shared/settings-views.ts';
import { APPROVAL, CLIENT, CONNECTION as connection, TRACKING_SETTINGS } from '../support/sample-views.ts';

const settings = (currentVersion: string): SettingsView => ({
  automaticChecks: true,
  checkIntervalMs: 3_600_000,
  prereleases: false,
  currentVersion,
  notifications: true,
  resourceServers: [],
  trackeepInstances: [],
  tracking: TRACKING_SETTINGS,
  startAtLogin: null,
  colorScheme: 'auto',
  fixedBy: {},
});

const flow = (state: FlowView['state']): FlowView => ({
  id: '0b0f7f0e-7c1e-4a52-9d38-5a4d4fdf2f11',
  platform: 'github',
  way: 'device',
  state,
  startedAt: '2026-11-20T12:00:00.000Z',
  expiresAt: '2026-11-20T12:15:00.000Z',
  userCode: 'WDJB-MJHT',
  verificationUri: 'https://github.com/login/device',
  authorizationUrl: null,
  connectionId: null,
  login: null,
  error: null,
});

const statusWith = (connections: ConnectionView[]): StatusView => ({
  app: {
    version: '0.1.0',
    host: 'headless',
    pid: 1,
    startedAt: '2026-11-20T11:00:00.000Z',
    dataDir: '/home/mona/trackeep-tray',
    demo: false,
  },
  overall: 'ok',
  attention: [],
  connections,
  vault: { source: 'file', backend: 'key file', state: 'open', problem: null },
  issuer: { address: 'http://127.0.0.1:9090', mcp: 'http://127.0.0.1:9090/mcp' },
  updates: { state: 'never_checked', currentVersion: null, latestVersion: null, checkedAt: null, nextCheckAt: null },
  tracking: { waiting: 0, first: [] },
});

/** A client whose every answer is given by hand, so that a test decides what arrives first. */
function setUp() {
  const answers: ((answer: unknown) => void)[] = [];
  const call = () =>
    new Promise<never>((resolve) => {
      answers.push((answer) => resolve(answer as never));
    });
  const client: RendererClient = {
    door: 'web',
    platform: null,
    link: createWatchable('open' as const),
    call,
    subscribe: () => () => {},
  };
  const cache = new QueryClient();
  return { cache, live: createLiveViews(client, cache), answer: (value: unknown) => answers.shift()?.(value) };
}

describe('a view and the events that change it', () => {
  it('is what the app answered, where nothing else came', async () => {
    const { live, answer } = setUp();
    const asked = live.fetch('settings.get');
    answer(settings('1.0.0'));
    expect((await asked).currentVersion).toBe('1.0.0');
  });

  it('is the event, where an older answer comes after it', async () => {
    const { live, answer } = setUp();
    const asked = live.fetch('settings.get');
    live.take({ event: 'settings', data: settings('2.0.0') });
    answer(settings('1.0.0'));
    expect((await asked).currentVersion).toBe('2.0.0');
  });

  it('is the next answer again, once no event interferes', async () => {
    const { live, answer } = setUp();
    live.take({ event: 'settings', data: settings('2.0.0') });
    const asked = live.fetch('settings.get');
    answer(settings('3.0.0'));
    expect((await asked).currentVersion).toBe('3.0.0');
  });

  it("takes a command's answer without waiting for the event", async () => {
    const { live, cache, answer } = setUp();
    const set = live.command('settings.set', { currentVersion: '1.2.5' });
    answer(settings('1.2.5'));
    await set;
    expect(cache.getQueryData(viewKey('settings.get'))).toMatchObject({ currentVersion: '1.2.5' });
  });
});

describe('programs that ask, and those that are known', () => {
  it('are as the events tell them', () => {
    const { live, cache } = setUp();
    live.take({ event: 'approvals', data: [APPROVAL] });
    live.take({ event: 'clients', data: [CLIENT] });
    expect(cache.getQueryData(viewKey('approvals.list'))).toEqual([APPROVAL]);
    expect(cache.getQueryData(viewKey('clients.list'))).toEqual([CLIENT]);
  });

  it('are asked for again after an answer, which may have changed who is allowed what', async () => {
    const { live, cache, answer } = setUp();
    for (const view of ['approvals.list', 'clients.list'] as const) cache.setQueryData(viewKey(view), []);
    const denied = live.command('approvals.deny', { id: APPROVAL.id });
    answer({ ...APPROVAL, state: 'denied' });
    await denied;
    for (const view of ['approvals.list', 'clients.list'] as const) {
      expect(cache.getQueryState(viewKey(view))?.isInvalidated, view).toBe(true);
    }
  });
});

describe('the connections', () => {
  it('are as new as the newest status, which holds them too', () => {
    const { live, cache } = setUp();
    live.take({ event: 'connections', data: [] });
    live.take({ event: 'status', data: statusWith([connection]) });
    expect(cache.getQueryData(viewKey('connections.list'))).toEqual([connection]);
  });
});

describe('a sign-in and the events that change it', () => {
  it('is among the waiting ones until it ends', () => {
    const { live, cache } = setUp();
    live.take({ event: 'flow', data: flow('waiting') });
    expect(cache.getQueryData(viewKey('connections.flows'))).toHaveLength(1);
    live.take({ event: 'flow', data: flow('connected') });
    expect(cache.getQueryData(viewKey('connections.flows'))).toHaveLength(0);
    expect(cache.getQueryData(flowKey(flow('waiting').id))).toMatchObject({ state: 'connected' });
  });

  it('stays ended where the answer to its beginning comes last', async () => {
    const { live, cache, answer } = setUp();
    const begun = live.command('connections.begin', { platform: 'github', way: 'device' });
    live.take({ event: 'flow', data: flow('waiting') });
    live.take({ event: 'flow', data: flow('denied') });
    answer(flow('waiting'));
    await begun;
    expect(cache.getQueryData(flowKey(flow('waiting').id))).toMatchObject({ state: 'denied' });
    expect(cache.getQueryData(viewKey('connections.flows'))).toHaveLength(0);
  });
});
