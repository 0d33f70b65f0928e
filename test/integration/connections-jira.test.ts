import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Requester } from '../../src/main/connections/connections.ts';
import { type AtlassianLab, openAtlassianLab } from '../support/atlassian-lab.ts';
import { until } from '../support/connections-lab.ts';
import { ACME, ATLASSIAN_APP, BETA } from '../support/fake-atlassian.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const REFUSED = { error: expect.objectContaining({ code: 'state_invalid' }) };
const ME: Requester = { kind: 'command', id: 'test', name: null };

let here: AtlassianLab;
beforeEach(async () => {
  here = await openAtlassianLab();
});
afterEach(() => here.close());

const list = () => here.lab.connections.list();
const token = (account: string) => here.lab.connections.token('jira', account, ME);
const site = async (name: string) => {
  const view = (await list()).find(({ organisation }) => organisation?.name === name);
  if (!view) throw new Error(`${name} is not connected`);
  return view;
};

describe('setting up Jira and Confluence', () => {
  const configure = async (clientId: string, clientSecret?: string | null) =>
    here.lab.connections.configure({
      platform: 'jira',
      clientId,
      ...(clientSecret === undefined ? {} : { clientSecret }),
    });
  const view = async () => (await here.lab.connections.providers()).find(({ platform }) => platform === 'jira');

  beforeEach(async () => {
    here.lab = await here.lab.restart({
      jira: { authUrl: here.atlassian.url, apiUrl: here.atlassian.url },
    });
  });

  it('offers no way to sign in before there is an app, and the browser after', async () => {
    expect(await view()).toMatchObject({ needsApp: true, secret: 'required', clientId: null, ways: [] });
    expect(await configure(ATLASSIAN_APP.clientId, ATLASSIAN_APP.clientSecret)).toMatchObject({
      clientId: ATLASSIAN_APP.clientId,
      hasClientSecret: true,
      configuredBy: 'person',
      ways: ['web'],
    });
    expect(await here.connect()).toMatchObject({ state: 'connected' });
  });

  it('asks Atlassian at once whether it knows the app', async () => {
    await expect(configure(ATLASSIAN_APP.clientId, 'wrong')).rejects.toMatchObject({
      code: 'provider_refused_client',
    });
    await expect(configure('unknown', ATLASSIAN_APP.clientSecret)).rejects.toMatchObject({
      code: 'provider_refused_client',
    });
    expect(await view()).toMatchObject({ clientId: null });
  });

  it('keeps the app unchecked while Atlassian cannot be reached', async () => {
    here.atlassian.fail('/oauth/token', 'reset');
    expect(await configure(ATLASSIAN_APP.clientId, ATLASSIAN_APP.clientSecret)).toMatchObject({ ways: ['web'] });
  });

  it('wants the secret from the start, and lets it be forgotten', async () => {
    await expect(configure(ATLASSIAN_APP.clientId)).rejects.toMatchObject({
      code: 'bad_input',
      action: 'configure_provider',
    });
    await configure(ATLASSIAN_APP.clientId, ATLASSIAN_APP.clientSecret);
    expect(await configure(ATLASSIAN_APP.clientId)).toMatchObject({ hasClientSecret: true });
    expect(await configure(ATLASSIAN_APP.clientId, null)).toMatchObject({ hasClientSecret: false, ways: [] });
    await expect(here.connect()).rejects.toMatchObject({ code: 'provider_not_configured' });
  });

  it('says of every scope what it is for, and asks for nothing that writes', async () => {
    const scopes = (await view())?.scopes ?? [];
    expect(scopes.map(({ name }) => name)).toEqual(expect.arrayContaining(['read:jira-work', 'offline_access']));
    expect(scopes.every(({ reason }) => reason.length > 10)).toBe(true);
    expect(scopes.map(({ name }) => name).filter((name) => /write|manage|delete/.test(name))).toEqual([]);
  });
});

describe('signing in at Atlassian', () => {
  it('asks for consent with PKCE, and connects every site that was chosen', async () => {
    const flow = await here.lab.connections.begin({ platform: 'jira', way: 'web' });
    const asked = Object.fromEntries(new URL(flow.authorizationUrl ?? '').searchParams);
    expect(asked).toMatchObject({
      audience: 'api.atlassian.com',
      prompt: 'consent',
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      scope: expect.stringContaining('offline_access'),
    });
    expect(await here.lab.connections.callback('jira', await here.browse(flow))).toMatchObject({
      state: 'connected',
      login: 'mia@example.com',
    });
    expect(await list()).toMatchObject([
      { platform: 'jira', login: 'mia@example.com', name: 'Mia Krystof', organisation: ACME, state: 'ok' },
      { platform: 'jira', login: 'mia@example.com', organisation: BETA, state: 'ok' },
    ]);
    const [acme] = await list();
    expect(Date.parse(acme?.accessExpiresAt ?? '') - here.lab.clock.now()).toBe(HOUR);
    expect(Date.parse(acme?.refreshExpiresAt ?? '') - here.lab.clock.now()).toBe(90 * DAY);
  });

  it('redeems the code only with its own verifier', async () => {
    const flow = await here.lab.connections.begin({ platform: 'jira', way: 'web' });
    const back = await here.browse(flow);
    const stolen = await fetch(`${here.atlassian.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ grant_type: 'authorization_code', code: back.get('code'), code_verifier: 'x'.repeat(43) },
        ...{ client_id: ATLASSIAN_APP.clientId, client_secret: ATLASSIAN_APP.clientSecret },
        redirect_uri: 'http://127.0.0.1:9090/oauth/callback/jira',
      }),
    });
    expect(await stolen.json()).toMatchObject({ error: 'invalid_grant' });
    expect(await here.lab.connections.callback('jira', back)).toMatchObject({ error: { code: 'code_expired' } });
  });

  it('keeps two people of one site apart', async () => {
    await here.connect({ account: 'mia', sites: ACME.id });
    await here.connect({ account: 'tom', sites: ACME.id });
    expect((await list()).map(({ login }) => login)).toEqual(['mia@example.com', 'tom@example.com']);
    expect((await token('tom@example.com')).token).not.toBe((await token('mia@example.com')).token);
  });

  it('fails at once where no site was chosen', async () => {
    await expect(here.connect({ sites: 'none' })).resolves.toMatchObject({
      state: 'failed',
      error: { code: 'forbidden', message: 'The sign-in covers no Jira or Confluence site.' },
    });
    expect(await list()).toEqual([]);
  });

  it('ends as declined when the person said no', async () => {
    expect(await here.connect({ decision: 'deny' })).toMatchObject({ state: 'denied' });
  });

  it('takes a state once, and none that was made for another provider', async () => {
    const flow = await here.lab.connections.begin({ platform: 'jira', way: 'web' });
    const back = await here.browse(flow);
    expect(await here.lab.connections.callback('slack', back)).toEqual(REFUSED);
    expect(await here.lab.connections.callback('github', back)).toEqual(REFUSED);
    expect(await here.lab.connections.callback('jira', new URLSearchParams({ error: 'access_denied' }))).toEqual(
      REFUSED,
    );
    expect(here.lab.connections.flow(flow.id).state).toBe('waiting');
    expect(await here.lab.connections.callback('jira', back)).toMatchObject({ state: 'connected' });
    expect(await here.lab.connections.callback('jira', back)).toEqual(REFUSED);
  });

  it('waits for an Atlassian that stumbles after it gave the token', async () => {
    here.atlassian.fail('/me', { status: 502, body: '<h1>Bad gateway</h1>' }, 2);
    const flow = await here.lab.connections.begin({ platform: 'jira', way: 'web' });
    const done = here.lab.connections.callback('jira', await here.browse(flow));
    await here.lab.passUntil(() => here.lab.connections.flow(flow.id).state !== 'waiting');
    expect(await done).toMatchObject({ state: 'connected' });
  });

  it.each([
    ['a page', { body: '<h1>Welcome to the hotel</h1>' }, 'provider_error'],
    ['its own trouble', { status: 500, body: { error: 'server_error' } }, 'provider_error'],
    ['no token', { body: { token_type: 'Bearer' } }, 'provider_error'],
    ['a token of another type', { body: { access_token: 'abc', token_type: 'mac' } }, 'provider_error'],
    ['a number for a token', { body: { access_token: 12 } }, 'provider_error'],
    ['a token that would end its header', { body: { access_token: 'a\r\nx: y' } }, 'provider_error'],
    ['a list', { body: [] }, 'provider_error'],
    ['more than it may', { body: 'x'.repeat(11_000_000) }, 'provider_error'],
    ['a limit', { status: 429, headers: { 'retry-after': '30' }, body: {} }, 'rate_limited'],
    ['nothing at all', 'reset' as const, 'offline'],
  ])('fails in plain words when the code brings %s', async (_what, failure, code) => {
    here.atlassian.fail('/oauth/token', failure);
    expect(await here.connect()).toMatchObject({ state: 'failed', error: { code } });
    expect(await list()).toEqual([]);
  });

  it('gives up on an Atlassian that hangs', async () => {
    here.atlassian.fail('/oauth/token', 'hang');
    here.lab.expectAnswers(false);
    const flow = await here.lab.connections.begin({ platform: 'jira', way: 'web' });
    const done = here.lab.connections.callback('jira', await here.browse(flow));
    await until(() => here.atlassian.requests.includes('POST /oauth/token'));
    await here.lab.clock.advance(16_000);
    expect(await done).toMatchObject({ state: 'failed', error: { code: 'offline' } });
  });

  it.each([
    ['no lifetime', undefined],
    ['a negative one', -5],
    ['words for one', 'an hour'],
    ['an object for one', { hours: 1 }],
  ])('takes a token with %s for one that does not expire', async (_what, expiresIn) => {
    here.atlassian.expiresIn = expiresIn;
    await here.connect();
    expect(await list()).toMatchObject([{ accessExpiresAt: null }, { accessExpiresAt: null }]);
  });

  it('hands out a token of 12 kB as it came, also after a restart', async () => {
    here.atlassian.padding = 12_000;
    await here.connect();
    const first = (await token('acme')).token;
    expect(first.length).toBeGreaterThan(12_000);
    here.lab = await here.lab.restart();
    expect((await token('acme')).token).toBe(first);
    expect(here.atlassian.accepts(first)).toBe(true);
  });
});

describe('the token that several sites share', () => {
  beforeEach(async () => {
    await here.connect();
  });

  it('is told apart by the site, and never guessed', async () => {
    await expect(here.lab.connections.token('jira', undefined, ME)).rejects.toMatchObject({
      code: 'account_ambiguous',
      message: 'Several accounts are connected: acme/mia@example.com, beta/mia@example.com.',
    });
    expect((await token('beta')).connectionId).toBe((await site('beta')).id);
    expect((await token(ACME.id)).connectionId).toBe((await site('acme')).id);
  });

  it('is renewed once for all of them', async () => {
    here.lab.clock.jump(56 * MINUTE);
    const renewed = await Promise.all(
      Array.from({ length: 20 }, (_, n) => token(n % 2 === 0 ? 'acme' : 'beta').then((found) => found.token)),
    );
    expect(new Set(renewed).size).toBe(1);
    expect(here.atlassian.refreshes).toBe(1);
    expect(here.atlassian.accepts(renewed[0] ?? '')).toBe(true);
    const [acme, beta] = await list();
    expect(acme?.lastRefreshedAt).toBe(beta?.lastRefreshedAt);
    expect(Date.parse(acme?.refreshExpiresAt ?? '') - here.lab.clock.now()).toBe(90 * DAY);
  });

  it('is renewed ahead of time in the background, once', async () => {
    here.lab = await here.lab.restart({ background: true });
    await here.lab.passUntil(async () => (await site('beta')).lastRefreshedAt !== null);
    await here.lab.pass(5 * MINUTE);
    expect(here.atlassian.refreshes).toBe(1);
    expect((await site('acme')).lastRefreshedAt).toBe((await site('beta')).lastRefreshedAt);
  });

  it('is kept for the others when one site is disconnected', async () => {
    const { id } = await site('acme');
    expect(await here.lab.connections.disconnect(id)).toEqual({
      upstream: 'not_possible',
      message: expect.stringContaining('the other accounts of the same sign-in still use it'),
      manualUrl: 'https://id.atlassian.com/manage-profile/apps',
    });
    here.lab.clock.jump(2 * HOUR);
    expect(here.atlassian.accepts((await token('beta')).token)).toBe(true);
    expect(await list()).toMatchObject([{ organisation: BETA }]);
  });

  it('cannot be ended at Atlassian when the last site goes, which says where the person can', async () => {
    await here.lab.connections.disconnect((await site('acme')).id);
    expect(await here.lab.connections.disconnect((await site('beta')).id)).toEqual({
      upstream: 'not_possible',
      message: expect.stringContaining('it offers programs no way to'),
      manualUrl: 'https://id.atlassian.com/manage-profile/apps',
    });
    expect(await list()).toEqual([]);
  });

  it('is kept for the others when one site is disconnected while it is renewed', async () => {
    here.lab.clock.jump(2 * HOUR);
    const renewing = token('acme').catch((error: unknown) => error);
    await until(() => here.atlassian.refreshes === 1);
    await here.lab.connections.disconnect((await site('acme')).id);
    expect(await renewing).toMatchObject({ code: 'not_connected' });
    expect(here.atlassian.accepts((await token('beta')).token)).toBe(true);
    expect(here.atlassian.refreshes).toBe(1);
  });

  it('stays good where Atlassian forgets to send a new refresh token', async () => {
    here.atlassian.rotates = false;
    here.lab.clock.jump(2 * HOUR);
    await token('acme');
    here.lab.clock.jump(2 * HOUR);
    expect(here.atlassian.accepts((await token('acme')).token)).toBe(true);
    expect(here.atlassian.refreshes).toBe(2);
  });

  it('ends for all of them at once, with one notice, when Atlassian says so', async () => {
    here.atlassian.removeApp('mia');
    here.lab.clock.jump(2 * HOUR);
    await expect(token('acme')).rejects.toMatchObject({ code: 'needs_reconnect' });
    await expect(token('beta')).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(await list()).toMatchObject([{ state: 'needs_reconnect' }, { state: 'needs_reconnect' }]);
    expect(here.lab.notices).toMatchObject([{ kind: 'warning', title: expect.stringContaining('sign in again') }]);
    expect(here.atlassian.requests.filter((route) => route === 'POST /oauth/token')).toHaveLength(2);
  });

  it('comes back for all of them with one sign-in, under the same ids', async () => {
    const before = await list();
    here.atlassian.removeApp('mia');
    here.lab.clock.jump(2 * HOUR);
    await token('acme').catch(() => undefined);
    await here.connect();
    expect(await list()).toMatchObject(before.map(({ id }) => ({ id, state: 'ok', problem: null })));
    expect(here.atlassian.accepts((await token('beta')).token)).toBe(true);
  });

  it('lapses when nobody used it for ninety days', async () => {
    here.lab.clock.jump(91 * DAY);
    await expect(token('acme')).rejects.toMatchObject({ code: 'needs_reconnect' });
  });

  it.each([
    ['its other words for a dead refresh token', 'unauthorized_client', 'refresh_token is invalid', 'needs_reconnect'],
    ['a word about the app', 'unauthorized_client', 'Unknown client', 'provider_refused_client'],
    ['a secret that was changed', 'access_denied', 'Unauthorized', 'provider_refused_client'],
    ['an error nobody knows', 'mystery', 'hm', 'provider_error'],
  ])('takes %s for what it is', async (_what, error, error_description, code) => {
    here.lab.clock.jump(2 * HOUR);
    here.atlassian.fail('/oauth/token', { status: 403, body: { error, error_description } });
    await expect(token('acme')).rejects.toMatchObject({ code });
    const ended = code === 'needs_reconnect' ? 'needs_reconnect' : 'unreachable';
    expect(await list()).toMatchObject([{ state: ended }, { state: ended }]);
  });

  it.each([
    ['a page that says 403', { status: 403, body: '<h1>Blocked by policy</h1>' }],
    ['a 403 without a word', { status: 403, body: {} }],
    ['its own trouble', { status: 503, body: { error: 'invalid_grant' } }],
    ['a cut connection', 'reset' as const],
  ])('outlives %s, with one notice for all sites and one when it is over', async (_what, failure) => {
    here.lab.clock.jump(2 * HOUR);
    here.atlassian.fail('/oauth/token', failure);
    await expect(token('acme')).rejects.toMatchObject({ code: expect.stringMatching(/offline|provider_error/) });
    expect(await list()).toMatchObject([{ state: 'unreachable' }, { state: 'unreachable' }]);
    expect(here.lab.notices).toHaveLength(1);
    await here.lab.pass(40_000);
    expect(here.atlassian.accepts((await token('beta')).token)).toBe(true);
    expect(await list()).toMatchObject([{ state: 'ok' }, { state: 'ok' }]);
    expect(here.lab.notices).toMatchObject([{ kind: 'warning' }, { kind: 'success' }]);
  });

  it('waits out a limit for all of them', async () => {
    here.lab.clock.jump(2 * HOUR);
    here.atlassian.fail('/oauth/token', { status: 429, headers: { 'retry-after': '120' }, body: {} });
    await expect(token('acme')).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(token('beta')).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await list()).toMatchObject([{ state: 'paused' }, { state: 'paused' }]);
    await here.lab.pass(121_000);
    expect(here.atlassian.accepts((await token('beta')).token)).toBe(true);
  });

  it('can be asked about', async () => {
    await here.lab.connections.verify((await site('acme')).id);
    here.atlassian.removeApp('mia');
    await expect(here.lab.connections.verify((await site('acme')).id)).rejects.toMatchObject({
      code: 'needs_reconnect',
    });
  });

  it('never comes into the log or a notice', async () => {
    const { token: text } = await token('acme');
    here.lab.clock.jump(2 * HOUR);
    const { token: next } = await token('acme');
    const told = [...here.lab.log, JSON.stringify(here.lab.notices), JSON.stringify(await list())].join('\n');
    expect(told).not.toContain(text);
    expect(told).not.toContain(next);
    expect(told).not.toContain(ATLASSIAN_APP.clientSecret);
  });
});

describe('sites that come and go', () => {
  const accepted = async () =>
    Promise.all(['acme', 'beta'].map(async (name) => here.atlassian.accepts((await token(name)).token)));

  it('share from then on, though one of them was connected and renewed before', async () => {
    await here.connect({ sites: ACME.id });
    here.lab.clock.jump(2 * HOUR);
    await token('acme');
    const { id } = await site('acme');
    await here.connect();
    expect((await site('acme')).id).toBe(id);
    here.lab.clock.jump(2 * HOUR);
    expect(await accepted()).toEqual([true, true]);
    expect(here.atlassian.refreshes).toBe(2);
  });

  it('go their own ways when one of them is connected anew', async () => {
    await here.connect();
    await here.connect({ sites: BETA.id });
    expect((await token('acme')).token).not.toBe((await token('beta')).token);
    here.lab.clock.jump(2 * HOUR);
    expect(await accepted()).toEqual([true, true]);
    expect(here.atlassian.refreshes).toBe(2);
    expect((await token('acme')).token).not.toBe((await token('beta')).token);
  });

  it('are each renewed by their own sign-in, though a renewal was under way meanwhile', async () => {
    await here.connect();
    here.lab.clock.jump(2 * HOUR);
    const renewing = token('acme').catch((error: unknown) => error);
    await until(() => here.atlassian.refreshes === 1);
    await here.connect();
    await renewing;
    expect(await accepted()).toEqual([true, true]);
    expect((await token('acme')).token).toBe((await token('beta')).token);
    expect(await list()).toHaveLength(2);
  });
});

describe('two platforms at once', () => {
  beforeEach(async () => {
    await here.connect({ sites: ACME.id });
  });

  it('do not stand in for each other', async () => {
    await expect(here.lab.connections.github()).rejects.toMatchObject({ code: 'not_connected' });
    await expect(here.lab.connections.token('github', undefined, ME)).rejects.toMatchObject({ code: 'not_connected' });
    const github = await here.lab.connect();
    expect((await here.lab.connections.token('github', undefined, ME)).connectionId).toBe(github.id);
    expect((await here.lab.connections.token('jira', undefined, ME)).connectionId).toBe((await site('acme')).id);
  });

  it('fail each on its own', async () => {
    const github = await here.lab.connect();
    here.atlassian.removeApp('mia');
    here.lab.clock.jump(2 * HOUR);
    await token('acme').catch(() => undefined);
    expect((await list()).find(({ id }) => id === github.id)).toMatchObject({ state: 'ok' });
    await here.lab.connections.github();
  });
});
