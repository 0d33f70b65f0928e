import { afterEach, describe, expect, it } from 'vitest';
import type { Narrowing } from '../../src/main/connections/connections.ts';
import { DEMO_CLIENT, refusals } from '../../src/main/demo/emulated-github.ts';
import { until } from '../support/connections-lab.ts';
import { type GitHubAppLab, openGitHubAppLab } from '../support/github-app-lab.ts';

const MINUTE_MS = 60_000;
const MINTING = 'POST /app/installations/*/access_tokens';

let desk: GitHubAppLab;
afterEach(() => desk.lab.close());

const open = async (options?: Parameters<typeof openGitHubAppLab>[0]) => {
  desk = await openGitHubAppLab(options);
  return desk;
};

describe('the token of an app installation', () => {
  it('is made when it is first asked for, and works for what the installation has', async () => {
    const { lab, add, connection, token, asks } = await open();
    await add();
    expect(lab.github.count(MINTING)).toBe(0);
    expect(await connection()).toMatchObject({ kind: 'app_installation', tokenSince: null, tokenPrefix: null });

    const given = await token();
    expect(given).toMatchObject({ login: 'octocat', expiresAt: lab.clock.now() + 60 * MINUTE_MS });
    expect(given.token).toMatch(/^ghs_/);
    const { data } = await asks(given.token, '/installation/repositories');
    expect(data).toMatchObject({ total_count: 2 });
    expect((await asks(given.token, '/repos/octocat/letters')).status).toBe(404);
    expect(await connection()).toMatchObject({ state: 'ok', tokenPrefix: 'ghs_' });
  });

  it('is made once for all who ask at once, and kept for those who ask later', async () => {
    const { lab, add, token } = await open();
    await add();
    const first = await Promise.all(Array.from({ length: 25 }, () => token()));
    await lab.clock.advance(40 * MINUTE_MS);
    const later = await token();
    expect(new Set([...first, later].map((given) => given.token)).size).toBe(1);
    expect(lab.github.count(MINTING)).toBe(1);
  });

  it('is renewed in the background after 45 minutes, so that nobody waits', async () => {
    const { lab, add, token, connection } = await open({ background: true });
    await add();
    const first = await token();
    await lab.pass(44 * MINUTE_MS);
    expect(lab.github.count(MINTING)).toBe(1);
    await lab.passUntil(async () => {
      // Signing takes a moment of real time, in which the lab's clock would run on.
      await until(async () => (await connection()).state === 'ok');
      return lab.github.count(MINTING) === 2;
    });
    const second = await token();
    expect(second.token).not.toBe(first.token);
    expect(lab.github.count(MINTING)).toBe(2);
  });

  it('counts as stale after 55 minutes: who asks then gets a fresh one', async () => {
    const { lab, add, token } = await open();
    await add();
    const first = await token();
    lab.clock.jump(56 * MINUTE_MS);
    const second = await token();
    expect(second.token).not.toBe(first.token);
  });

  it('stays good while GitHub has trouble, and is never handed out after its end', async () => {
    const { lab, add, token } = await open();
    await add();
    const first = await token();
    lab.github.fail({ match: MINTING, answer: refusals.serverError() });
    lab.clock.jump(57 * MINUTE_MS);
    expect((await token()).token).toBe(first.token);
    lab.clock.jump(3 * MINUTE_MS);
    await expect(token()).rejects.toMatchObject({ code: 'provider_error' });
  });

  it('is waited for no longer than 30 s', async () => {
    const { lab, add, token } = await open();
    await add();
    lab.github.fail({ match: MINTING, answer: 'hang' });
    lab.expectAnswers(false);
    const asked = token().then(
      () => 'a token',
      (error) => error.code,
    );
    await until(() => lab.github.count(MINTING) === 1);
    await lab.clock.advance(30_000);
    expect(await asked).toBe('offline');
  });

  it('is made anew when a person asks for that', async () => {
    const { lab, add, connection, token } = await open();
    await add();
    const first = await token();
    await lab.connections.refresh((await connection()).id);
    expect((await token()).token).not.toBe(first.token);
  });

  it('is replaced when GitHub refuses it in the middle of work', async () => {
    const { lab, add, connection } = await open();
    await add();
    const { id } = await connection();
    const octokit = await lab.connections.github(id);
    await octokit.request('GET /installation/repositories');
    lab.github.expireTokens();
    expect((await octokit.request('GET /installation/repositories')).status).toBe(200);
    expect(lab.github.count(MINTING)).toBe(2);
  });

  it('gives way to the person’s own where both have one name, unless a narrower one is wanted', async () => {
    const { lab, app, token } = await open({ client: DEMO_CLIENT });
    await lab.connections.githubApps.import({ appId: String(app.id), privateKey: app.privateKey });
    await lab.connect('octocat');
    expect((await token()).token).toMatch(/^ghu_/);
    expect((await token({ repositories: ['garden'], permissions: null })).token).toMatch(/^ghs_/);
  });

  it('ends at GitHub, too, when its connection is disconnected', async () => {
    const { lab, add, connection, token } = await open();
    await add();
    await token();
    await token({ repositories: ['garden'], permissions: null });
    const { upstream } = await lab.connections.disconnect((await connection()).id);
    expect(upstream).toBe('revoked');
    await until(() => lab.github.apps.living().length === 0);
  });
});

describe('an installation that GitHub has ended', () => {
  it.each([
    ['suspended', (it: GitHubAppLab) => Object.assign(it.installation, { suspendedAt: 1 }), /suspended in octocat/],
    [
      'taken away',
      (it: GitHubAppLab) => it.lab.github.apps.installations.delete(it.installation.id),
      /no longer installed in octocat/,
    ],
  ])('says that it was %s, once, and is not asked for again', async (_what, end, words) => {
    const { lab, add, token, connection } = await open();
    await add();
    await token();
    end(desk);
    lab.clock.jump(60 * MINUTE_MS);
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect', message: expect.stringMatching(words) });
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect', message: expect.stringMatching(words) });
    expect(lab.github.count(MINTING)).toBe(2);
    expect(lab.notices.map(({ title }) => title)).toEqual(['Your GitHub App gives no more tokens for octocat']);
    expect(await connection()).toMatchObject({ state: 'needs_reconnect' });
  });

  it('gives tokens again after it was restored and the app synced', async () => {
    const { lab, app, add, token, installation } = await open();
    await add();
    installation.suspendedAt = 1;
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect' });
    installation.suspendedAt = null;
    await lab.connections.githubApps.sync(String(app.id));
    expect((await token()).token).toMatch(/^ghs_/);
  });

  it('is told apart from a key that was deleted at GitHub: nothing of the connections is lost by that', async () => {
    const { lab, app, add, token, connection } = await open();
    await add();
    lab.github.apps.replaceKey(app);
    await expect(token()).rejects.toMatchObject({
      code: 'provider_refused_client',
      message: 'GitHub does not accept the private key of the app My agents.',
    });
    expect(await connection()).toMatchObject({ state: 'unreachable' });
    await add();
    lab.clock.jump(MINUTE_MS);
    expect((await token()).token).toMatch(/^ghs_/);
  });
});

describe('a narrowed token', () => {
  it('is good for the named repositories and permissions only, for minutes, and made for each caller anew', async () => {
    const { lab, add, token, asks } = await open();
    await add();
    const narrowing: Narrowing = { repositories: ['garden'], permissions: { contents: 'read' } };
    const given = await token(narrowing);
    expect(given.expiresAt).toBe(lab.clock.now() + 10 * MINUTE_MS);
    expect((await asks(given.token, '/installation/repositories')).data).toMatchObject({ total_count: 1 });
    expect((await asks(given.token, '/repos/octocat/recipes')).status).toBe(404);
    expect((await asks(given.token, '/repos/octocat/garden/contents/a', 'PUT')).status).toBe(403);
    expect((await token(narrowing)).token).not.toBe(given.token);
    expect((await token()).token).not.toBe(given.token);

    await lab.clock.advance(10 * MINUTE_MS);
    await until(async () => (await asks(given.token, '/installation/repositories')).status === 401);
  });

  it('may name a repository by its number, or with its owner', async () => {
    const { add, token, asks } = await open();
    await add();
    const { data } = await asks((await token()).token, '/repos/octocat/recipes');
    const { id } = data as { id: number };
    for (const name of [`id:${id}`, 'octocat/recipes', 'Recipes']) {
      const { token: narrow } = await token({ repositories: [name], permissions: null });
      expect((await asks(narrow, '/repos/octocat/garden')).status).toBe(404);
      expect((await asks(narrow, '/repos/octocat/recipes')).status).toBe(200);
    }
  });

  it.each<[string, Narrowing]>([
    ['a repository that the installation lacks', { repositories: ['letters'], permissions: null }],
    ['a permission that it lacks', { repositories: null, permissions: { contents: 'admin' } }],
    ['another owner’s repository', { repositories: ['hubot/garden'], permissions: null }],
    ['nothing at all', { repositories: [], permissions: null }],
    ['no permission', { repositories: null, permissions: {} }],
    ['names and numbers mixed', { repositories: ['garden', 'id:7'], permissions: null }],
    ['a path', { repositories: ['../garden'], permissions: null }],
  ])('is refused for %s', async (_what, narrowing) => {
    const { lab, add, token } = await open();
    await add();
    await expect(token(narrowing)).rejects.toMatchObject({ code: 'bad_input' });
    expect(lab.notices).toEqual([]);
  });

  it('is not made of a person’s own token', async () => {
    const { lab, token } = await open({ client: DEMO_CLIENT });
    await lab.connect('octocat');
    await expect(token({ repositories: ['garden'], permissions: null })).rejects.toMatchObject({ code: 'bad_input' });
  });

  it('that came out wider than asked for is ended and not handed out', async () => {
    const { lab, app, installation, add, token } = await open();
    await add();
    await token();
    const wide = lab.github.apps.mint({ installation, repositories: null, permissions: app.permissions });
    lab.github.fail({
      match: MINTING,
      answer: {
        status: 201,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ...{ token: wide.token, expires_at: new Date(wide.expiresAt).toISOString() },
          ...{ permissions: app.permissions, repository_selection: 'all' },
        }),
      },
    });
    await expect(token({ repositories: ['garden'], permissions: null })).rejects.toMatchObject({
      code: 'provider_error',
    });
    expect(lab.github.apps.find(wide.token)).toBeNull();
  });

  it('is handed to nobody, and ended, when the account is disconnected meanwhile', async () => {
    const { lab, add, token, connection } = await open();
    await add();
    await token();
    const { id } = await connection();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    lab.github.fail({ match: MINTING, times: 1, answer: { answerAfter: held } });
    const asked = token({ repositories: ['garden'], permissions: null }).then(
      () => 'a token',
      (error) => error.code,
    );
    await until(() => lab.github.count(MINTING) === 2);
    await lab.connections.disconnect(id);
    release();
    expect(await asked).toBe('not_connected');
    await until(() => lab.github.apps.living().length === 0);
  });
});
