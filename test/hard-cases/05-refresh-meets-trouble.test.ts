import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/main/demo/emulated-github.ts';
import { type ConnectionsLab, openConnectionsLab } from '../support/connections-lab.ts';
import { TEST_REQUESTER } from '../support/requester.ts';

const TOKEN_ENDPOINT = 'POST /login/oauth/access_token';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** The shortest wait before the second attempt: half a minute, less the jitter. */
const FIRST_WAIT_MS = 22_500;

/** Trouble that a renewal can meet; none of it says anything about the token. */
const TROUBLES: [name: string, begin: (lab: ConnectionsLab) => () => void][] = [
  ['a name that cannot be looked up', (lab) => reroute(lab, 'http://github.invalid')],
  ['a 500', (lab) => fail(lab, { status: 500, body: '{"message":"Server Error"}' })],
  ['a proxy’s page', (lab) => fail(lab, 'html')],
  ['a proxy’s page with status 401', (lab) => fail(lab, { status: 401, body: '<h1>Who are you?</h1>' })],
  ['a server that hangs', hang],
  ['a reset connection', (lab) => fail(lab, 'reset')],
];

function reroute(lab: ConnectionsLab, origin: string): () => void {
  lab.reroute(origin);
  return () => lab.reroute(null);
}

function fail(lab: ConnectionsLab, answer: Failure): () => void {
  return lab.github.fail({ match: TOKEN_ENDPOINT, answer });
}

function hang(lab: ConnectionsLab): () => void {
  const heal = fail(lab, 'hang');
  lab.expectAnswers(false);
  return () => {
    heal();
    lab.expectAnswers(true);
  };
}

describe.each(TROUBLES)('a renewal that meets %s', (_name, trouble) => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab();
    await lab.connect();
    lab = await lab.restart({ background: true });
  });
  afterEach(() => lab.close());

  const state = async () => (await lab.connections.list())[0]?.state;
  const attempts = () => lab.sent.map(({ at }) => at);

  it('keeps the token, tries again with jitter, opens no browser, and tells once when it begins and once when it ends', async () => {
    const { token: old } = await lab.connections.token('github', undefined, TEST_REQUESTER);
    lab.clock.jump(8 * HOUR - 11 * MINUTE);
    const heal = trouble(lab);

    await lab.passUntil(async () => (await state()) === 'unreachable');
    expect(lab.notices).toMatchObject([{ kind: 'warning', page: 'connections' }]);
    expect((await lab.connections.token('github', undefined, TEST_REQUESTER)).token).toBe(old);

    await lab.passUntil(() => attempts().length >= 4);
    const [first = 0, second = 0, third = 0, fourth = 0] = attempts();
    expect(second - first).toBeGreaterThanOrEqual(FIRST_WAIT_MS);
    expect(third - second).toBeGreaterThanOrEqual(2 * FIRST_WAIT_MS);
    expect(fourth - third).toBeGreaterThanOrEqual(4 * FIRST_WAIT_MS);
    expect(lab.notices).toHaveLength(1);
    expect(lab.announced).toEqual([]);

    heal();
    await lab.passUntil(async () => (await state()) === 'ok');
    expect(lab.notices).toMatchObject([{ kind: 'warning' }, { kind: 'success', page: 'connections' }]);
    expect((await lab.connections.token('github', undefined, TEST_REQUESTER)).token).not.toBe(old);
    expect(lab.announced).toEqual([]);
  });

  it('keeps the token even when it has run out meanwhile, and does not ask anew for each caller', async () => {
    lab.clock.jump(9 * HOUR);
    const heal = trouble(lab);
    const ask = () =>
      lab.connections.token('github', undefined, TEST_REQUESTER).then(
        () => 'a token',
        (error: { code: string }) => error.code,
      );
    const first = Promise.all([ask(), ask(), ask()]);
    await lab.passUntil(async () => (await state()) === 'unreachable');
    for (const code of [...(await first), await ask(), await ask()]) {
      expect(code).toMatch(/^(offline|provider_error)$/);
    }
    expect(attempts()).toHaveLength(1);
    expect(await lab.db.selectFrom('installations').select('state').execute()).toEqual([{ state: 'ok' }]);
    heal();
    await lab.passUntil(async () => (await state()) === 'ok');
    expect(await ask()).toBe('a token');
    expect(lab.notices).toHaveLength(2);
  });
});

describe('an outage', () => {
  let lab: ConnectionsLab;
  afterEach(() => lab.close());

  it('of a server with several accounts is told of once', async () => {
    lab = await openConnectionsLab();
    for (const login of ['octocat', 'hubot']) await lab.connect(login);
    lab.clock.jump(9 * HOUR);
    const heal = fail(lab, 'reset');
    for (const login of ['octocat', 'hubot']) {
      await expect(lab.connections.token('github', login, TEST_REQUESTER)).rejects.toMatchObject({ code: 'offline' });
    }
    expect(lab.notices).toHaveLength(1);
    heal();
    for (const { id } of await lab.connections.list()) await lab.connections.refresh(id);
    expect(lab.notices).toMatchObject([{ kind: 'warning' }, { kind: 'success' }]);
  });
});
