import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Failure, refusals } from '../../src/main/demo/emulated-github.ts';
import { type ConnectionsLab, openConnectionsLab } from '../support/connections-lab.ts';
import { TEST_REQUESTER } from '../support/requester.ts';

const API = 'GET /repos/**';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** How GitHub says that it is too much, and how long each of them asks for, ms. */
const LIMITS: [name: string, answer: (now: number) => Failure, pauseMs: number][] = [
  ['the primary limit', (now) => dated(now, refusals.primaryLimit(now + 25 * MINUTE)), 25 * MINUTE],
  ['the secondary limit, told by its body only', () => refusals.secondaryLimit(), MINUTE],
  ['the secondary limit with a time', () => refusals.secondaryLimit(90), 90 * SECOND],
  ['a 429 with Retry-After', () => refusals.tooManyRequests(120), 120 * SECOND],
  ['a 429 with a date in Retry-After', (now) => retryAtDate(now, now + 3 * MINUTE), 3 * MINUTE],
];

/** An answer carries the server's own clock, which the reset time is measured by. */
function dated(now: number, answer: ReturnType<typeof refusals.primaryLimit>): Failure {
  return { ...answer, headers: { ...answer.headers, date: new Date(now).toUTCString() } };
}

function retryAtDate(now: number, at: number): Failure {
  return { status: 429, headers: { date: new Date(now).toUTCString(), 'retry-after': new Date(at).toUTCString() } };
}

describe.each(LIMITS)('%s', (_name, limit, pauseMs) => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab();
    await lab.connect();
    lab.github.requests.length = 0;
  });
  afterEach(() => lab.close());

  const ask = async () => (await lab.connections.github()).request('GET /repos/Dvorinka/Trackeep/releases');
  const iso = (ms: number) => new Date(ms).toISOString();

  it('pauses all GitHub work of the account until then, over a restart too, and says until when', async () => {
    const until = lab.clock.now() + pauseMs;
    lab.github.fail({ match: API, answer: limit(lab.clock.now()), times: 1 });
    await expect(ask()).rejects.toMatchObject({ code: 'rate_limited', retryAt: until });
    expect(await lab.connections.list()).toMatchObject([
      { state: 'paused', pausedUntil: iso(until), problem: { code: 'rate_limited', retryAt: iso(until) } },
    ]);

    await expect(ask()).rejects.toMatchObject({ code: 'rate_limited', retryAt: until });
    const [account] = await lab.connections.list();
    await expect(lab.connections.refresh(account?.id ?? '')).rejects.toMatchObject({ code: 'rate_limited' });
    lab = await lab.restart();
    await expect(ask()).rejects.toMatchObject({ code: 'rate_limited', retryAt: until });
    await lab.clock.advance(pauseMs - SECOND);
    await expect(ask()).rejects.toMatchObject({ code: 'rate_limited' });
    expect(lab.github.requests).toHaveLength(1);

    await lab.clock.advance(SECOND);
    expect((await ask()).status).toBe(200);
    expect(await lab.connections.list()).toMatchObject([{ state: 'ok', pausedUntil: null, problem: null }]);
    expect(lab.notices).toEqual([]);
  });

  it('holds back requests that were already lined up', async () => {
    lab.github.fail({ match: API, answer: limit(lab.clock.now()) });
    const answers = await Promise.allSettled(Array.from({ length: 30 }, ask));
    for (const answer of answers) expect(answer).toMatchObject({ reason: { code: 'rate_limited' } });
    // Ten were on their way before the first answer came.
    expect(lab.github.requests.length).toBeLessThanOrEqual(10);
  });

  it('leaves other accounts at work, and the token usable', async () => {
    const hubot = await lab.connect('hubot');
    lab.github.fail({ match: API, answer: limit(lab.clock.now()), times: 1 });
    const octocat = (await lab.connections.list()).find(({ login }) => login === 'octocat');
    const limited = await lab.connections.github(octocat?.id);
    await expect(limited.request('GET /repos/Dvorinka/Trackeep')).rejects.toMatchObject({ code: 'rate_limited' });
    expect((await (await lab.connections.github(hubot.id)).request('GET /user')).data.login).toBe('hubot');
    expect((await (await lab.connections.github()).request('GET /user')).data.login).toBe('hubot');
    expect(await lab.connections.token('github', 'octocat', TEST_REQUESTER)).toMatchObject({ login: 'octocat' });
  });
});

describe('a clock that is an hour off', () => {
  let lab: ConnectionsLab;
  afterEach(() => lab.close());

  it.each([[-60 * MINUTE], [60 * MINUTE]])('by %i ms does not change how long is waited', async (skew) => {
    lab = await openConnectionsLab();
    await lab.connect();
    const gitHubsTime = lab.clock.now() + skew;
    const answer = dated(gitHubsTime, refusals.primaryLimit(gitHubsTime + 25 * MINUTE));
    lab.github.fail({ match: 'GET /user', answer, times: 1 });
    const octokit = await lab.connections.github();
    await expect(octokit.request('GET /user')).rejects.toMatchObject({ retryAt: lab.clock.now() + 25 * MINUTE });
  });
});

describe('a secondary limit that comes again and again', () => {
  let lab: ConnectionsLab;
  afterEach(() => lab.close());

  it('doubles the pause each time', async () => {
    lab = await openConnectionsLab();
    await lab.connect();
    lab.github.fail({ match: 'GET /user', answer: refusals.secondaryLimit() });
    const octokit = await lab.connections.github();
    for (const minutes of [1, 2, 4, 8, 15, 15]) {
      const until = lab.clock.now() + minutes * MINUTE;
      await expect(octokit.request('GET /user')).rejects.toMatchObject({ retryAt: until });
      await lab.clock.advance(minutes * MINUTE);
    }
  });
});
