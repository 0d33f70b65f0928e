import { afterEach, describe, expect, it } from 'vitest';
import type { Requester } from '../../src/main/connections/connections.ts';
import type { FlowView } from '../../src/shared/connection-views.ts';
import { visitProvider } from '../support/atlassian-lab.ts';
import {
  type ConnectionsLab,
  type ConnectionsLabOptions,
  openConnectionsLab,
  until,
} from '../support/connections-lab.ts';
import {
  ACME_TEAM,
  type FakeSlack,
  type FakeSlackOptions,
  SLACK_PUBLIC_APP,
  SLACK_SECRET_APP,
  startFakeSlack,
} from '../support/fake-slack.ts';
import { createManualClock } from '../support/manual-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CALLBACK = 'http://localhost:9090/oauth/callback/slack';
const REFUSED = { error: expect.objectContaining({ code: 'state_invalid' }) };
const ME: Requester = { kind: 'command', id: 'test', name: null };

let lab: ConnectionsLab;
let slack: FakeSlack;
afterEach(async () => {
  await slack.close();
  await lab.close();
});

async function open(
  app: { clientId: string; clientSecret: string | null } | null = SLACK_PUBLIC_APP,
  options: Partial<FakeSlackOptions> & ConnectionsLabOptions = {},
): Promise<void> {
  const clock = createManualClock();
  slack = await startFakeSlack({ ...options, clock, redirectUri: CALLBACK });
  lab = await openConnectionsLab({ ...options, clock, slack: { url: slack.url, ...app } });
}

const begin = () => lab.connections.begin({ platform: 'slack', way: 'web' });
const browse = ({ authorizationUrl }: FlowView, decisions: Record<string, string> = {}) =>
  visitProvider(authorizationUrl, decisions);
const connect = async (decisions: Record<string, string> = {}) => {
  const flow = await begin();
  await lab.connections.callback('slack', await browse(flow, decisions));
  return lab.connections.flow(flow.id);
};
const list = () => lab.connections.list();
const token = (account?: string) => lab.connections.token('slack', account, ME);
const idOf = async () => (await list())[0]?.id ?? '';

describe('setting up Slack', () => {
  const configure = (app: { clientId: string; clientSecret: string | null }) =>
    lab.connections.configure({ platform: 'slack', ...app });

  it('needs a client ID, and a secret only where the app has one', async () => {
    await open(null);
    const find = async () => (await lab.connections.providers()).find(({ platform }) => platform === 'slack');
    expect(await find()).toMatchObject({ secret: 'optional', clientId: null, ways: [], callbackUrl: CALLBACK });
    expect(await configure(SLACK_PUBLIC_APP)).toMatchObject({ ways: ['web'], hasClientSecret: false });
    expect(await connect()).toMatchObject({ state: 'connected' });
    expect(await configure(SLACK_SECRET_APP)).toMatchObject({ ways: ['web'], hasClientSecret: true });
  });

  it('asks Slack at once whether it knows the app', async () => {
    await open(null);
    await expect(configure({ clientId: '9.9', clientSecret: null })).rejects.toMatchObject({
      code: 'provider_refused_client',
    });
    await expect(configure({ ...SLACK_SECRET_APP, clientSecret: 'wrong' })).rejects.toMatchObject({
      code: 'provider_refused_client',
    });
    await expect(configure({ ...SLACK_SECRET_APP, clientSecret: null })).rejects.toMatchObject({
      code: 'provider_refused_client',
    });
  });

  it('links to a form that is filled in already', async () => {
    await open();
    const view = (await lab.connections.providers()).find(({ platform }) => platform === 'slack');
    const manifest = JSON.parse(new URL(view?.registrationUrl ?? '').searchParams.get('manifest_json') ?? '');
    expect(manifest.oauth_config.redirect_urls).toEqual([CALLBACK]);
    expect(manifest.oauth_config.scopes).toEqual({ user: view?.scopes.map(({ name }) => name) });
  });
});

describe.each([
  ['a public client', SLACK_PUBLIC_APP],
  ['an app with a secret', SLACK_SECRET_APP],
])('the whole life of a Slack connection of %s', (_kind, app) => {
  it('goes to Slack for the person’s own token, with PKCE, and never for a bot', async () => {
    await open(app);
    const asked = new URL((await begin()).authorizationUrl ?? '').searchParams;
    expect(asked.get('user_scope')).toContain('channels:read');
    expect(asked.get('scope')).toBeNull();
    expect(asked.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  });

  it('connects, and names workspace and person', async () => {
    await open(app, { enterpriseId: 'E0GROUP' });
    expect(await connect()).toMatchObject({ state: 'connected', login: 'grace' });
    expect(await list()).toMatchObject([
      { platform: 'slack', login: 'grace', organisation: ACME_TEAM, tokenPrefix: 'xoxe.xoxp-', state: 'ok' },
    ]);
    const [row] = await lab.db.selectFrom('installations').selectAll().execute();
    expect(row).toMatchObject({ external_org_id: 'T0ACME/UGRACE', external_org_name: 'Acme' });
    expect(JSON.parse(row?.metadata ?? '')).toMatchObject({ enterpriseId: 'E0GROUP' });
    const [connection] = await list();
    expect(Date.parse(connection?.accessExpiresAt ?? '') - lab.clock.now()).toBe(12 * HOUR);
    const refreshEnds = connection?.refreshExpiresAt ?? null;
    if (app.clientSecret === null) expect(Date.parse(refreshEnds ?? '') - lab.clock.now()).toBe(30 * DAY);
    else expect(refreshEnds).toBeNull();
  });

  it('is used, renewed, rotated and renewed again', async () => {
    await open(app);
    await connect();
    const first = (await token()).token;
    expect(slack.accepts(first)).toBe(true);
    const tokens = new Set([first]);
    for (let round = 1; round <= 3; round += 1) {
      lab.clock.jump(12 * HOUR);
      const [one, other] = await Promise.all([token(), token()]);
      expect(other.token).toBe(one.token);
      expect(slack.accepts(one.token)).toBe(true);
      expect(slack.refreshes).toBe(round);
      tokens.add(one.token);
    }
    expect(tokens.size).toBe(4);
  });

  it('ends when Slack says so, with one notice, and comes back under the same id', async () => {
    await open(app);
    await connect();
    const id = await idOf();
    slack.endAll();
    lab.clock.jump(12 * HOUR);
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect' });
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(lab.notices).toMatchObject([{ kind: 'warning', title: 'Slack needs you to sign in again' }]);
    await connect();
    expect(await list()).toMatchObject([{ id, state: 'ok' }]);
    expect(slack.accepts((await token()).token)).toBe(true);
  });

  it('is revoked at Slack when it is disconnected, and so is what a new sign-in replaces', async () => {
    await open(app);
    await connect();
    const first = (await token()).token;
    await connect();
    expect(slack.accepts(first)).toBe(false);
    const second = (await token()).token;
    expect(await lab.connections.disconnect(await idOf())).toMatchObject({ upstream: 'revoked', manualUrl: null });
    expect(slack.accepts(second)).toBe(false);
    expect(await list()).toEqual([]);
  });
});

describe('a Slack connection', () => {
  it('lapses where a public client’s refresh token was not used for thirty days', async () => {
    await open();
    await connect();
    lab.clock.jump(31 * DAY);
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect' });
  });

  it('does not expire where token rotation is off', async () => {
    await open(SLACK_SECRET_APP, { rotation: false });
    await connect();
    expect(await list()).toMatchObject([{ accessExpiresAt: null, refreshExpiresAt: null, tokenPrefix: 'xoxp-' }]);
    lab.clock.jump(400 * DAY);
    expect(slack.accepts((await token()).token)).toBe(true);
    slack.endAll();
    await expect(lab.connections.verify(await idOf())).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(await list()).toMatchObject([{ state: 'needs_reconnect' }]);
  });

  it('keeps two people of one workspace apart', async () => {
    await open();
    await connect({ user: 'grace' });
    await connect({ user: 'ada' });
    await expect(token()).rejects.toMatchObject({
      code: 'account_ambiguous',
      message: expect.stringMatching(/Acme\/(grace|ada), Acme\/(grace|ada)\./),
    });
    expect((await token('Acme/ada')).login).toBe('ada');
  });

  it('counts a token that is gone at Slack already as revoked', async () => {
    await open();
    await connect();
    slack.endAll();
    expect(await lab.connections.disconnect(await idOf())).toMatchObject({ upstream: 'revoked' });
  });

  it('says so when Slack could not be reached to revoke it', async () => {
    await open();
    await connect();
    slack.fail('/api/auth.revoke', 'reset');
    expect(await lab.connections.disconnect(await idOf())).toMatchObject({
      upstream: 'failed',
      manualUrl: `${slack.url}/apps/manage`,
    });
    expect(await list()).toEqual([]);
  });

  it('ends as declined when the person said no', async () => {
    await open();
    expect(await connect({ decision: 'deny' })).toMatchObject({ state: 'denied' });
  });

  it('takes a state once, and none that was made for another provider', async () => {
    await open();
    const flow = await begin();
    const back = await browse(flow);
    expect(await lab.connections.callback('jira', back)).toEqual(REFUSED);
    expect(await lab.connections.callback('slack', new URLSearchParams({ error: 'access_denied' }))).toEqual(REFUSED);
    expect(await lab.connections.callback('slack', back)).toMatchObject({ id: flow.id, state: 'connected' });
    expect(await lab.connections.callback('slack', back)).toEqual(REFUSED);
  });

  it('hands out a token of 12 kB as it came', async () => {
    await open();
    slack.padding = 12_000;
    await connect();
    expect(slack.accepts((await token()).token)).toBe(true);
  });

  it.each([
    ['no lifetime', undefined],
    ['a negative one', -1],
    ['a list for one', [1]],
  ])('takes a token with %s for one that does not expire', async (_what, expiresIn) => {
    await open();
    slack.expiresIn = expiresIn;
    await connect();
    expect(await list()).toMatchObject([{ state: 'ok', accessExpiresAt: null }]);
  });

  it.each([
    ['a code that was used', { body: { ok: false, error: 'code_already_used' } }, 'code_expired'],
    ['a wrong secret', { body: { ok: false, error: 'bad_client_secret' } }, 'provider_refused_client'],
    ['a wrong way back', { body: { ok: false, error: 'bad_redirect_uri' } }, 'provider_refused_client'],
    ['a workspace that does not let it in', { body: { ok: false, error: 'team_access_not_granted' } }, 'forbidden'],
    ['a limit in a header', { status: 429, headers: { 'retry-after': '10' }, body: {} }, 'rate_limited'],
    ['a limit in the body', { body: { ok: false, error: 'ratelimited' } }, 'rate_limited'],
    ['its own trouble', { body: { ok: false, error: 'internal_error' } }, 'provider_error'],
    ['its own trouble with a status', { status: 503, body: 'down' }, 'provider_error'],
    ['an error that is a page', { body: { ok: false, error: '<b>call the hotline</b>' } }, 'provider_error'],
    ['ok without anything', { body: { ok: true } }, 'provider_error'],
    ['a bot’s token', { body: { ok: true, access_token: 'xoxb-1', token_type: 'bot' } }, 'provider_error'],
    ['ok as a word', { body: { ok: 'true', authed_user: {} } }, 'provider_error'],
    ['a page', { body: '<h1>Sign in to the Wi-Fi</h1>' }, 'provider_error'],
    ['more than it may', { body: 'x'.repeat(11_000_000) }, 'provider_error'],
    ['nothing at all', 'reset' as const, 'offline'],
  ])('is not made when the code brings %s', async (_what, failure, code) => {
    await open();
    slack.fail('/api/oauth.v2.access', failure);
    const flow = await connect();
    expect(flow).toMatchObject({ error: { code } });
    expect(JSON.stringify(flow)).not.toContain('hotline');
    expect(await list()).toEqual([]);
  });

  it('is not made by a Slack that hangs', async () => {
    await open();
    slack.fail('/api/oauth.v2.access', 'hang');
    lab.expectAnswers(false);
    const flow = await begin();
    const done = lab.connections.callback('slack', await browse(flow));
    await until(() => slack.requests.includes('POST /api/oauth.v2.access'));
    await lab.clock.advance(16_000);
    expect(await done).toMatchObject({ state: 'failed', error: { code: 'offline' } });
  });

  it.each([
    ['its own trouble', { body: { ok: false, error: 'internal_error' } }],
    ['a page', { status: 401, body: '<h1>Blocked</h1>' }],
    ['a cut connection', 'reset' as const],
  ])('outlives %s at a refresh', async (_what, failure) => {
    await open();
    await connect();
    lab.clock.jump(12 * HOUR);
    slack.fail('/api/oauth.v2.access', failure);
    await expect(token()).rejects.toMatchObject({ code: expect.stringMatching(/offline|provider_error/) });
    expect(await list()).toMatchObject([{ state: 'unreachable' }]);
    await lab.pass(MINUTE);
    expect(slack.accepts((await token()).token)).toBe(true);
    expect(lab.notices).toMatchObject([{ kind: 'warning' }, { kind: 'success' }]);
  });

  it('ends when Slack calls its account inactive', async () => {
    await open();
    await connect();
    lab.clock.jump(12 * HOUR);
    slack.fail('/api/oauth.v2.access', { body: { ok: false, error: 'account_inactive' } });
    await expect(token()).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(await list()).toMatchObject([{ state: 'needs_reconnect' }]);
  });
});

describe('requests to Slack in the name of a connection', () => {
  const get = async (path: string) => lab.connections.request(await idOf(), { path });

  it('answer with the data', async () => {
    await open();
    await connect();
    expect(await get('/conversations.list?limit=1')).toMatchObject({ channels: [{ name: 'general' }] });
  });

  it('take ok: false for the error it is', async () => {
    await open();
    await connect();
    await expect(get('/conversations.info?channel=C9')).rejects.toMatchObject({ code: 'not_found' });
    await expect(get('/admin.users.list')).rejects.toMatchObject({ code: 'forbidden' });
    expect(slack.refreshes).toBe(0);
  });

  it('renew a token that Slack calls expired, once', async () => {
    await open();
    await connect();
    slack.fail('/api/conversations.list', { body: { ok: false, error: 'token_expired' } });
    expect(await get('/conversations.list')).toMatchObject({ ok: true });
    expect(slack.refreshes).toBe(1);
  });

  it('pause the account for as long as Slack says', async () => {
    await open();
    await connect();
    slack.fail('/api/conversations.list', { status: 429, headers: { 'retry-after': '40' }, body: { ok: false } });
    await expect(get('/conversations.list')).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await list()).toMatchObject([
      { state: 'paused', pausedUntil: new Date(lab.clock.now() + 40_000).toISOString() },
    ]);
    const before = slack.requests.length;
    await expect(get('/conversations.list')).rejects.toMatchObject({ code: 'rate_limited' });
    expect(slack.requests.length).toBe(before);
    await lab.pass(41_000);
    expect(await get('/conversations.list')).toMatchObject({ ok: true });
  });
});
