import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ConnectionsLab, openConnectionsLab, until } from '../support/connections-lab.ts';

const HOUR = 3_600_000;
const ROUTE = 'GET /repos/{owner}/{repo}';
const TRACKEEP = { owner: 'Dvorinka', repo: 'Trackeep' };

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  data?: unknown;
}

/** A connected account, and a GitHub behind it that answers what the test says from now on. */
async function lab(reply?: (request: IncomingMessage, body: string) => Reply) {
  const lab = await openConnectionsLab();
  onTestFinished(() => lab.close());
  const account = await lab.connect();
  if (reply !== undefined) lab.reroute(await serve(lab, reply));
  const octokit = await lab.connections.github(account.id);
  return { ...lab, account, octokit, budget: () => lab.connections.budget(account.id) };
}

async function serve({ clock }: ConnectionsLab, reply: (request: IncomingMessage, body: string) => Reply) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { status = 200, headers = {}, data = { data: {} } } = reply(request, body);
    const date = new Date(clock.now()).toUTCString();
    response.writeHead(status, { 'content-type': 'application/json', date, ...headers });
    response.end(status === 304 ? undefined : JSON.stringify(data));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const limits = (resource: string, remaining: number, resetAt: number) => ({
  'x-ratelimit-resource': resource,
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(Math.round(resetAt / 1_000)),
});

describe('what is left of the limits of an account', () => {
  it('is what the last answer told, one that nothing has changed included', async () => {
    const { octokit, budget, account, connections, clock } = await lab();
    await octokit.request(ROUTE, TRACKEEP);
    const before = (await budget()).core;
    expect(before).toMatchObject({ limit: 5_000 });
    expect(before?.resetAt).toBeGreaterThan(clock.now());
    await octokit.request(ROUTE, TRACKEEP);
    expect((await budget()).core?.remaining).toBe(before?.remaining);
    await octokit.request('GET /repos/{owner}/{repo}/releases', TRACKEEP);
    expect((await budget()).core?.remaining).toBe((before?.remaining ?? 0) - 1);
    expect(await connections.budget('another')).toEqual({});
    expect(await connections.budget(account.id)).not.toHaveProperty('graphql');
  });

  it('is kept for each resource, refusals and answers without a change included', async () => {
    const replies: Reply[] = [];
    const { octokit, budget, clock } = await lab(() => replies.shift() ?? {});
    const resetAt = Math.ceil(clock.now() / 1_000) * 1_000 + HOUR / 2;
    replies.push({ headers: limits('graphql', 4_000, resetAt) });
    await octokit.request('POST /graphql', { query: 'query { viewer { login } }' });
    replies.push({ headers: { ...limits('core', 30, resetAt), etag: '"1"' } });
    await octokit.request(ROUTE, TRACKEEP);
    replies.push({ status: 304, headers: { ...limits('core', 29, resetAt), etag: '"1"' } });
    await octokit.request(ROUTE, TRACKEEP);
    expect(await budget()).toMatchObject({ graphql: { remaining: 4_000 }, core: { remaining: 29 } });
    replies.push({ status: 404, headers: limits('core', 28, resetAt) });
    await octokit.request(ROUTE, TRACKEEP).catch(() => undefined);
    replies.push({ headers: limits('search', 3, resetAt) });
    await octokit.request(ROUTE, TRACKEEP);
    expect(await budget()).toMatchObject({ graphql: { remaining: 4_000 }, core: { remaining: 28 } });
  });

  it('takes the lower word of one hour, since answers overtake each other, and nothing of an hour that is over', async () => {
    const replies: Reply[] = [];
    const { octokit, budget, clock } = await lab(() => replies.shift() ?? {});
    const resetAt = clock.now() + HOUR / 2;
    for (const remaining of [100, 120]) {
      replies.push({ headers: limits('core', remaining, resetAt) });
      await octokit.request(ROUTE, TRACKEEP);
    }
    expect((await budget()).core?.remaining).toBe(100);
    clock.jump(HOUR / 2);
    expect(await budget()).toEqual({});
    replies.push({ headers: limits('core', 4_999, resetAt + HOUR) });
    await octokit.request(ROUTE, TRACKEEP);
    expect((await budget()).core?.remaining).toBe(4_999);
  });

  it('resets by our clock, however wrong that is', async () => {
    const serverNow = Date.UTC(2031, 0, 1);
    const headers = { ...limits('core', 7, serverNow + HOUR), date: new Date(serverNow).toUTCString() };
    const { octokit, budget, clock } = await lab(() => ({ headers }));
    await octokit.request(ROUTE, TRACKEEP);
    expect((await budget()).core).toEqual({ limit: 5_000, remaining: 7, resetAt: clock.now() + HOUR });
  });

  it('is not believed where it is none', async () => {
    const headers = { ...limits('core', 7, 0), 'x-ratelimit-remaining': 'many' };
    const { octokit, budget } = await lab(() => ({ headers }));
    await octokit.request(ROUTE, TRACKEEP);
    expect(await budget()).toEqual({});
  });

  it('goes with the account', async () => {
    const { octokit, budget, account, connections } = await lab();
    await octokit.request(ROUTE, TRACKEEP);
    await connections.disconnect(account.id);
    expect(await budget()).toEqual({});
  });
});

describe('GraphQL questions', () => {
  const ask = { query: 'query { viewer { login } }' };

  it('are sent as they are asked, and at once: they are no writes', async () => {
    const asked: { method: string | undefined; url: string | undefined; body: string }[] = [];
    const { octokit } = await lab(({ method, url }, body) => {
      asked.push({ method, url, body });
      return {};
    });
    const started = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => octokit.request('POST /graphql', ask)));
    const took = performance.now() - started;
    expect(asked).toHaveLength(6);
    for (const one of asked) {
      expect(one).toMatchObject({ method: 'POST', url: '/graphql' });
      expect(JSON.parse(one.body)).toEqual(ask);
    }
    // Six writes take five seconds, so this is no matter of a slow machine.
    expect(took).toBeLessThan(4_000);
  });

  it('are at most ten at once', async () => {
    const held: (() => void)[] = [];
    let most = 0;
    const { octokit, reroute } = await lab();
    const server = createServer((_, response) => {
      held.push(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}'));
      most = Math.max(most, held.length);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    reroute(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    let done = 0;
    const questions = Array.from({ length: 25 }, () =>
      octokit.request('POST /graphql', ask).then(() => {
        done += 1;
      }),
    );
    await until(() => held.length === 10);
    while (done < 25) {
      const before = done;
      held.shift()?.();
      await until(() => done > before);
    }
    await Promise.all(questions);
    expect(most).toBe(10);
  });

  it('pause the account where GitHub refuses them for their limit with a status of success', async () => {
    const { octokit, clock, connections, account } = await lab(() => ({
      headers: limits('graphql', 0, clock.now() + HOUR / 2),
      data: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] },
    }));
    const error = await octokit.request('POST /graphql', ask).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'rate_limited', retryAt: clock.now() + HOUR / 2 });
    expect((await connections.list())[0]).toMatchObject({ id: account.id, problem: { code: 'rate_limited' } });
  });
});
