import { describe, expect, it } from 'vitest';
import { createControl, type Handlers } from '../../src/main/control/control.ts';
import { createBus } from '../../src/main/core/bus.ts';
import { AppError } from '../../src/main/core/errors.ts';
import type { Logger } from '../../src/main/core/logger.ts';
import type { ContractEvent } from '../../src/shared/contract.ts';
import type { SettingsView } from '../../src/shared/settings-views.ts';
import { TRACKING_SETTINGS } from '../support/sample-views.ts';

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

const settings: SettingsView = {
  automaticChecks: true,
  checkIntervalMs: 86_400_000,
  prereleases: false,
  currentVersion: null,
  notifications: true,
  resourceServers: [],
  trackeepInstances: [],
  tracking: TRACKING_SETTINGS,
  startAtLogin: null,
  colorScheme: 'auto',
  fixedBy: {},
};

/** A control over the given procedures; every other one says that the test did not expect it. */
function controlOver(some: Partial<Handlers>) {
  const handlers = new Proxy(some, {
    get: (target, name) =>
      Reflect.get(target, name) ??
      (() => {
        throw new AppError('internal', `${String(name)} was not expected.`);
      }),
  }) as Handlers;
  const bus = createBus(() => {});
  return { bus, control: createControl({ handlers, bus, logger: quiet, clock: { monotonic: () => 0 } }) };
}

describe('the contract as every door sees it', () => {
  it('does not know procedures outside the contract, not even those of Object', async () => {
    const { control } = controlOver({});
    for (const name of ['nope', 'toString', '__proto__', '']) {
      await expect(control.call('socket', name, {})).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('keeps tokens away from the window and the web, whatever is asked', async () => {
    let asked = 0;
    const token = {
      token: 'secret',
      login: 'octocat',
      host: 'github.com',
      expiresAt: null,
      connectionId: '4f9c1f0e-8a43-4c86-9b3a-0b6d1d1f6c11',
    };
    const { control } = controlOver({ 'tokens.get': () => ({ ...token, token: `secret-${++asked}` }) });
    for (const door of ['window', 'web'] as const) {
      await expect(control.call(door, 'tokens.get', { platform: 'github' })).rejects.toMatchObject({
        code: 'not_permitted',
      });
    }
    expect(asked).toBe(0);
    await expect(control.call('socket', 'tokens.get', { platform: 'github' })).resolves.toMatchObject({
      token: 'secret-1',
    });
  });

  it('names the field of a bad input and does not run the procedure', async () => {
    let ran = false;
    const { control } = controlOver({
      'settings.set': () => {
        ran = true;
        return settings;
      },
    });
    const refused = control.call('web', 'settings.set', { checkIntervalMs: 1 });
    await expect(refused).rejects.toMatchObject({
      code: 'bad_input',
      message: expect.stringContaining('checkIntervalMs'),
    });
    expect(ran).toBe(false);
  });

  it('refuses fields that the contract does not have', async () => {
    const { control } = controlOver({ 'settings.get': () => settings });
    await expect(control.call('web', 'settings.get', { extra: 1 })).rejects.toMatchObject({ code: 'bad_input' });
  });

  it('lets no answer out that carries more than the contract says', async () => {
    const { control } = controlOver({ 'settings.get': () => ({ ...settings, accessToken: 'gho_leak' }) });
    await expect(control.call('web', 'settings.get', {})).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('gho_leak'),
    });
  });

  it('turns an unexpected failure into one sentence without its details', async () => {
    const { control } = controlOver({
      'settings.get': () => {
        throw new Error('connect to /home/me/.secret failed');
      },
    });
    await expect(control.call('web', 'settings.get', {})).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('.secret'),
    });
  });
});

describe('the event stream', () => {
  it('carries the whole view, once, however many signals came in the same moment', async () => {
    const { control, bus } = controlOver({ 'settings.get': () => settings });
    const seen: ContractEvent[] = [];
    const firstTwo = new Promise<void>((resolve) => {
      control.subscribe((event) => {
        seen.push(event);
        if (event.event === 'settings') resolve();
      });
    });
    bus.emit('settings');
    bus.emit('settings');
    bus.emit('settings');
    await firstTwo;
    expect(seen).toEqual([{ event: 'settings', data: settings }]);
  });

  it('lets no view out that carries more than the contract says', async () => {
    const { control, bus } = controlOver({ 'settings.get': () => ({ ...settings, accessToken: 'gho_leak' }) });
    const seen: ContractEvent[] = [];
    const notice = { kind: 'info', title: 'a', body: 'b', page: null } as const;
    const noticed = new Promise<void>((resolve) => {
      control.subscribe((event) => {
        seen.push(event);
        if (event.event === 'notice') resolve();
      });
    });
    bus.emit('settings');
    // The views are made in the turns that follow; a notice sent after those is the end of what there was to see.
    setImmediate(() => bus.emit('notice', notice));
    await noticed;
    expect(seen).toEqual([{ event: 'notice', data: notice }]);
  });

  it('reaches every listener, also behind one that fails', () => {
    const { control, bus } = controlOver({});
    const seen: ContractEvent[] = [];
    control.subscribe(() => {
      throw new Error('a broken listener');
    });
    control.subscribe((event) => seen.push(event));
    bus.emit('notice', { kind: 'info', title: 'a', body: 'b', page: null });
    expect(seen).toHaveLength(1);
  });

  it('is silent for a listener that has left', () => {
    const { control, bus } = controlOver({});
    const seen: ContractEvent[] = [];
    const leave = control.subscribe((event) => seen.push(event));
    leave();
    bus.emit('notice', { kind: 'info', title: 'a', body: 'b', page: null });
    expect(seen).toEqual([]);
  });
});
