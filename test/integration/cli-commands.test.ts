import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import type { UpdatesView } from '../../src/shared/release-views.ts';
import { cleanEnvironment, runCli } from '../support/app.ts';
import { openCliRoom } from '../support/cli-room.ts';
import { aConnection, aStatus, someSettings, someUpdates } from '../support/stand-in-control.ts';

const fails =
  (...args: ConstructorParameters<typeof AppError>) =>
  () =>
    Promise.reject(new AppError(...args));

/** The one JSON document on standard output. */
function document(stdout: string): unknown {
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

describe('trackeep token', () => {
  const token = {
    token: 'gho_secret',
    login: 'octocat',
    host: 'github.com',
    expiresAt: null,
    connectionId: aConnection.id,
  };

  it('prints the token and nothing else', async () => {
    await using room = await openCliRoom({ 'tokens.get': () => token });
    expect(await room.trackeep('token', 'github')).toEqual({ code: 0, stdout: 'gho_secret\n', stderr: '' });
  });

  it('asks for the account that was named', async () => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'tokens.get': (input) => {
        asked.push(input);
        return token;
      },
    });
    const { stdout } = await room.trackeep('token', 'github', '--account', 'octocat', '--json');
    expect(document(stdout)).toEqual(token);
    expect(asked).toEqual([{ platform: 'github', account: 'octocat' }]);
  });

  it.each([
    ['not_connected', 4],
    ['needs_reconnect', 4],
    ['account_ambiguous', 2],
    ['vault_locked', 1],
    ['offline', 1],
  ] as const)('says %s on standard error and exits with %i', async (code, exit) => {
    await using room = await openCliRoom({ 'tokens.get': fails(code, 'What happened.', { remedy: 'What helps.' }) });
    const result = await room.trackeep('token', 'github');
    expect(result).toEqual({ code: exit, stdout: '', stderr: 'trackeep: What happened.\nWhat helps.\n' });
  });
});

describe('every command', () => {
  it('says that the app is not running, and exits with 3', async () => {
    await using room = await openCliRoom();
    await room.stopApp();
    for (const line of [
      'status',
      'connect github',
      'disconnect',
      'token github',
      'updates',
      'settings',
      'doctor',
      'approvals',
      'clients revoke --all',
      'open',
    ]) {
      const { code, stdout, stderr } = await room.trackeep(...line.split(' '));
      expect([line, code, stdout]).toEqual([line, 3, '']);
      expect(stderr).toContain('trackeep serve');
    }
  });

  it('prints one JSON document for an error, too', async () => {
    await using room = await openCliRoom({ 'status.get': fails('vault_locked', 'The vault is locked.') });
    const { code, stdout, stderr } = await room.trackeep('status', '--json');
    expect([code, stderr]).toEqual([1, '']);
    expect(document(stdout)).toMatchObject({
      error: 'vault_locked',
      message: 'The vault is locked.',
      remedy: expect.stringMatching(/\w/),
      action: 'unlock_vault',
    });
  });

  it('prints one JSON document for wrong use, and exits with 2', async () => {
    const { code, stdout } = await runCli(['updates', 'chek', '--json']);
    expect(code).toBe(2);
    expect(document(stdout)).toMatchObject({ error: 'bad_input', remedy: 'See `trackeep updates --help`.' });
  });

  it('finds the data folder by TRACKEEP_DATA', async () => {
    await using room = await openCliRoom({ 'status.get': () => aStatus });
    const { stdout } = await runCli(['status', '--json'], cleanEnvironment({ TRACKEEP_DATA: room.dataDir }));
    expect(document(stdout)).toEqual(aStatus);
  });

  it('ends in peace when its reader has left', async () => {
    await using room = await openCliRoom({ 'status.get': () => aStatus });
    const child = room.start('status');
    child.stdout?.destroy();
    let complaints = '';
    child.stderr?.on('data', (piece) => {
      complaints += piece;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, complaints]).toEqual([0, '']);
  });
});

describe('trackeep status', () => {
  it('says first whether anything needs the person, by word and shape', async () => {
    await using room = await openCliRoom({
      'status.get': () => ({
        ...aStatus,
        overall: 'needs_you' as const,
        attention: [{ kind: 'connection' as const, text: 'GitHub needs you.', page: 'connections' as const }],
      }),
    });
    const { stdout } = await room.trackeep('status');
    expect(stdout.split('\n').slice(0, 2)).toEqual(['▲ Needs you', '  GitHub needs you.']);
  });

  it('shows names of others without their control characters', async () => {
    const login = 'octo\u001b]0;owned\u0007cat';
    await using room = await openCliRoom({
      'status.get': () => ({ ...aStatus, connections: [{ ...aConnection, login }] }),
    });
    const { stdout } = await room.trackeep('status');
    expect(stdout).toContain('cat');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('trackeep updates check', () => {
  const view = (state: UpdatesView['state'], error: AppError | null = null): UpdatesView => ({
    ...someUpdates,
    state,
    error: error?.toView() ?? null,
  });

  it.each([
    ['up_to_date', null, 0],
    ['available', null, 0],
    ['no_releases', null, 0],
    ['current_unknown', null, 0],
    ['not_signed_in', new AppError('not_connected', 'No account.'), 4],
    ['offline', new AppError('offline', 'No network.'), 1],
    ['rate_limited', new AppError('rate_limited', 'Not now.'), 1],
    ['failed', new AppError('needs_reconnect', 'Sign in again.'), 4],
  ] as const)('prints the state %s and exits accordingly', async (state, error, exit) => {
    await using room = await openCliRoom({ 'updates.check': () => view(state, error) });
    const { code, stdout } = await room.trackeep('updates', 'check', '--json');
    expect(code).toBe(exit);
    expect(document(stdout)).toMatchObject({ state });
  });

  it('tells a person what is wrong and what helps', async () => {
    const error = new AppError('not_connected', 'No account.', { remedy: 'Connect one.' });
    await using room = await openCliRoom({ 'updates.check': () => view('not_signed_in', error) });
    const { stdout } = await room.trackeep('updates', 'check');
    expect(stdout).toMatch(/^▲ Not signed in.*\n {2}No account\.\n {2}Connect one\.\n/);
  });
});

describe('trackeep updates download', () => {
  const file = { version: '1.3.0', assetName: 'trackeep.tar.gz', totalBytes: 100, error: null, path: null };
  const during = { ...someUpdates, download: { ...file, state: 'downloading' as const, receivedBytes: 40 } };
  const done = {
    ...someUpdates,
    download: { ...file, state: 'verified' as const, receivedBytes: 100, path: '/d/trackeep.tar.gz' },
  };

  it('waits for the end and says where the file lies', async () => {
    let view: UpdatesView = during;
    await using room = await openCliRoom({
      'updates.download': () => during,
      'updates.get': () => view,
      'status.get': () => aStatus,
    });
    const running = room.trackeep('updates', 'download');
    const finish = setInterval(() => {
      view = done;
      room.bus.emit('updates');
    }, 20);
    const { code, stdout } = await running;
    clearInterval(finish);
    expect([code, stdout]).toEqual([0, expect.stringContaining('/d/trackeep.tar.gz')]);
  });

  it('does not wait with --no-wait', async () => {
    await using room = await openCliRoom({ 'updates.download': () => during });
    const { code, stdout } = await room.trackeep('updates', 'download', '--no-wait', '--json');
    expect([code, document(stdout)]).toEqual([0, during]);
  });

  it('fails with the reason when the file is not what it should be', async () => {
    const error = new AppError('checksum_mismatch', 'It is another file.').toView();
    const failed = { ...someUpdates, download: { ...file, state: 'failed' as const, receivedBytes: 100, error } };
    await using room = await openCliRoom({ 'updates.download': () => failed });
    const { code, stderr } = await room.trackeep('updates', 'download');
    expect([code, stderr]).toEqual([1, expect.stringContaining('It is another file.')]);
  });
});

describe('trackeep disconnect', () => {
  const other = { ...aConnection, id: '6a6b1c1e-8a43-4c86-9b3a-0b6d1d1f6c22', login: 'hubot' };
  const done = { upstream: 'revoked' as const, message: 'The token was revoked.', manualUrl: null };

  it('needs no name when there is one account, and asks nothing without a terminal', async () => {
    await using room = await openCliRoom({
      'connections.list': () => [aConnection],
      'connections.disconnect': () => done,
    });
    const { code, stdout } = await room.trackeep('disconnect');
    expect([code, stdout]).toEqual([0, 'octocat on github.com is disconnected. The token was revoked.\n']);
  });

  it('names the accounts when there are several, and exits with 2', async () => {
    await using room = await openCliRoom({ 'connections.list': () => [aConnection, other] });
    const { code, stderr } = await room.trackeep('disconnect', 'github');
    expect(code).toBe(2);
    expect(stderr).toMatch(/github\.com\/octocat, github\.com\/hubot/);
  });

  it.each(['hubot', 'HUBOT', 'github.com/hubot', other.id])('finds the account by %s', async (account) => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'connections.list': () => [aConnection, other],
      'connections.disconnect': (input) => {
        asked.push(input);
        return done;
      },
    });
    await room.trackeep('disconnect', '--account', account);
    expect(asked).toEqual([{ id: other.id }]);
  });

  it.each([[['jira', 'acme']], [['jira', 'cloud-1']], [['--account', 'Acme']]])(
    'finds the account by its site: %s',
    async (words) => {
      const site = (id: string, name: string) => ({
        ...{ ...aConnection, platform: 'jira' as const, host: 'api.atlassian.com', login: 'mia@example.com' },
        ...{ id, organisation: { id: name === 'acme' ? 'cloud-1' : 'cloud-2', name, url: null } },
      });
      const asked: unknown[] = [];
      await using room = await openCliRoom({
        'connections.list': () => [aConnection, site(other.id, 'acme'), site(crypto.randomUUID(), 'beta')],
        'connections.disconnect': (input) => {
          asked.push(input);
          return done;
        },
      });
      const { stdout } = await room.trackeep('disconnect', ...words);
      expect(asked).toEqual([{ id: other.id }]);
      expect(stdout).toMatch(/^mia@example\.com on acme is disconnected/);
    },
  );

  it('exits with 4 when there is nothing to disconnect', async () => {
    await using room = await openCliRoom({ 'connections.list': () => [] });
    expect(await room.trackeep('disconnect')).toMatchObject({ code: 4 });
  });

  it('says where to revoke by hand', async () => {
    const manualUrl = 'https://github.com/settings/applications';
    const notPossible = { upstream: 'not_possible' as const, message: 'It could not be revoked.', manualUrl };
    await using room = await openCliRoom({
      'connections.list': () => [aConnection],
      'connections.disconnect': () => notPossible,
    });
    expect((await room.trackeep('disconnect', '--yes')).stdout).toContain(manualUrl);
  });
});

describe('trackeep settings', () => {
  it.each([
    ['current-version', '1.2.5', { currentVersion: '1.2.5' }],
    ['current-version', 'none', { currentVersion: null }],
    ['check-interval', '1h30m', { checkIntervalMs: 5_400_000 }],
    ['prereleases', 'on', { prereleases: true }],
    ['notifications', 'false', { notifications: false }],
    ['color-scheme', 'dark', { colorScheme: 'dark' }],
    ['resource-servers', 'http://127.0.0.1:7000/mcp', { resourceServers: ['http://127.0.0.1:7000/mcp'] }],
    ['resource-servers', 'none', { resourceServers: [] }],
    [
      'trackeep-instances',
      'http://localhost:5173,https://keep.example.com+github-token',
      {
        trackeepInstances: [
          { origin: 'http://localhost:5173', passGitHubToken: false },
          { origin: 'https://keep.example.com', passGitHubToken: true },
        ],
      },
    ],
    ['trackeep-instances', 'none', { trackeepInstances: [] }],
  ])('sets %s to %s', async (key, value, patch) => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'settings.set': (input) => {
        asked.push(input);
        return { ...someSettings, ...input } as typeof someSettings;
      },
    });
    expect(await room.trackeep('settings', 'set', key, value)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(value === 'false' ? 'off' : value),
    });
    expect(asked).toEqual([patch]);
  });

  it.each([
    ['prereleases', 'perhaps'],
    ['check-interval', 'daily'],
  ])('refuses %s %s before asking the app', async (key, value) => {
    await using room = await openCliRoom();
    expect(await room.trackeep('settings', 'set', key, value)).toMatchObject({ code: 2 });
  });

  it('shows what the environment has fixed', async () => {
    await using room = await openCliRoom({
      'settings.get': () => ({ ...someSettings, fixedBy: { currentVersion: 'APP_VERSION' } }),
    });
    expect((await room.trackeep('settings')).stdout).toMatch(/current-version +1\.2\.5 +fixed by APP_VERSION/);
    expect((await room.trackeep('settings', 'get', 'check-interval')).stdout).toBe('24h\n');
  });
});

describe('trackeep doctor', () => {
  const unsafe = {
    id: 'vault',
    title: 'The vault',
    verdict: 'unsafe' as const,
    detail: 'A file.',
    remedy: 'A keychain.',
  };
  const view = { checkedAt: aConnection.connectedAt, verdict: 'unsafe' as const, checks: [unsafe] };

  it('exits with 0 when it could examine, and with --strict by its verdict', async () => {
    await using room = await openCliRoom({ 'doctor.run': () => view });
    expect(await room.trackeep('doctor')).toMatchObject({ code: 0, stdout: expect.stringContaining('→ A keychain.') });
    expect(await room.trackeep('doctor', '--strict')).toMatchObject({ code: 1 });
    expect(document((await room.trackeep('doctor', '--json')).stdout)).toEqual(view);
  });

  it('rotates the master key', async () => {
    await using room = await openCliRoom({ 'vault.rotate': () => ({ records: 7 }) });
    expect((await room.trackeep('doctor', '--rotate-key')).stdout).toContain('7 sealed records');
  });
});

describe('trackeep open', () => {
  it('prints the link of the headless app', async () => {
    const url = 'http://127.0.0.1:9090/ui/#login=abc';
    await using room = await openCliRoom({ 'app.open': () => ({ url }) });
    expect((await room.trackeep('open')).stdout).toBe(`${url}\n`);
    expect(document((await room.trackeep('open', '--json')).stdout)).toEqual({ url });
  });
});
