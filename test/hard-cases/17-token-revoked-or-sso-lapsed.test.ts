import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OAUTH_APP_CLIENT, refusals } from '../../src/main/demo/emulated-github.ts';
import { type ConnectionsLab, openConnectionsLab, until } from '../support/connections-lab.ts';
import { TEST_REQUESTER } from '../support/requester.ts';

describe('a token that was revoked at GitHub', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab({ client: OAUTH_APP_CLIENT });
    await lab.connect('octocat');
    await lab.connect('hubot');
    lab.github.revokeAll('octocat');
    lab.github.requests.length = 0;
  });
  afterEach(() => lab.close());

  const octocat = async () => (await lab.connections.list()).find(({ login }) => login === 'octocat');
  const ask = async () => (await lab.connections.github((await octocat())?.id)).request('GET /user');

  it('meets one 401, makes one notice, and is not used again', async () => {
    await expect(ask()).rejects.toMatchObject({ code: 'needs_reconnect', action: 'connect' });
    await expect(ask()).rejects.toMatchObject({ code: 'needs_reconnect' });
    await expect(lab.connections.token('github', 'octocat', TEST_REQUESTER)).rejects.toMatchObject({
      code: 'needs_reconnect',
    });
    expect(lab.github.requests.map(({ status }) => status)).toEqual([401]);
    expect(lab.notices).toMatchObject([{ kind: 'warning', page: 'connections' }]);
    expect(await octocat()).toMatchObject({ state: 'needs_reconnect', problem: { code: 'needs_reconnect' } });
  });

  it('makes one notice however many requests were under way', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    lab.github.fail({ match: 'GET /user', answer: { answerAfter: held } });
    const asked = Promise.allSettled(Array.from({ length: 8 }, ask));
    await until(() => lab.github.count('GET /user') === 8);
    letGo();
    const answers = await asked;
    for (const answer of answers) expect(answer).toMatchObject({ reason: { code: 'needs_reconnect' } });
    expect(lab.notices).toHaveLength(1);
  });

  it('leaves the other account as it is', async () => {
    await expect(ask()).rejects.toMatchObject({ code: 'needs_reconnect' });
    const octokit = await lab.connections.github();
    expect((await octokit.request('GET /user')).data.login).toBe('hubot');
    expect(await lab.connections.token('github', 'hubot', TEST_REQUESTER)).toMatchObject({ login: 'hubot' });
    expect((await lab.connections.list()).find(({ login }) => login === 'hubot')?.state).toBe('ok');
  });

  it('is told of once, not again after a restart', async () => {
    await expect(ask()).rejects.toMatchObject({ code: 'needs_reconnect' });
    lab = await lab.restart({ background: true });
    await lab.pass(5 * 60_000);
    await expect(ask()).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(lab.notices).toEqual([]);
    expect(lab.github.requests).toHaveLength(1);
  });

  it('gives way to a new one when the person connects again', async () => {
    await expect(ask()).rejects.toMatchObject({ code: 'needs_reconnect' });
    const before = await octocat();
    expect(await lab.connect('octocat')).toMatchObject({ id: before?.id, state: 'ok', problem: null });
    expect((await ask()).status).toBe(200);
  });
});

describe('a single sign-on session that lapsed', () => {
  const LINK = 'https://github.com/orgs/acme/sso?authorization_request=A2VbK';
  const PRIVATE = 'GET /repos/acme/*';
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab({ client: OAUTH_APP_CLIENT });
    await lab.connect();
    lab.github.requests.length = 0;
  });
  afterEach(() => lab.close());

  const ask = async () => (await lab.connections.github()).request('GET /repos/acme/secret-plans');

  it('shows the link and keeps the token', async () => {
    const { token } = await lab.connections.token('github', undefined, TEST_REQUESTER);
    lab.github.fail({ match: PRIVATE, answer: refusals.ssoRequired(LINK) });
    await expect(ask()).rejects.toMatchObject({ code: 'sso_required', action: 'open_url', url: LINK });
    expect(await lab.connections.list()).toMatchObject([{ state: 'ok', problem: { code: 'sso_required', url: LINK } }]);
    expect((await lab.connections.token('github', undefined, TEST_REQUESTER)).token).toBe(token);
    expect((await (await lab.connections.github()).request('GET /user')).status).toBe(200);
    expect(lab.github.count(PRIVATE)).toBe(1);
  });

  it('is forgotten when the request works again', async () => {
    lab.github.fail({ match: PRIVATE, answer: refusals.ssoRequired(LINK), times: 1 });
    await expect(ask()).rejects.toMatchObject({ code: 'sso_required' });
    lab.github.fail({
      match: PRIVATE,
      answer: { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
    });
    expect((await ask()).status).toBe(200);
    expect(await lab.connections.list()).toMatchObject([{ state: 'ok', problem: null }]);
  });

  it.each([['javascript:alert(1)'], ['http://evil.example.com/sso'], ['https://a:b@evil.example.com/']])(
    'offers no link to %s',
    async (link) => {
      lab.github.fail({ match: PRIVATE, answer: refusals.ssoRequired(link) });
      await expect(ask()).rejects.toMatchObject({ code: 'forbidden', url: null });
    },
  );
});
