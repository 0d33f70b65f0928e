import { generateKeyPairSync } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/main/core/config.ts';
import { refusals } from '../../src/main/demo/emulated-github.ts';
import { type GitHubAppLab, openGitHubAppLab } from '../support/github-app-lab.ts';

let desk: GitHubAppLab;
afterEach(() => desk.lab.close());

const open = async (options?: Parameters<typeof openGitHubAppLab>[0]) => {
  desk = await openGitHubAppLab(options);
  return desk;
};

const pem = (type: 'pkcs1' | 'pkcs8', modulusLength = 2_048) =>
  generateKeyPairSync('rsa', {
    modulusLength,
    privateKeyEncoding: { type, format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

describe('an app that is imported', () => {
  it('is checked at GitHub, and brings its installations along as connections', async () => {
    const { lab, app, installation, add } = await open();
    lab.github.apps.install(app, { login: 'octo-org', type: 'Organization' });
    const view = await add();
    expect(view).toMatchObject({
      ...{ id: String(app.id), slug: 'my-agents', name: 'My agents', owner: 'octocat', clientId: app.clientId },
      problem: null,
    });
    const connections = await lab.connections.list();
    expect(view.connectionIds).toEqual(connections.map(({ id }) => id));
    const [organisation, own] = connections.toSorted((a, b) => a.login.localeCompare(b.login));
    expect(own).toMatchObject({ login: 'octocat', organisation: null, permissions: installation.permissions });
    expect(organisation).toMatchObject({ login: 'octo-org', organisation: { name: 'octo-org' } });
  });

  it('may have its key in PKCS#8', async () => {
    const { lab, app } = await open();
    const { privateKey, publicKey } = pem('pkcs8');
    app.publicKey = publicKey;
    const view = await lab.connections.githubApps.import({ appId: String(app.id), privateKey });
    expect(view.connectionIds).toHaveLength(1);
  });

  it('is in the vault, and nowhere in the clear', async () => {
    const { lab, app, add, token } = await open();
    await add();
    const { token: given } = await token();
    const rows = JSON.stringify([
      await lab.db.selectFrom('github_apps').selectAll().execute(),
      await lab.db.selectFrom('installations').selectAll().execute(),
    ]);
    for (const secret of [app.privateKey.split('\n')[3] ?? '?', given]) {
      expect(rows).not.toContain(secret);
      expect(lab.log.join('\n')).not.toContain(secret);
    }
  });

  it('stays across a restart, and after the master key was replaced', async () => {
    const { lab, add, token } = await open();
    await add();
    await lab.vault.rotate();
    const first = await token();
    const later = await lab.restart();
    const second = await later.connections.token('github', 'octocat', { kind: 'app', id: 'spec', name: null });
    expect(second.token).toBe(first.token);
    desk = { ...desk, lab: later };
  });

  it.each([
    ['words', () => 'this is not a key at all, but words that somebody typed in'],
    ['a public key', () => pem('pkcs1').publicKey],
    ['half a key', () => pem('pkcs1').privateKey.slice(0, 800)],
    ['a key of another kind', () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['a key that is too short', () => pem('pkcs1', 1_024).privateKey],
    [
      'a key behind a passphrase',
      () =>
        generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({
          ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
        }),
    ],
  ])('is refused without asking GitHub for %s', async (_what, text) => {
    const { lab, app } = await open();
    const privateKey = String(text());
    await expect(lab.connections.githubApps.import({ appId: String(app.id), privateKey })).rejects.toMatchObject({
      code: 'bad_input',
      message: expect.not.stringContaining(privateKey.slice(30, 60)),
    });
    expect(lab.github.requests).toEqual([]);
  });

  it('is refused with a key of another app, or for a number that is none', async () => {
    const { lab, app } = await open();
    const other = lab.github.apps.register({ name: 'Other', owner: 'octocat' });
    const { githubApps } = lab.connections;
    for (const appId of [String(other.id), '77']) {
      await expect(githubApps.import({ appId, privateKey: app.privateKey })).rejects.toMatchObject({
        code: 'provider_refused_client',
      });
    }
    expect(await githubApps.list()).toEqual([]);
  });

  it('is not kept where GitHub cannot be asked', async () => {
    const { lab, add } = await open();
    lab.github.fail({ match: 'GET /app', answer: refusals.serverError() });
    await expect(add()).rejects.toMatchObject({ code: 'provider_error' });
    expect(await lab.connections.githubApps.list()).toEqual([]);
  });

  it('goes with its key and its connections, whose tokens end at GitHub', async () => {
    const { lab, app, add, token } = await open();
    await add();
    await token();
    await lab.connections.githubApps.remove(String(app.id));
    expect(await lab.connections.githubApps.list()).toEqual([]);
    expect(await lab.connections.list()).toEqual([]);
    expect(lab.github.apps.living()).toEqual([]);
    expect(await lab.db.selectFrom('github_apps').selectAll().execute()).toEqual([]);
    await expect(lab.connections.githubApps.remove(String(app.id))).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a look at where an app is installed', () => {
  it('adds what is new, drops what is gone, and keeps the rest with its token', async () => {
    const { lab, app, installation, add, token } = await open();
    const gone = lab.github.apps.install(app, { login: 'hubot' });
    await add();
    const kept = (await lab.connections.list()).find(({ login }) => login === 'octocat');
    lab.github.apps.installations.delete(gone.id);
    const before = await lab.connections.token('github', kept?.id, { kind: 'app', id: 'spec', name: null });
    lab.github.apps.install(app, { login: 'octo-org', type: 'Organization' });
    await lab.connections.githubApps.sync(String(app.id));
    const logins = (await lab.connections.list()).map(({ login }) => login);
    expect(logins.sort()).toEqual(['octo-org', 'octocat']);
    const after = await lab.connections.token('github', kept?.id, { kind: 'app', id: 'spec', name: null });
    expect(after.token).toBe(before.token);

    // More may be done now than the token says.
    installation.permissions = { ...installation.permissions, issues: 'write' };
    await lab.connections.githubApps.sync(String(app.id));
    const wider = await lab.connections.token('github', kept?.id, { kind: 'app', id: 'spec', name: null });
    expect(wider.token).not.toBe(before.token);
    await expect(token()).rejects.toMatchObject({ code: 'account_ambiguous' });
  });

  it('reads every page of a long list', async () => {
    const { lab, app, add } = await open();
    for (let index = 0; index < 149; index += 1) lab.github.apps.install(app, { login: `org-${index}` });
    expect((await add()).connectionIds).toHaveLength(150);
    expect(lab.github.count('GET /app/installations')).toBe(2);
  });

  it('happens by itself each hour, and brings back nothing that was disconnected', async () => {
    const { lab, app, add, installation } = await open({ background: true });
    const gone = lab.github.apps.install(app, { login: 'hubot' });
    const unwanted = lab.github.apps.install(app, { login: 'octo-org' });
    await add();
    const connections = await lab.connections.list();
    await lab.connections.disconnect(connections.find(({ login }) => login === 'octo-org')?.id ?? '');
    lab.github.apps.installations.delete(gone.id);
    await lab.passUntil(async () => (await lab.connections.list()).length === 1);
    expect(await lab.connections.list()).toMatchObject([{ login: installation.account.login }]);
    await lab.connections.githubApps.sync(String(app.id));
    expect(await lab.connections.list()).toHaveLength(2);
    expect(lab.github.apps.installations.has(unwanted.id)).toBe(true);
  });

  it('says at the app what is wrong with it, until that is over', async () => {
    const { lab, app, add } = await open();
    await add();
    lab.github.apps.replaceKey(app);
    const { githubApps } = lab.connections;
    await expect(githubApps.sync(String(app.id))).rejects.toMatchObject({ code: 'provider_refused_client' });
    expect((await githubApps.list())[0]?.problem).toMatchObject({ code: 'provider_refused_client' });
    expect(await lab.connections.list()).toHaveLength(1);
    await add();
    expect((await githubApps.list())[0]?.problem).toBeNull();
  });

  it('changes nothing when GitHub answers half of it', async () => {
    const { lab, app, add } = await open();
    await add();
    lab.github.fail({ match: 'GET /app/installations', answer: 'html' });
    await expect(lab.connections.githubApps.sync(String(app.id))).rejects.toMatchObject({ code: 'provider_error' });
    expect(await lab.connections.list()).toHaveLength(1);
  });
});

describe('the app that the environment names', () => {
  const setUp = async (mode = 0o600, installationId: string | null = null) => {
    const first = await open();
    const privateKeyPath = join(first.lab.dataDir, 'app.pem');
    await writeFile(privateKeyPath, first.app.privateKey);
    await chmod(privateKeyPath, mode);
    const lab = await first.lab.restart({
      githubApp: { id: String(first.app.id), installationId, privateKeyPath },
    });
    desk = { ...first, lab };
    return { lab, app: first.app, id: String(first.app.id) };
  };

  it('is there without being imported, with its key in its file only', async () => {
    const { lab, id } = await setUp();
    expect(await lab.connections.githubApps.list()).toMatchObject([{ id, problem: null }]);
    await lab.connections.githubApps.check(id);
    expect(await lab.connections.githubApps.sync(id)).toMatchObject({ name: 'My agents', slug: 'my-agents' });
    const { token } = await lab.connections.token('github', undefined, { kind: 'app', id: 'spec', name: null });
    expect(token).toMatch(/^ghs_/);
    expect(await lab.db.selectFrom('github_apps').selectAll().execute()).toEqual([]);
    await expect(lab.connections.githubApps.remove(id)).rejects.toMatchObject({ code: 'bad_input' });
  });

  it('keeps to the one installation that is named', async () => {
    const { lab, app, id } = await setUp(0o600, '42');
    expect((await lab.connections.githubApps.sync(id)).connectionIds).toEqual([]);
    expect(lab.github.apps.installations.size).toBe(1);
    expect(app.id).toBe(Number(id));
  });

  it.skipIf(process.platform === 'win32')('is not used while others may read its key', async () => {
    const { lab, id } = await setUp(0o644);
    await expect(lab.connections.githubApps.sync(id)).rejects.toMatchObject({
      code: 'config_invalid',
      remedy: expect.stringContaining('chmod 600'),
    });
    expect(lab.github.requests.filter(({ path }) => path.startsWith('/app'))).toEqual([]);
  });

  it.each([
    [{ GITHUB_APP_ID: '7' }, 'GITHUB_APP_ID is set without GITHUB_APP_PRIVATE_KEY_PATH.'],
    [{ GITHUB_APP_PRIVATE_KEY_PATH: '/k.pem' }, 'GITHUB_APP_PRIVATE_KEY_PATH is set without GITHUB_APP_ID.'],
    [{ GITHUB_APP_INSTALLATION_ID: '7' }, 'GITHUB_APP_INSTALLATION_ID is set without GITHUB_APP_ID.'],
    [{ GITHUB_APP_ID: 'mine' }, /^GITHUB_APP_ID must be the number of a GitHub App/],
  ])('is refused at start where %o makes no whole', async (env, message) => {
    await open();
    expect(() => readConfig({ env })).toThrow(message);
  });
});
