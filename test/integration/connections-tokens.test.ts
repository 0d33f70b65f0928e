import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OAUTH_APP_CLIENT, SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { type ConnectionsLab, openConnectionsLab, until } from '../support/connections-lab.ts';
import { TEST_REQUESTER } from '../support/requester.ts';

const TOKEN_ENDPOINT = 'POST /login/oauth/access_token';
const REVOKE = 'DELETE /applications/*/token';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const refreshing = (parameters: URLSearchParams) => parameters.get('grant_type') === 'refresh_token';

describe('tokens of a GitHub App', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab();
  });
  afterEach(() => lab.close());

  const refreshes = () => lab.github.count(TOKEN_ENDPOINT);
  const token = (account?: string) => lab.connections.token('github', account, TEST_REQUESTER);
  const connectAndForget = async (login?: string) => {
    const account = await lab.connect(login);
    lab.github.requests.length = 0;
    return account;
  };

  it('are handed out as they are while they last', async () => {
    const account = await connectAndForget();
    const first = await token();
    expect(first).toMatchObject({ connectionId: account.id, login: 'octocat', host: new URL(lab.github.url).host });
    await lab.pass(7 * HOUR);
    expect((await token()).token).toBe(first.token);
    expect(lab.github.requests).toEqual([]);
  });

  it('are renewed for whoever asks shortly before their end', async () => {
    await connectAndForget();
    const first = await token();
    lab.clock.jump(8 * HOUR - 4 * MINUTE);
    const second = await token();
    expect(second.token).not.toBe(first.token);
    expect(second.expiresAt).toBe(lab.clock.now() + 8 * HOUR);
    expect(refreshes()).toBe(1);
  });

  it('are renewed once, however many ask', async () => {
    await connectAndForget();
    lab.clock.jump(9 * HOUR);
    const tokens = await Promise.all(Array.from({ length: 50 }, () => token()));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1);
    expect(refreshes()).toBe(1);
  });

  it('are renewed in the background before anybody asks', async () => {
    lab = await lab.restart({ background: true });
    await connectAndForget();
    const end = lab.clock.now() + 8 * HOUR;
    lab.clock.jump(8 * HOUR - 11 * MINUTE);
    await lab.passUntil(async () => (await lab.connections.list())[0]?.lastRefreshedAt !== null);
    expect(refreshes()).toBe(1);
    expect(lab.clock.now()).toBeLessThan(end - 8 * MINUTE);
    expect((await lab.connections.list())[0]?.state).toBe('ok');
  });

  it('are committed before anybody gets them', async () => {
    await connectAndForget();
    lab.clock.jump(9 * HOUR);
    const { token: handedOut } = await token();
    lab = await lab.restart();
    expect((await token()).token).toBe(handedOut);
    expect(refreshes()).toBe(1);
  });

  it('wait in memory while they cannot be written, and cost GitHub no second renewal', async () => {
    await connectAndForget();
    await sql`create trigger full before update of sealed_access_token on installations
      begin select raise(abort, 'the disk is full'); end`.execute(lab.db);
    lab.clock.jump(9 * HOUR);
    await expect(token()).rejects.toThrow();
    expect(refreshes()).toBe(1);
    await sql`drop trigger full`.execute(lab.db);
    const { token: renewed } = await token();
    expect(refreshes()).toBe(1);
    const user = await fetch(`${lab.github.url}/user`, { headers: { authorization: `Bearer ${renewed}` } });
    expect(user.status).toBe(200);
  });

  it('show "refreshing" while they are renewed', async () => {
    const { id } = await connectAndForget();
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    lab.github.fail({ match: TOKEN_ENDPOINT, when: refreshing, answer: { passAfter: held } });
    const renewed = lab.connections.refresh(id);
    await until(() => refreshes() === 1);
    expect(await lab.connections.list()).toMatchObject([{ state: 'refreshing' }]);
    letGo();
    expect(await renewed).toMatchObject({ state: 'ok' });
  });

  it('end when GitHub itself refuses to renew them, with one notice and no further question', async () => {
    const { id } = await connectAndForget();
    lab.github.expireRefreshTokens();
    lab.clock.jump(9 * HOUR);
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect', action: 'connect' });
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect' });
    await expect(lab.connections.refresh(id)).rejects.toMatchObject({ code: 'needs_reconnect' });
    lab = await lab.restart({ background: true });
    await lab.pass(5 * MINUTE);
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(refreshes()).toBe(1);
    expect(await lab.connections.list()).toMatchObject([
      { state: 'needs_reconnect', problem: { code: 'needs_reconnect' } },
    ]);
    expect(lab.notices).toEqual([]);
  });

  it('work again after the account was connected anew', async () => {
    const { id } = await connectAndForget();
    lab.github.expireRefreshTokens();
    lab.clock.jump(9 * HOUR);
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(await lab.connect()).toMatchObject({ id, state: 'ok', problem: null });
    expect((await token()).connectionId).toBe(id);
  });

  it('are good to their last second while GitHub cannot be reached', async () => {
    await connectAndForget();
    const { token: old } = await token();
    lab.github.fail({ match: TOKEN_ENDPOINT, answer: 'reset' });
    lab.clock.jump(8 * HOUR - 1_000);
    expect((await token()).token).toBe(old);
    lab.clock.jump(1_000);
    await expect(token()).rejects.toMatchObject({ code: 'offline' });
  });

  it('are noted as used with every hand-out, with who got them', async () => {
    await connectAndForget();
    await token();
    await lab.pass(1_000);
    await lab.connections.token('github', undefined, { kind: 'client', id: 'c-1', name: 'Editor' });
    expect(await lab.connections.list()).toMatchObject([
      { lastUsedAt: new Date(lab.clock.now()).toISOString(), lastUsedBy: '“Editor”' },
    ]);
  });

  it('note the use by the app itself once a minute at most, and not who', async () => {
    await connectAndForget();
    const use = async () => (await lab.connections.github()).request('GET /user');
    await use();
    const noted = new Date(lab.clock.now()).toISOString();
    await lab.pass(59_000);
    await use();
    expect(await lab.connections.list()).toMatchObject([{ lastUsedAt: noted, lastUsedBy: null }]);
    await lab.pass(1_000);
    await use();
    expect((await lab.connections.list())[0]?.lastUsedAt).toBe(new Date(lab.clock.now()).toISOString());
  });

  it('stay unread while the vault is closed, and nothing is lost by it', async () => {
    await connectAndForget();
    lab = await lab.loseKey();
    expect(await lab.connections.list()).toMatchObject([
      { login: 'octocat', state: 'vault_closed', problem: { code: 'vault_missing' } },
    ]);
    await expect(token()).rejects.toMatchObject({ code: 'vault_missing' });
    expect(await lab.db.selectFrom('installations').select('state').execute()).toEqual([{ state: 'ok' }]);
  });

  it('are picked by account name, in any case, with or without the host', async () => {
    const { host } = await lab.connect('octocat');
    await lab.connect('hubot');
    expect((await token('HUBOT')).login).toBe('hubot');
    expect((await token(`${host}/octocat`)).login).toBe('octocat');
    await expect(token()).rejects.toMatchObject({ code: 'account_ambiguous' });
    await expect(token('nobody')).rejects.toMatchObject({ code: 'not_connected' });
  });

  it('are renewed without a secret where they came by a code', async () => {
    lab = await lab.restart({ client: SECRET_CLIENT });
    await connectAndForget();
    lab = await lab.restart({ client: { ...SECRET_CLIENT, clientSecret: 'mistyped' } });
    lab.clock.jump(9 * HOUR);
    expect((await token()).login).toBe('octocat');
  });

  it('are renewed with the secret where they came through the browser', async () => {
    lab = await lab.restart({ client: SECRET_CLIENT });
    await lab.connectByBrowser();
    lab.clock.jump(9 * HOUR);
    expect((await token()).login).toBe('octocat');
  });

  it('outlive a wrong secret: the person can still correct it', async () => {
    lab = await lab.restart({ client: SECRET_CLIENT });
    await lab.connectByBrowser();
    lab = await lab.restart({ client: { ...SECRET_CLIENT, clientSecret: 'mistyped' } });
    lab.clock.jump(9 * HOUR);
    await expect(token()).rejects.toMatchObject({ code: 'provider_refused_client' });
    expect(await lab.connections.list()).toMatchObject([
      { state: 'unreachable', problem: { code: 'provider_refused_client', action: 'configure_provider' } },
    ]);
    lab = await lab.restart({ client: SECRET_CLIENT });
    expect((await token()).login).toBe('octocat');
  });

  it('are renewed for the app they came from, even after another app was set up', async () => {
    await connectAndForget();
    lab = await lab.restart({ client: SECRET_CLIENT });
    lab.clock.jump(9 * HOUR);
    expect((await token()).login).toBe('octocat');
  });
});

describe('a token renewed while its account goes', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab({ client: SECRET_CLIENT });
    await lab.connect();
    lab.github.requests.length = 0;
  });
  afterEach(() => lab.close());

  /** A renewal whose answer is on its way. */
  const renewalUnderWay = async (id: string) => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    lab.github.fail({ match: TOKEN_ENDPOINT, when: refreshing, answer: { answerAfter: held }, times: 1 });
    const renewal = lab.connections.refresh(id).then(
      () => 'renewed',
      (error: { code: string }) => error.code,
    );
    await until(() => lab.github.count(TOKEN_ENDPOINT) === 1);
    return { renewal, letGo };
  };
  const answered = (match: string, count: number) => until(() => lab.github.count(match) === count);

  it('is revoked at GitHub and not kept, if the account was disconnected', async () => {
    const [account] = await lab.connections.list();
    const { renewal, letGo } = await renewalUnderWay(account?.id ?? '');
    await lab.connections.disconnect(account?.id ?? '');
    letGo();
    expect(await renewal).toBe('not_connected');
    await answered(REVOKE, 2);
    expect(await lab.connections.list()).toEqual([]);
    expect(await lab.db.selectFrom('installations').selectAll().execute()).toEqual([]);
  });

  it('gives way to the token of a new sign-in', async () => {
    const [account] = await lab.connections.list();
    const { renewal, letGo } = await renewalUnderWay(account?.id ?? '');
    await lab.connectByBrowser();
    const { token: fresh } = await lab.connections.token('github', undefined, TEST_REQUESTER);
    letGo();
    await renewal;
    expect((await lab.connections.token('github', undefined, TEST_REQUESTER)).token).toBe(fresh);
    const user = await fetch(`${lab.github.url}/user`, { headers: { authorization: `Bearer ${fresh}` } });
    expect(user.status).toBe(200);
  });

  it('is written to the end before the app stops', async () => {
    const [account] = await lab.connections.list();
    const { renewal, letGo } = await renewalUnderWay(account?.id ?? '');
    const restarted = lab.restart();
    letGo();
    lab = await restarted;
    expect(await renewal).toBe('renewed');
    const { token } = await lab.connections.token('github', undefined, TEST_REQUESTER);
    const user = await fetch(`${lab.github.url}/user`, { headers: { authorization: `Bearer ${token}` } });
    expect(user.status).toBe(200);
  });
});

describe('tokens that do not expire', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab({ client: OAUTH_APP_CLIENT });
  });
  afterEach(() => lab.close());

  it('are not renewed, but checked when the person asks for it', async () => {
    const { id } = await lab.connect();
    lab.github.requests.length = 0;
    lab.clock.jump(365 * 24 * HOUR);
    expect(await lab.connections.refresh(id)).toMatchObject({ state: 'ok' });
    expect(lab.github.requests.map(({ path }) => path)).toEqual(['/user']);
  });

  it('are not given up for a proxy that says 401', async () => {
    const { id } = await lab.connect();
    lab.github.fail({ match: 'GET /user', answer: { status: 401, body: '<h1>Who are you?</h1>' } });
    await expect(lab.connections.refresh(id)).rejects.toMatchObject({ code: 'provider_error' });
    expect(await lab.connections.list()).toMatchObject([{ state: 'ok' }]);
  });

  it('turn out to have ended when the person asks', async () => {
    const { id } = await lab.connect();
    lab.github.revokeAll('octocat');
    await expect(lab.connections.refresh(id)).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(lab.notices).toHaveLength(1);
  });
});

describe('an account of another server', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab();
  });
  afterEach(() => lab.close());

  it('is shown, but its token never goes to the server set up now', async () => {
    const { id, host } = await lab.connect();
    lab = await lab.restart({ url: lab.github.url.replace('127.0.0.1', 'localhost') });
    lab.clock.jump(9 * HOUR);
    lab.github.requests.length = 0;
    expect(await lab.connections.list()).toMatchObject([
      { host, state: 'unreachable', problem: { code: 'provider_not_configured' } },
    ]);
    await expect(lab.connections.token('github', undefined, TEST_REQUESTER)).rejects.toMatchObject({
      code: 'not_connected',
    });
    await expect(lab.connections.github()).rejects.toMatchObject({ code: 'not_connected' });
    const octokit = await lab.connections.github(id);
    await expect(octokit.request('GET /user')).rejects.toMatchObject({ code: 'provider_not_configured' });
    await expect(lab.connections.refresh(id)).rejects.toMatchObject({ code: 'provider_not_configured' });
    expect(lab.github.requests).toEqual([]);
  });
});
