import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBus } from '../../src/main/core/bus.ts';
import type { Host } from '../../src/main/core/host.ts';
import { createSettings, type SettingsParts } from '../../src/main/storage/settings.ts';
import { openSettingsFile } from '../../src/main/storage/settings-file.ts';
import type { SettingsPatch } from '../../src/shared/settings-views.ts';
import { TRACKING_SETTINGS } from '../support/sample-views.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR = 3_600_000;
const UNSET: SettingsParts['config'] = {
  automaticChecks: null,
  checkIntervalMs: null,
  prereleases: null,
  appVersion: null,
  issuer: { resourceServers: null },
};

interface SetUp {
  content?: string;
  config?: Partial<SettingsParts['config']>;
  loginItem?: Host['loginItem'];
}

function setUp({ content, config = {}, loginItem = null }: SetUp = {}) {
  const dataDir = temporaryFolder();
  const path = join(dataDir, 'settings.json');
  if (content !== undefined) writeFileSync(path, content);
  const bus = createBus((error) => {
    throw error;
  });
  let changes = 0;
  bus.on('settings', () => changes++);
  const open = () =>
    createSettings({ file: openSettingsFile(dataDir), config: { ...UNSET, ...config }, loginItem, bus });
  return { dataDir, path, open, written: () => JSON.parse(readFileSync(path, 'utf8')), changes: () => changes };
}

describe('the settings', () => {
  it('are the usual ones at first, without a file', () => {
    const { open, dataDir } = setUp();
    expect(open().get()).toEqual({
      automaticChecks: true,
      checkIntervalMs: 24 * HOUR,
      prereleases: false,
      currentVersion: null,
      notifications: true,
      resourceServers: [],
      trackeepInstances: [],
      tracking: TRACKING_SETTINGS,
      startAtLogin: null,
      colorScheme: 'auto',
      fixedBy: {},
    });
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it.each([
    'http://keep.example.com',
    'https://keep.example.com/app',
    'https://me@keep.example.com',
    'https://KEEP.example.com',
    'https://keep.example.com:443',
    'keep.example.com',
    'https:/\\\\keep.example.com',
  ])('take no %s for a Trackeep instance', (origin) => {
    const { open } = setUp();
    expect(() => open().set({ trackeepInstances: [{ origin, passGitHubToken: false }] })).toThrow(
      expect.objectContaining({ code: 'bad_input' }),
    );
  });

  it('outlive a restart', () => {
    const { open } = setUp();
    const patch = { prereleases: true, checkIntervalMs: HOUR, currentVersion: 'v1.2.5', colorScheme: 'dark' } as const;
    expect(open().set(patch)).toMatchObject(patch);
    expect(open().get()).toMatchObject(patch);
  });

  it('tell the others when they change', () => {
    const { open, changes } = setUp();
    open().set({ notifications: false });
    expect(changes()).toBe(1);
  });

  it('keep what a newer version wrote into the file', () => {
    const { open, written } = setUp({ content: '{"prereleases":true,"fromTheFuture":{"a":1}}' });
    open().set({ notifications: false });
    expect(written()).toEqual({ prereleases: true, fromTheFuture: { a: 1 }, notifications: false });
  });

  it('keep what a person wrote into the file meanwhile', () => {
    const { open, path } = setUp();
    const settings = open();
    writeFileSync(path, '{"colorScheme":"light"}');
    expect(settings.set({ notifications: false })).toMatchObject({ colorScheme: 'light', notifications: false });
  });

  it.runIf(process.platform !== 'win32')('are readable for this user only', () => {
    const { open, path } = setUp();
    open().set({ notifications: false });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leave no temporary file of a crash behind', () => {
    const { open, dataDir } = setUp({ content: '{}' });
    writeFileSync(join(dataDir, 'settings.json.tmp-1234567890abcdef'), '{"half');
    open();
    expect(readdirSync(dataDir)).toEqual(['settings.json']);
  });
});

describe('the environment', () => {
  const config = { automaticChecks: false, checkIntervalMs: HOUR, prereleases: true, appVersion: 'v1.2.5' };

  it('wins over the file, and is named', () => {
    const { open } = setUp({ content: '{"automaticChecks":true,"prereleases":false}', config });
    expect(open().get()).toMatchObject({
      automaticChecks: false,
      checkIntervalMs: HOUR,
      prereleases: true,
      currentVersion: 'v1.2.5',
      fixedBy: {
        automaticChecks: 'AUTO_UPDATE_CHECK',
        checkIntervalMs: 'UPDATE_CHECK_INTERVAL',
        prereleases: 'PRERELEASE_UPDATES',
        currentVersion: 'APP_VERSION',
      },
    });
  });

  it('does not let what it fixes be changed', () => {
    const { open, dataDir } = setUp({ config });
    expect(() => open().set({ prereleases: false, notifications: false })).toThrow(
      expect.objectContaining({ code: 'bad_input', message: expect.stringContaining('PRERELEASE_UPDATES') }),
    );
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is not written into the file, where it would outlive itself', () => {
    const { open, written } = setUp({ config: { prereleases: true } });
    open().set({ prereleases: true, notifications: false });
    expect(written()).toEqual({ notifications: false });
  });
});

describe('a value that cannot be', () => {
  it.each([
    ['an interval that is too short', { checkIntervalMs: 1_000 }, 'checkIntervalMs'],
    ['a scheme that does not exist', { colorScheme: 'pink' }, 'colorScheme'],
    ['a setting that does not exist', { telemetry: true }, 'telemetry'],
    ['an empty version', { currentVersion: ' ' }, 'currentVersion'],
  ])('%s is bad_input, and changes nothing', (_name, patch, field) => {
    const { open, dataDir, changes } = setUp();
    const settings = open();
    const before = settings.get();

    expect(() => settings.set(patch as SettingsPatch)).toThrow(
      expect.objectContaining({ code: 'bad_input', message: expect.stringContaining(field) }),
    );

    expect(settings.get()).toEqual(before);
    expect([readdirSync(dataDir), changes()]).toEqual([[], 0]);
  });
});

describe('a settings file that cannot be understood', () => {
  it.each([
    ['is no JSON', 'prereleases = true'],
    ['was cut off', '{"prereleases": tr'],
    ['is empty', ''],
    ['is a list', '[]'],
    ['is a word', '"settings"'],
    ['is null', 'null'],
    ['holds a wrong type', '{"prereleases":"yes"}'],
    ['holds an impossible value', '{"checkIntervalMs":5}'],
  ])('because it %s is settings_corrupt with its path, and stays as it is', (_name, content) => {
    const { open, path } = setUp({ content });

    expect(open).toThrow(
      expect.objectContaining({
        code: 'settings_corrupt',
        message: expect.stringContaining(path),
        remedy: expect.stringContaining('has not been touched'),
      }),
    );
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('names the wrong setting', () => {
    const { open } = setUp({ content: '{"checkIntervalMs":5}' });
    expect(open).toThrow(expect.objectContaining({ message: expect.stringContaining('“checkIntervalMs”') }));
  });

  it.each(['broken', '{"checkIntervalMs":5}'])('is not written over when it became %s while the app ran', (content) => {
    const { open, path } = setUp({ content: '{"prereleases":true}' });
    const settings = open();
    writeFileSync(path, content);

    expect(() => settings.set({ notifications: false })).toThrow(expect.objectContaining({ code: 'settings_corrupt' }));

    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(settings.get()).toMatchObject({ prereleases: true, notifications: true });
  });
});

describe('starting at login', () => {
  it('is what the system says, and is set there and not in the file', () => {
    let on = false;
    const loginItem = {
      get: () => on,
      set: (next: boolean) => {
        on = next;
      },
    };
    const { open, dataDir } = setUp({ loginItem });
    const settings = open();
    expect(settings.get().startAtLogin).toBe(false);
    expect(settings.set({ startAtLogin: true }).startAtLogin).toBe(true);
    expect(on).toBe(true);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is bad_input where the host cannot do it', () => {
    expect(() => setUp().open().set({ startAtLogin: true })).toThrow(expect.objectContaining({ code: 'bad_input' }));
  });
});
