import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusals, SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { type ConnectionsLab, openConnectionsLab, until } from '../support/connections-lab.ts';
import { TEST_REQUESTER } from '../support/requester.ts';

const POLL = 'POST /login/oauth/access_token';
const MINUTE = 60_000;

describe('signing in with a code', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab();
  });
  afterEach(() => lab.close());

  const polls = () => lab.sent.filter(({ route }) => route === POLL).map(({ at }) => at);
  const answerPolls = (fields: Record<string, unknown>, times?: number) =>
    lab.github.fail({
      match: POLL,
      answer: { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) },
      ...(times === undefined ? {} : { times }),
    });
  const ended = async (id: string) => {
    await until(() => lab.connections.flow(id).state !== 'waiting');
    return lab.connections.flow(id);
  };

  it('ends in a connected account once the person has entered the code', async () => {
    const flow = await lab.begin();
    expect(flow).toMatchObject({ state: 'waiting', way: 'device', verificationUri: `${lab.github.url}/login/device` });
    expect(lab.connections.flows()).toEqual([flow]);
    lab.github.approve(flow.userCode ?? '');
    await lab.pass(5_000);
    expect(await ended(flow.id)).toMatchObject({ state: 'connected', login: 'octocat', error: null });
    expect(lab.announced).toEqual([flow.id, flow.id]);
    expect(lab.connections.flows()).toEqual([]);
    const [account] = await lab.connections.list();
    expect(account).toMatchObject({ login: 'octocat', name: 'Mona Lisa Octocat', state: 'ok', problem: null });
    expect(account?.accessExpiresAt).toBe(new Date(lab.clock.now() + 8 * 3_600_000).toISOString());
  });

  it('asks no more often than the interval that GitHub named', async () => {
    await lab.begin();
    await lab.pass(20_000);
    expect(polls()).toEqual([5_000, 10_000, 15_000, 20_000]);
  });

  it('adds five seconds when told to slow down', async () => {
    answerPolls({ error: 'slow_down' }, 1);
    await lab.begin();
    await lab.pass(25_000);
    expect(polls()).toEqual([5_000, 15_000, 25_000]);
  });

  it('keeps the longer interval that comes with slow_down', async () => {
    answerPolls({ error: 'slow_down', interval: 20 }, 1);
    await lab.begin();
    await lab.pass(45_000);
    expect(polls()).toEqual([5_000, 25_000, 45_000]);
  });

  it.each([
    ['access_denied', 'denied', 'access_denied', 'The sign-in was declined at GitHub.'],
    ['expired_token', 'expired', 'code_expired', 'The code was not entered in time.'],
    ['incorrect_device_code', 'expired', 'code_expired', 'GitHub no longer knows this code.'],
    [
      'device_flow_disabled',
      'failed',
      'device_flow_disabled',
      'Your GitHub app does not allow signing in with a code.',
    ],
    [
      'incorrect_client_credentials',
      'failed',
      'provider_refused_client',
      'GitHub does not accept the client ID or secret of your app.',
    ],
    ['something_new', 'failed', 'provider_error', 'GitHub refused with "something_new".'],
  ])('ends by %s with words of its own', async (error, state, code, message) => {
    const flow = await lab.begin();
    answerPolls({ error, error_description: '<script>alert(1)</script>' });
    await lab.pass(5_000);
    expect(await ended(flow.id)).toMatchObject({ state, error: { code, message }, connectionId: null });
    await lab.pass(MINUTE);
    expect(polls()).toHaveLength(1);
  });

  it('asks nothing more once it is cancelled', async () => {
    const flow = await lab.begin();
    await lab.pass(5_000);
    expect(await lab.connections.cancel(flow.id)).toMatchObject({
      state: 'cancelled',
      error: { code: 'flow_cancelled' },
    });
    await lab.pass(MINUTE);
    expect(polls()).toHaveLength(1);
  });

  it('gives up the earlier code when a new one is asked for', async () => {
    const earlier = await lab.begin();
    const later = await lab.begin();
    expect(lab.connections.flow(earlier.id).state).toBe('cancelled');
    expect(lab.connections.flows()).toEqual([later]);
  });

  it('ends by itself when the code has run out, even with nobody to ask', async () => {
    const flow = await lab.begin();
    lab.github.fail({ match: POLL, answer: 'reset' });
    await lab.pass(899_000);
    expect(lab.connections.flow(flow.id).state).toBe('waiting');
    await lab.pass(1_000);
    expect(await ended(flow.id)).toMatchObject({ state: 'expired', error: { code: 'code_expired' } });
    expect(polls().at(-1)).toBe(855_000);
  });

  it('asks no earlier than a limit allows', async () => {
    lab.github.fail({ match: POLL, answer: refusals.tooManyRequests(90), times: 1 });
    const flow = await lab.begin();
    lab.github.approve(flow.userCode ?? '');
    await lab.pass(95_000);
    expect(await ended(flow.id)).toMatchObject({ state: 'connected' });
    expect(polls()).toEqual([5_000, 95_000]);
  });

  it.each([['html' as const], ['reset' as const], [{ status: 502, body: 'Bad Gateway' }]])(
    'waits out %j, asking less and less often, and then connects',
    async (answer) => {
      const flow = await lab.begin();
      const heal = lab.github.fail({ match: POLL, answer });
      await lab.pass(35_000);
      expect(polls()).toEqual([5_000, 15_000, 35_000]);
      heal();
      lab.github.approve(flow.userCode ?? '');
      await lab.pass(40_000);
      expect(await ended(flow.id)).toMatchObject({ state: 'connected' });
    },
  );

  it('waits out a server that never answers', async () => {
    const flow = await lab.begin();
    lab.github.fail({ match: POLL, answer: 'hang', times: 1 });
    await lab.clock.advance(5_000);
    await until(() => polls().length === 1);
    await lab.clock.advance(15_000);
    await until(() => lab.log.some((line) => line.includes('could not be asked about a code')));
    lab.github.approve(flow.userCode ?? '');
    await lab.pass(10_000);
    expect(await ended(flow.id)).toMatchObject({ state: 'connected' });
  });

  it('connects after the machine slept beyond the end, if the code was entered in time', async () => {
    const flow = await lab.begin();
    await lab.pass(4_000);
    lab.clock.jump(20 * MINUTE);
    answerPolls({ access_token: 'ghu_granted_before_the_end', token_type: 'bearer' });
    lab.github.fail({ match: 'GET /user', answer: { status: 200, body: '{"id":7,"login":"sleeper"}' } });
    await lab.pass(1_000);
    expect(await ended(flow.id)).toMatchObject({ state: 'connected', login: 'sleeper' });
  });

  it('ends after the machine slept beyond the end of a code that nobody entered', async () => {
    const flow = await lab.begin();
    answerPolls({ error: 'authorization_pending' });
    await lab.pass(4_000);
    lab.clock.jump(20 * MINUTE);
    await lab.pass(1_000);
    expect(await ended(flow.id)).toMatchObject({ state: 'expired' });
    expect(polls()).toEqual([5_000]);
  });

  it('waits with a token in hand until GitHub says whose it is', async () => {
    const flow = await lab.begin();
    lab.github.approve(flow.userCode ?? '');
    lab.github.fail({ match: 'GET /user', answer: 'html', times: 2 });
    await lab.pass(5_000);
    expect(lab.connections.flow(flow.id).state).toBe('waiting');
    await lab.pass(3_000);
    expect(await ended(flow.id)).toMatchObject({ state: 'connected', login: 'octocat' });
  });

  it.each([
    ['javascript:alert(1)'],
    ['http://login.example.com/device'],
    ['https://octocat@evil.example.com/login/device'],
    ['not an address'],
  ])('sends nobody to %s', async (verification_uri) => {
    lab.github.fail({
      match: 'POST /login/device/code',
      answer: {
        status: 200,
        body: JSON.stringify({
          device_code: 'd'.repeat(40),
          user_code: 'AAAA-BBBB',
          verification_uri,
          expires_in: 900,
        }),
      },
    });
    await expect(lab.begin()).rejects.toMatchObject({ code: 'provider_error' });
    expect(lab.connections.flows()).toEqual([]);
  });

  it('understands numbers that come as text, and does without what is missing', async () => {
    const flow = await lab.begin();
    answerPolls({ access_token: 'ghu_odd_but_true', expires_in: '3600', refresh_token: null, scope: null }, 1);
    lab.github.fail({ match: 'GET /user', answer: { status: 200, body: '{"id":7,"login":"odd","name":""}' } });
    await lab.pass(5_000);
    expect(await ended(flow.id)).toMatchObject({ state: 'connected', login: 'odd' });
    const [account] = await lab.connections.list();
    expect(account).toMatchObject({ name: null, scopes: [], refreshExpiresAt: null });
    expect(account?.accessExpiresAt).toBe(new Date(lab.clock.now() + 3_600_000).toISOString());
  });

  it('refuses a token that would not survive a header, and one of an unknown kind', async () => {
    for (const answer of [
      { access_token: 'a\r\nb' },
      { access_token: 'ok', token_type: 'mac' },
      { access_token: 12 },
    ]) {
      const flow = await lab.begin();
      answerPolls(answer, 1);
      await lab.pass(5_000);
      expect(lab.connections.flow(flow.id).state).toBe('waiting');
      await lab.connections.cancel(flow.id);
    }
    expect(await lab.connections.list()).toEqual([]);
  });

  it('forgets a sign-in ten minutes after its end', async () => {
    const flow = await lab.begin();
    await lab.connections.cancel(flow.id);
    await lab.pass(9 * MINUTE);
    expect(lab.connections.flow(flow.id).state).toBe('cancelled');
    await lab.pass(MINUTE);
    expect(() => lab.connections.flow(flow.id)).toThrow(expect.objectContaining({ code: 'not_found' }));
  });

  it('keeps several accounts side by side, and one token for each', async () => {
    const octocat = await lab.connect('octocat');
    const hubot = await lab.connect('hubot');
    const before = await lab.connections.token('github', 'octocat', TEST_REQUESTER);
    const again = await lab.connect('octocat');
    const after = await lab.connections.token('github', 'octocat', TEST_REQUESTER);
    expect(again.id).toBe(octocat.id);
    expect(after.token).not.toBe(before.token);
    expect((await lab.connections.list()).map(({ id }) => id)).toEqual([octocat.id, hubot.id]);
  });

  it('cancels what waits when the app stops', async () => {
    const flow = await lab.begin();
    await lab.connections.stop();
    expect(lab.connections.flow(flow.id).state).toBe('cancelled');
  });

  it('asks GitHub for nothing while the vault could not keep a token', async () => {
    await lab.connect();
    lab = await lab.loseKey();
    lab.github.requests.length = 0;
    await expect(lab.begin()).rejects.toMatchObject({ code: 'vault_missing' });
    expect(lab.github.requests).toEqual([]);
  });

  it('says what is missing where no app is set up', async () => {
    lab = await lab.restart({ client: null });
    await expect(lab.begin()).rejects.toMatchObject({ code: 'provider_not_configured', action: 'configure_provider' });
  });
});

describe('a token that nobody will use', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab({ client: SECRET_CLIENT });
  });
  afterEach(() => lab.close());

  it('is revoked if the person cancelled while GitHub was handing it out', async () => {
    const flow = await lab.begin();
    lab.github.approve(flow.userCode ?? '');
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    lab.github.fail({ match: POLL, answer: { answerAfter: held }, times: 1 });
    await lab.clock.advance(5_000);
    await until(() => lab.github.count(POLL) === 1);
    await lab.connections.cancel(flow.id);
    letGo();
    await until(() => lab.github.count('DELETE /applications/*/token') === 1);
    await until(() => lab.github.requests.at(-1)?.status === 204);
    expect(await lab.connections.list()).toEqual([]);
    expect(lab.connections.flow(flow.id).state).toBe('cancelled');
  });

  it('is revoked if the person cancelled while GitHub was saying whose it is', async () => {
    const flow = await lab.begin();
    lab.github.approve(flow.userCode ?? '');
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    lab.github.fail({ match: 'GET /user', answer: { answerAfter: held }, times: 1 });
    await lab.clock.advance(5_000);
    await until(() => lab.github.count('GET /user') === 1);
    await lab.connections.cancel(flow.id);
    letGo();
    await until(() => lab.github.count('DELETE /applications/*/token') === 1);
    expect(await lab.connections.list()).toEqual([]);
  });

  it('is revoked when a new sign-in has replaced it', async () => {
    await lab.connect();
    await lab.connect();
    await until(() => lab.github.requests.at(-1)?.status === 204);
    expect(lab.github.count('DELETE /applications/*/token')).toBe(1);
    const octokit = await lab.connections.github();
    expect((await octokit.request('GET /user')).status).toBe(200);
  });

  it('is revoked when it could not be written, and the sign-in says why', async () => {
    const flow = await lab.begin();
    lab.github.approve(flow.userCode ?? '');
    await lab.db.schema.dropTable('http_cache').execute();
    await lab.db.schema.dropTable('installations').execute();
    await lab.pass(5_000);
    await until(() => lab.connections.flow(flow.id).state !== 'waiting');
    expect(lab.connections.flow(flow.id)).toMatchObject({ state: 'failed', connectionId: null });
    await until(() => lab.github.requests.at(-1)?.status === 204);
    expect(lab.github.requests.at(-1)).toMatchObject({ method: 'DELETE' });
  });
});
