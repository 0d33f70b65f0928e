import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentedSettings, readConfig } from '../../src/main/core/config.ts';
import { defaultDataDir } from '../../src/main/core/default-data-dir.ts';
import { AppError } from '../../src/main/core/errors.ts';

const MINUTE = 60_000;
/** What has specs of its own, as it is without a setting. */
const OTHERS = {
  jira: {
    authUrl: 'https://auth.atlassian.com',
    apiUrl: 'https://api.atlassian.com',
    clientId: null,
    clientSecret: null,
  },
  slack: { url: 'https://slack.com', clientId: null, clientSecret: null },
  hq: { url: 'https://hq.trackeep.org', apiUrl: 'https://hq.trackeep.org' },
  trackeep: expect.any(Object),
};
const INTROSPECTION = '5f1c9a7e3b2d4f6a8c0e1d3b5a79f2c4';

function problemOf(env: Record<string, string>, flags = {}): AppError {
  try {
    readConfig({ env, flags });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('without any setting', () => {
  it('the usual values hold, and what is the person’s to choose stays open', () => {
    expect(readConfig({ env: { XDG_DATA_HOME: '/data' } })).toEqual({
      dataDir: defaultDataDir({ env: { XDG_DATA_HOME: '/data' } }),
      port: 9090,
      vaultSource: 'keychain',
      vaultPassphrase: null,
      logLevel: 'info',
      appVersion: null,
      automaticChecks: null,
      checkIntervalMs: null,
      prereleases: null,
      github: {
        url: 'https://github.com',
        apiUrl: 'https://api.github.com',
        clientId: null,
        clientSecret: null,
        app: null,
      },
      ...OTHERS,
      callbackBase: null,
      issuer: {
        accessTokenTtlMs: 7 * 24 * 60 * MINUTE,
        refreshTokenTtlMs: 30 * 24 * 60 * MINUTE,
        refreshGraceMs: 10_000,
        registrationsPerHour: 20,
        metadataDocuments: true,
        metadataPrivateHosts: [],
        introspectionToken: null,
        clientsFile: null,
        resourceServers: null,
      },
    });
  });

  it('an empty variable counts as none, as in a compose file', () => {
    expect(readConfig({ env: { TRACKEEP_PORT: '', GITHUB_CLIENT_ID: ' ' } })).toMatchObject({
      port: 9090,
      github: { clientId: null },
    });
  });
});

describe('a setting of the environment', () => {
  it('is read', () => {
    const config = readConfig({
      env: {
        TRACKEEP_DATA: '/srv/trackeep',
        TRACKEEP_PORT: '0',
        TRACKEEP_VAULT: 'passphrase',
        TRACKEEP_VAULT_PASSPHRASE: 'correct horse battery staple',
        TRACKEEP_LOG_LEVEL: 'debug',
        APP_VERSION: 'v1.2.5',
        AUTO_UPDATE_CHECK: 'No',
        UPDATE_CHECK_INTERVAL: '1h30m',
        PRERELEASE_UPDATES: '1',
        GITHUB_CLIENT_ID: 'Iv1.0123456789abcdef',
        GITHUB_CLIENT_SECRET: 'a-secret',
        OAUTH_CALLBACK_BASE: 'https://dev.example.com/tray/',
        ACCESS_TOKEN_TTL: '1h',
        REFRESH_TOKEN_TTL: '2h',
        REFRESH_TOKEN_GRACE: '0s',
        REGISTRATIONS_PER_HOUR: '0',
        CLIENT_METADATA_DOCUMENTS: 'no',
        CLIENT_METADATA_PRIVATE_HOSTS: 'Clients.corp.example, other.corp.example:8443',
        INTROSPECTION_TOKEN: INTROSPECTION,
        OAUTH_CLIENTS_FILE: '/etc/trackeep/clients.json',
        TRACKEEP_RESOURCE_SERVERS: 'http://127.0.0.1:7000/mcp/, https://MCP.example.com',
      },
    });

    expect(config).toEqual({
      dataDir: resolve('/srv/trackeep'),
      port: 0,
      vaultSource: 'passphrase',
      vaultPassphrase: 'correct horse battery staple',
      logLevel: 'debug',
      appVersion: 'v1.2.5',
      automaticChecks: false,
      checkIntervalMs: 90 * MINUTE,
      prereleases: true,
      github: {
        url: 'https://github.com',
        apiUrl: 'https://api.github.com',
        clientId: 'Iv1.0123456789abcdef',
        clientSecret: 'a-secret',
        app: null,
      },
      ...OTHERS,
      callbackBase: 'https://dev.example.com/tray',
      issuer: {
        accessTokenTtlMs: 60 * MINUTE,
        refreshTokenTtlMs: 120 * MINUTE,
        refreshGraceMs: 0,
        registrationsPerHour: 0,
        metadataDocuments: false,
        metadataPrivateHosts: ['clients.corp.example', 'other.corp.example:8443'],
        introspectionToken: INTROSPECTION,
        clientsFile: '/etc/trackeep/clients.json',
        resourceServers: ['http://127.0.0.1:7000/mcp', 'https://mcp.example.com'],
      },
    });
  });

  it.each(['true', '1', 'yes', 'TRUE', 'Yes'])('may say yes as %s', (text) => {
    expect(readConfig({ env: { AUTO_UPDATE_CHECK: text } }).automaticChecks).toBe(true);
  });

  it.each(['false', '0', 'no', 'False'])('may say no as %s', (text) => {
    expect(readConfig({ env: { AUTO_UPDATE_CHECK: text } }).automaticChecks).toBe(false);
  });

  it.each([
    ['24h', 24 * 60],
    ['90m', 90],
    ['1h30m', 90],
    ['1.5h', 90],
    ['2700s', 45],
    ['15m', 15],
    ['720h', 720 * 60],
  ])('may be the Go duration %s', (text, minutes) => {
    expect(readConfig({ env: { UPDATE_CHECK_INTERVAL: text } }).checkIntervalMs).toBe(minutes * MINUTE);
  });

  it('that names another GitHub moves its API too', () => {
    const { github } = readConfig({ env: { GITHUB_URL: 'https://github.example.com/' } });
    expect(github).toMatchObject({ url: 'https://github.example.com', apiUrl: 'https://github.example.com/api/v3' });
  });

  it('that names the API as well is taken as it is', () => {
    const env = { GITHUB_URL: 'http://127.0.0.1:4000', GITHUB_API_URL: 'http://localhost:4000/api' };
    expect(readConfig({ env }).github).toMatchObject({ url: env.GITHUB_URL, apiUrl: env.GITHUB_API_URL });
  });

  it('may name the data folder below the home folder', () => {
    expect(readConfig({ env: { TRACKEEP_DATA: '~/tray' } }).dataDir).toBe(join(homedir(), 'tray'));
  });

  it('gives way to a flag', () => {
    const env = { TRACKEEP_DATA: '/one', TRACKEEP_PORT: '1', TRACKEEP_VAULT: 'file' };
    const flags = { data: '/two', port: '2', vault: 'passphrase' };
    expect(readConfig({ env, flags })).toMatchObject({ dataDir: resolve('/two'), port: 2, vaultSource: 'passphrase' });
  });
});

describe('a bad setting stops the start with its name and what is wrong', () => {
  it.each([
    ['TRACKEEP_PORT', 'ninety', 'must be a whole number'],
    ['TRACKEEP_PORT', '-1', 'must be a whole number'],
    ['TRACKEEP_PORT', '65536', 'between 0 and 65535'],
    ['TRACKEEP_VAULT', 'plain', 'must be keychain, passphrase or file'],
    ['TRACKEEP_LOG_LEVEL', 'loud', 'must be debug, info, warn or error'],
    ['APP_VERSION', 'one point two', 'is not a version'],
    ['APP_VERSION', '1'.repeat(65), 'longer than 64'],
    ['AUTO_UPDATE_CHECK', 'maybe', 'must be true or false'],
    ['PRERELEASE_UPDATES', '2', 'must be true or false'],
    ['UPDATE_CHECK_INTERVAL', '24', 'must be a duration such as 24h'],
    ['UPDATE_CHECK_INTERVAL', '24 h', 'must be a duration such as 24h'],
    ['UPDATE_CHECK_INTERVAL', '-24h', 'must be a duration such as 24h'],
    ['UPDATE_CHECK_INTERVAL', '1d', 'must be a duration such as 24h'],
    ['UPDATE_CHECK_INTERVAL', '14m59s', 'must be at least 15m'],
    ['ACCESS_TOKEN_TTL', '7d', 'must be a duration such as 168h'],
    ['ACCESS_TOKEN_TTL', '0s', 'must be at least 1s'],
    ['ACCESS_TOKEN_TTL', '721h', 'must be at most 720h'],
    ['REFRESH_TOKEN_GRACE', '2m', 'must be at most 1m'],
    ['REGISTRATIONS_PER_HOUR', 'many', 'must be a whole number'],
    ['CLIENT_METADATA_PRIVATE_HOSTS', 'https://corp.example', 'must be host names'],
    ['TRACKEEP_RESOURCE_SERVERS', 'http://mcp.example.com', 'must be addresses such as'],
    ['INTROSPECTION_TOKEN', 'changeme', 'must be at least 32 random characters'],
    ['INTROSPECTION_TOKEN', 'x'.repeat(40), 'must be at least 32 random characters'],
    ['UPDATE_CHECK_INTERVAL', '721h', 'must be at most 720h'],
    ['GITHUB_CLIENT_ID', 'two words', 'is not a client ID'],
    ['GITHUB_URL', 'github.com', 'must be an address'],
    ['GITHUB_URL', 'ftp://github.com', 'must be an address'],
    ['GITHUB_URL', 'http://github.example.com', 'must start with https://'],
    ['GITHUB_URL', 'http://127.0.0.1.evil.test', 'must start with https://'],
    ['GITHUB_API_URL', 'https://api.github.com/?x=1', 'query or fragment'],
    ['OAUTH_CALLBACK_BASE', 'http://192.168.0.7:9090', 'must start with https://'],
  ])('%s=%s', (name, value, problem) => {
    const error = problemOf({ [name]: value });

    expect(error.code).toBe('config_invalid');
    expect(error.message).toMatch(new RegExp(`^${name} .*${problem}`));
    expect(error.remedy).toContain(name);
  });

  it('names the flag where a flag is wrong', () => {
    expect(problemOf({ TRACKEEP_PORT: '9090' }, { port: 'x' }).message).toMatch(/^--port must be a whole number/);
  });

  it('names the variable where a good flag stands beside it', () => {
    expect(problemOf({ TRACKEEP_VAULT: 'x' }, { port: '1' }).message).toMatch(/^TRACKEEP_VAULT /);
  });

  it('refuses an empty flag, which nobody types on purpose', () => {
    expect(problemOf({}, { port: '' }).message).toMatch(/^--port /);
    expect(problemOf({}, { data: '' }).message).toMatch(/^--data /);
  });

  it('shows the value', () => {
    expect(problemOf({ TRACKEEP_PORT: 'ninety' }).message).toContain('“ninety”');
  });

  it('refuses a folder name that no system can have', () => {
    expect(problemOf({ TRACKEEP_DATA: 'a\0b' }).message).toMatch(/^TRACKEEP_DATA holds a NUL character/);
  });

  it('never shows the value of a secret', () => {
    const error = problemOf({ GITHUB_CLIENT_ID: 'x', GITHUB_CLIENT_SECRET: 'my secret words' });
    expect(JSON.stringify([error.message, error.remedy, error.cause])).not.toContain('secret words');
    expect(error.message).toMatch(/^GITHUB_CLIENT_SECRET /);
  });

  it('never shows a password in an address', () => {
    const error = problemOf({ GITHUB_URL: 'https://octocat:hunter22@github.com' });
    expect(error.message).toMatch(/^GITHUB_URL must not hold a user name or password/);
    expect(error.message).not.toContain('hunter22');
  });

  it('wants the client ID beside a client secret', () => {
    const error = problemOf({ GITHUB_CLIENT_SECRET: 'very-secret' });
    expect(error.message).toBe('GITHUB_CLIENT_SECRET is set without GITHUB_CLIENT_ID.');
  });
});

describe('the documentation of the settings', () => {
  it('covers every one, with a meaning', () => {
    const rows = documentedSettings();
    expect(rows.length).toBeGreaterThanOrEqual(14);
    for (const row of rows) expect(row.meaning, row.name).toMatch(/^[A-Z].*\.$/);
  });

  it('gives defaults that the schema itself accepts, and that change nothing', () => {
    const plain = documentedSettings().filter((row) => row.default !== null && /^\S+$/.test(row.default));
    const env = Object.fromEntries(plain.map((row) => [row.name, row.default ?? '']));
    expect(Object.keys(env)).toContain('TRACKEEP_PORT');
    expect(readConfig({ env })).toEqual(readConfig({ env: {} }));
  });

  it('marks secrets', () => {
    const secrets = documentedSettings().filter((row) => row.secret);
    expect(secrets.map((row) => row.name)).toEqual([
      'TRACKEEP_VAULT_PASSPHRASE',
      'GITHUB_CLIENT_SECRET',
      'JIRA_CLIENT_SECRET',
      'SLACK_CLIENT_SECRET',
      'JWT_SECRET',
      'OAUTH_JWT_SECRET',
      'INTROSPECTION_TOKEN',
    ]);
  });
});

describe('the default data folder', () => {
  it.each([
    ['linux', {}, '/home/ada/.local/share/trackeep-tray'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/trackeep-tray'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/trackeep-tray'],
    ['darwin', { XDG_DATA_HOME: '/data' }, '/home/ada/Library/Application Support/Trackeep Tray'],
    ['win32', { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' }, 'C:\\Users\\ada\\AppData\\Local\\Trackeep Tray'],
  ] as const)('on %s with %o', (platform, env, folder) => {
    expect(defaultDataDir({ platform, env, home: '/home/ada' })).toBe(folder);
  });
});
