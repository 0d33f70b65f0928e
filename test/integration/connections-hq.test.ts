/** Trackeep HQ as a provider, towards a strict fake of it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Requester } from '../../src/main/connections/connections.ts';
import { hqServes } from '../../src/main/connections/hq/hq-provider.ts';
import { systemClock } from '../../src/main/core/clock.ts';
import { SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import type { ConnectionView, FlowView } from '../../src/shared/connection-views.ts';
import { visitProvider } from '../support/atlassian-lab.ts';
import { type ConnectionsLab, openConnectionsLab } from '../support/connections-lab.ts';
import { type FakeHq, startFakeHq } from '../support/fake-hq.ts';
import { SLACK_PUBLIC_APP, startFakeSlack } from '../support/fake-slack.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { openTrackeepLab } from '../support/trackeep-lab.ts';

const HOUR = 3_600_000;
const REFUSED = { error: expect.objectContaining({ code: 'state_invalid' }) };
const ME: Requester = { kind: 'command', id: 'test', name: null };
const ACCESS_TOKEN = '/api/v1/github/user/access-token';

let lab: ConnectionsLab;
let hq: FakeHq;

describe('a sign-in through Trackeep HQ', () => {
  afterEach(async () => {
    await hq.close();
    await lab.close();
  });
  const open = async () => {
    const clock = createManualClock();
    hq = await startFakeHq({ clock });
    lab = await openConnectionsLab({ clock, hq: { url: hq.url, apiUrl: hq.url } });
  };
  const begin = () => lab.connections.begin({ platform: 'hq', way: 'web' });
  const browse = ({ authorizationUrl }: FlowView, decisions: Record<string, string> = {}) =>
    visitProvider(authorizationUrl, decisions);
  const connect = async (decisions: Record<string, string> = {}) => {
    const flow = await begin();
    await lab.connections.callback('hq', await browse(flow, decisions));
    return lab.connections.flow(flow.id);
  };
  const token = async () => (await lab.connections.token('hq', undefined, ME)).token;
  const asked = (path: string) => hq.requests.filter((request) => request.endsWith(path)).length;

  it('needs no app of the person’s own, and takes none', async () => {
    await open();
    const view = (await lab.connections.providers()).find(({ platform }) => platform === 'hq');
    expect(view).toMatchObject({ name: 'Trackeep HQ', needsApp: false, secret: 'none', ways: ['web'], clientId: null });
    await expect(lab.connections.configure({ platform: 'hq', clientId: 'mine' })).rejects.toMatchObject({
      code: 'bad_input',
    });
  });

  it('connects the person’s GitHub, whole and until when HQ says', async () => {
    await open();
    const flow = await begin();
    const back = new URL(new URL(flow.authorizationUrl ?? '').searchParams.get('redirect_uri') ?? '');
    expect(`${back.origin}${back.pathname}`).toBe('http://127.0.0.1:9090/oauth/callback/hq');
    expect(back.searchParams.get('state')).toMatch(/^[\w-]{43}$/);
    await lab.connections.callback('hq', await browse(flow));
    expect(lab.connections.flow(flow.id)).toMatchObject({ state: 'connected', login: 'ada' });
    const [connection] = await lab.connections.list();
    expect(connection).toMatchObject({
      platform: 'hq',
      host: new URL(hq.url).host,
      login: 'ada',
      name: 'Ada',
      state: 'ok',
    });
    expect(Date.parse(connection?.accessExpiresAt ?? '') - lab.clock.now()).toBe(8 * HOUR);
    expect(Date.parse(connection?.refreshExpiresAt ?? '') - lab.clock.now()).toBe(720 * HOUR);
    expect(await token()).toMatch(/^ghu_/);
  });

  it.each([
    ['none', null],
    ['nonsense', 'tomorrow'],
  ])('bears an end of the token that is %s', async (_what, expiresAt) => {
    await open();
    hq.expiresAt = expiresAt;
    expect(await connect()).toMatchObject({ state: 'connected' });
    expect(await lab.connections.list()).toMatchObject([{ accessExpiresAt: null, state: 'ok' }]);
  });

  it.each([false, true])('asks HQ again before the token ends (session replaced each time: %s)', async (rotating) => {
    await open();
    hq.rotating = rotating;
    await connect();
    const seen = new Set([await token()]);
    for (let day = 0; day < 3; day += 1) {
      await lab.pass(8 * HOUR);
      seen.add(await token());
    }
    expect(seen.size).toBe(4);
    expect(await lab.connections.list()).toMatchObject([{ state: 'ok' }]);
  });

  it('asks once, however many want the token', async () => {
    await open();
    await connect();
    await lab.pass(8 * HOUR);
    const before = asked(ACCESS_TOKEN);
    const tokens = await Promise.all(Array.from({ length: 25 }, token));
    expect(new Set(tokens).size).toBe(1);
    expect(asked(ACCESS_TOKEN)).toBe(before + 1);
  });

  it('ends when HQ ends the session, and only then', async () => {
    await open();
    await connect();
    const [connection] = await lab.connections.list();
    const refresh = () => lab.connections.refresh(connection?.id ?? '');
    for (const failure of [{ status: 502, body: '<html>' }, { status: 401, body: '<html>' }, 'reset'] as const) {
      hq.fail(ACCESS_TOKEN, failure);
      await expect(refresh()).rejects.toMatchObject({ code: expect.stringMatching(/provider_error|offline/) });
      expect(await lab.connections.list()).not.toMatchObject([{ state: 'needs_reconnect' }]);
    }
    hq.endAll();
    await expect(refresh()).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(await lab.connections.list()).toMatchObject([{ state: 'needs_reconnect' }]);
    const ended = lab.notices.filter(({ title }) => title === 'Trackeep HQ needs you to sign in again');
    expect(ended).toHaveLength(1);
    expect(await connect()).toMatchObject({ state: 'connected' });
    expect(await lab.connections.list()).toMatchObject([{ state: 'ok' }]);
  });

  it('is forgotten on disconnect, with a word on where to end it upstream', async () => {
    await open();
    await connect();
    const [connection] = await lab.connections.list();
    const end = await lab.connections.disconnect(connection?.id ?? '');
    expect(end).toMatchObject({ upstream: 'not_possible', manualUrl: expect.stringContaining('/settings/apps') });
    await expect(token()).rejects.toMatchObject({ code: 'not_connected' });
  });

  it('takes no forged, used, late or foreign way back', async () => {
    await open();
    const back = (parameters: URLSearchParams, platform = 'hq') => lab.connections.callback(platform, parameters);
    const flow = await begin();
    const good = await browse(flow);
    const without = new URLSearchParams({ token: good.get('token') ?? '' });
    const forged = new URLSearchParams({ ...Object.fromEntries(good), state: 'made-up' });
    expect(await back(without)).toMatchObject(REFUSED);
    expect(await back(forged)).toMatchObject(REFUSED);
    expect(await back(good, 'github')).toMatchObject(REFUSED);
    expect(asked('/control/callback')).toBe(0);
    expect(await back(good)).toMatchObject({ state: 'connected' });
    expect(await back(good)).toMatchObject(REFUSED);
    const late = await begin();
    const lateBack = await browse(late);
    await lab.pass(11 * 60_000);
    expect(await back(lateBack)).toMatchObject(REFUSED);
  });

  it.each([
    ['a token that HQ does not know', { token: 'made.up.token' }, 'code_expired'],
    ['no token', {}, 'provider_error'],
    ['a decline', { error: 'access_denied' }, 'access_denied'],
    ['another error', { error: '<script>' }, 'provider_error'],
  ])('ends without an account on %s', async (_what, parameters, code) => {
    await open();
    const flow = await begin();
    const state = (await browse(flow)).get('state') ?? '';
    await lab.connections.callback('hq', new URLSearchParams({ ...parameters, state } as Record<string, string>));
    expect(lab.connections.flow(flow.id).error).toMatchObject({ code, message: expect.not.stringContaining('<') });
    expect(await lab.connections.list()).toEqual([]);
  });

  it.each([
    ['/api/v1/auth/control/callback', { status: 200, body: { token: 'x' } }, 'provider_error'],
    ['/api/v1/auth/control/callback', { status: 200, body: '<html>Wi-Fi</html>' }, 'provider_error'],
    ['/api/v1/auth/control/callback', { status: 500, body: 'oh' }, 'provider_error'],
    [ACCESS_TOKEN, { status: 200, body: { access_token: 'a\r\nb', source: 'x' } }, 'provider_error'],
    [ACCESS_TOKEN, { status: 200, body: { access_token: '' } }, 'provider_error'],
    [ACCESS_TOKEN, { status: 302, headers: { location: 'https://evil.test/' }, body: '' }, 'provider_error'],
    [ACCESS_TOKEN, { status: 404, body: { error: 'GitHub account not connected' } }, 'forbidden'],
  ])('ends without an account when %s answers %j', async (path, answer, code) => {
    await open();
    hq.fail(path, answer);
    expect((await connect()).error).toMatchObject({ code });
    expect(await lab.connections.list()).toEqual([]);
  });

  it('leaves none of HQ’s tokens in the log or in plain in the data folder', async () => {
    await open();
    hq.rotating = true;
    await connect();
    await lab.pass(8 * HOUR);
    await token();
    const files = readdirSync(lab.dataDir, { recursive: true, encoding: 'utf8' }).map((name) =>
      join(lab.dataDir, name),
    );
    const text = files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, 'latin1'));
    const where = [...lab.log, ...text].join('\n');
    expect(hq.secrets.length).toBeGreaterThan(3);
    expect(hq.secrets.filter((secret) => where.includes(secret))).toEqual([]);
  });
});

describe('GitHub', () => {
  it.each([
    ['https://hq.trackeep.org', 'https://github.com', true],
    ['https://hq.trackeep.org', 'https://github.example.com', false],
    ['https://hq.example.com', 'https://github.example.com', true],
  ])('gets the tokens of %s: %s', (hqUrl, gitHubUrl, serves) => {
    expect(hqServes(hqUrl, gitHubUrl)).toBe(serves);
  });

  it('is never shown a token of another provider', async () => {
    const clock = createManualClock();
    const slack = await startFakeSlack({ clock, redirectUri: 'http://localhost:9090/oauth/callback/slack' });
    const { connections, close, sent } = await openConnectionsLab({
      clock,
      slack: { url: slack.url, ...SLACK_PUBLIC_APP },
    });
    try {
      const flow = await connections.begin({ platform: 'slack', way: 'web' });
      await connections.callback('slack', await visitProvider(flow.authorizationUrl, {}));
      const [connection] = await connections.list();
      const before = sent.length;
      await expect(connections.github(connection?.id)).rejects.toMatchObject({ code: 'not_connected' });
      await expect(connections.github()).rejects.toMatchObject({ code: 'not_connected' });
      expect(sent.length).toBe(before);
    } finally {
      await slack.close();
      await close();
    }
  });
});

describe('the whole app with Trackeep HQ alone', () => {
  it('works at GitHub with the token that HQ gives, and shows a clean address after the sign-in', async () => {
    const github = { token: '' };
    const fake = await startFakeHq({ clock: systemClock(), gitHubToken: () => github.token });
    const whole = await openTrackeepLab({ HQ_URL: fake.url });
    try {
      github.token = await tokenAtGitHub(whole.github.url);
      const flow = await whole.call<FlowView>('connections.begin', { platform: 'hq', way: 'web' });
      const visited = await fetch(flow.authorizationUrl ?? '', { redirect: 'manual' });
      const callback = visited.headers.get('location') ?? '';
      const answer = await fetch(callback, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, `/oauth/done/${flow.id}`]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const done = await fetch(`${whole.app.address}/oauth/done/${flow.id}`);
      expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('You are connected as ada')]);

      // The same address again: used up, and still clean.
      const again = await fetch(callback, { redirect: 'manual' });
      expect(again.headers.get('location')).toBe('/oauth/done/unknown');
      expect((await fetch(callback)).status).toBe(400);

      const [connection] = await whole.call<ConnectionView[]>('connections.list');
      expect(connection).toMatchObject({ platform: 'hq', login: 'ada' });
      expect(await whole.call('updates.check')).toMatchObject({ state: 'available' });
      const check = await whole.ask('/api/updates/check', { session: await whole.session() });
      expect(await check.json()).toMatchObject({ updateAvailable: true, latestVersion: 'v1.3.0' });

      const log = readdirSync(join(whole.app.dataDir, 'logs'), { encoding: 'utf8' })
        .map((name) => readFileSync(join(whole.app.dataDir, 'logs', name), 'utf8'))
        .join('');
      expect(log).toContain('an account was connected');
      expect(fake.secrets.filter((secret) => log.includes(secret))).toEqual([]);
    } finally {
      await whole.stop();
      await fake.close();
    }
  });
});

/** As HQ's own app gets one. */
async function tokenAtGitHub(url: string): Promise<string> {
  const { clientId, clientSecret } = SECRET_CLIENT;
  const page = new URL(`${url}/login/oauth/authorize`);
  const asked = { client_id: clientId, redirect_uri: 'http://127.0.0.1:9090/oauth/callback/github', state: 'hq' };
  for (const [name, value] of Object.entries({ ...asked, decision: 'approve', login: 'octocat' })) {
    page.searchParams.set(name, value);
  }
  const back = new URL((await fetch(page, { method: 'POST', redirect: 'manual' })).headers.get('location') ?? '');
  const answer = await fetch(`${url}/login/oauth/access_token`, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({
      ...{ client_id: clientId, client_secret: clientSecret ?? '', redirect_uri: asked.redirect_uri },
      code: back.searchParams.get('code') ?? '',
    }),
  });
  const { access_token: token } = await answer.json();
  return token;
}
