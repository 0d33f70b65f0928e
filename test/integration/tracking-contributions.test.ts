import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createContributions } from '../../src/main/tracking/contributions.ts';
import { openConnectionsLab } from '../support/connections-lab.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Asked {
  from: number;
  to: number;
}

/** Two accounts at a GitHub that counts one contribution a day, and where a test says so, answers otherwise. */
async function lab() {
  const lab = await openConnectionsLab();
  const asked: Asked[] = [];
  const replies: { status: number; headers?: Record<string, string>; data: unknown }[] = [];
  let perDay = 1;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url !== '/graphql') {
      // Tokens are renewed at GitHub itself.
      const { method = 'GET', headers } = request;
      const type = { 'content-type': headers['content-type'] ?? '', accept: 'application/json' };
      const answer = await fetch(`${lab.github.url}${request.url}`, { method, headers: type, body });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
      return;
    }
    const { variables } = JSON.parse(body) as { variables: { from: string; to: string } };
    const [from, to] = [Date.parse(variables.from), Date.parse(variables.to)];
    asked.push({ from, to });
    const days = Array.from({ length: Math.floor(to / DAY) - Math.floor(from / DAY) + 1 }, (_, index) => ({
      date: new Date(from + index * DAY).toISOString().slice(0, 10),
      contributionCount: perDay,
    }));
    const contributionCalendar = { totalContributions: 0, weeks: [{ contributionDays: days }] };
    const data = { data: { viewer: { login: 'octocat', contributionsCollection: { contributionCalendar } } } };
    const reply = replies.shift() ?? { status: 200, data };
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(JSON.stringify(reply.data));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const account = await lab.connect();
  lab.reroute(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await lab.db.insertInto('tracked_accounts').values({ connection_id: account.id }).execute();
  let changes = 0;
  const tracking = { paused: false };
  const contributions = createContributions({
    ...{ db: lab.db, connections: lab.connections, clock: lab.clock, scheduler: lab.scheduler },
    accounts: async () => [{ connectionId: account.id }],
    settings: { get: () => ({ tracking }) as never },
    logger: createQuietLogger(),
    changed: () => {
      changes += 1;
    },
  });
  onTestFinished(async () => {
    contributions.stop();
    await lab.close();
    server.close();
  });
  const days = () => lab.db.selectFrom('tracked_contributions').selectAll().orderBy('day').execute();
  return {
    ...{ ...lab, account, contributions, asked, replies, tracking, days },
    changes: () => changes,
    count: (each: number) => {
      perDay = each;
    },
  };
}

describe('contributions', () => {
  it('are those of a year at first, and later the last weeks, every six hours', async () => {
    const github = await lab();
    const { clock, contributions, asked, days, account } = github;
    const today = Math.floor(clock.now() / DAY);
    contributions.start();
    await github.passUntil(() => github.changes() === 1);
    expect(asked).toHaveLength(1);
    expect((asked[0]?.to ?? 0) - (asked[0]?.from ?? 0)).toBeLessThanOrEqual(365 * DAY);
    const year = await days();
    expect(year).toHaveLength(365);
    expect(year.at(0)).toEqual({ connection_id: account.id, day: today - 364, count: 1 });
    expect(year.at(-1)).toEqual({ connection_id: account.id, day: today, count: 1 });

    github.count(5);
    await github.pass(5 * HOUR);
    expect(asked).toHaveLength(1);
    await github.passUntil(() => github.changes() === 2);
    expect(asked).toHaveLength(2);
    const counts = (await days()).map(({ count }) => count);
    expect(counts.slice(0, 365 - 40)).toEqual(Array.from({ length: 325 }, () => 1));
    expect(counts.slice(-39)).toEqual(Array.from({ length: 39 }, () => 5));
  });

  it('leave no gap where the machine was off for months', async () => {
    const github = await lab();
    github.contributions.start();
    await github.passUntil(() => github.changes() === 1);
    github.clock.jump(100 * DAY);
    await github.passUntil(() => github.changes() === 2);
    const days = (await github.days()).map(({ day }) => day);
    expect(days).toEqual(Array.from(days, (_, index) => (days[0] ?? 0) + index));
  });

  it('wait while the person has paused, and while little is left of the limit', async () => {
    const github = await lab();
    github.tracking.paused = true;
    github.contributions.start();
    await github.pass(120_000);
    expect(github.asked).toEqual([]);

    const resetAt = github.clock.now() + HOUR / 2;
    github.replies.push({
      status: 200,
      data: { data: {} },
      headers: {
        ...{ 'x-ratelimit-resource': 'graphql', 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '1000' },
        ...{ 'x-ratelimit-reset': String(resetAt / 1_000), date: new Date(github.clock.now()).toUTCString() },
      },
    });
    const octokit = await github.connections.github(github.account.id);
    await octokit.request('POST /graphql', { query: 'query { viewer { login } }', variables: { from: 0, to: 0 } });
    github.asked.length = 0;
    github.tracking.paused = false;
    await github.pass(HOUR / 2 - 60_000);
    expect(github.asked).toEqual([]);
    await github.passUntil(() => github.changes() === 1);
    expect(github.asked).toHaveLength(1);
  });

  it('are tried again after a while where GitHub does not tell them', async () => {
    const github = await lab();
    github.replies.push({ status: 200, data: { errors: [{ message: 'Something went wrong' }] } });
    github.contributions.start();
    await github.passUntil(() => github.asked.length === 1);
    await github.pass(HOUR / 2);
    expect(github.asked).toHaveLength(1);
    await github.passUntil(() => github.changes() === 1);
    expect(await github.days()).toHaveLength(365);
  });

  it('are not asked for an account that is not tracked', async () => {
    const github = await lab();
    await github.db.deleteFrom('tracked_accounts').execute();
    github.contributions.start();
    await github.pass(180_000);
    expect(github.asked).toEqual([]);
  });
});
