/** The routes over what is tracked, over real HTTP against the whole app. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusals } from '../../src/main/demo/emulated-github.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { register, signIn } from '../support/oauth-client.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';
import { at, MONDAY, type TrackedRows, trackedRows } from '../support/tracked-rows.ts';
import { FRONTEND, openTrackeepLab, sessionWith, type TrackeepLab } from '../support/trackeep-lab.ts';

const API = '/api/v1/github';

let lab: TrackeepLab;
let octocat: string;
let database: Database;
let rows: Omit<TrackedRows, 'database' | 'dataDir'>;
let token: string;

async function tokenFor(scope: string, resource = lab.app.address): Promise<string> {
  const { body } = await register(lab.app.address, {});
  const { tokens } = await signIn(lab.app.address, lab.app.approvals, { clientId: body.client_id, scope, resource });
  return tokens.access_token;
}

const ask = (path: string, init: RequestInit & { session?: string } = {}) =>
  lab.ask(path.startsWith('/') ? path : `${API}/${path}`, { session: token, ...init });
const read = async (path: string) => {
  const answer = await ask(path);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.json();
};
const names = (list: { name: string }[]) => list.map(({ name }) => name);

/** Where the pages lead, by their relation (RFC 8288). */
function links(answer: Response): Record<string, string> {
  const found = (answer.headers.get('link') ?? '').matchAll(/<([^>]*)>; rel="(\w+)"/g);
  return Object.fromEntries([...found].map(([, address = '', rel = '']) => [rel, address]));
}

describe('over what is stored', () => {
  beforeAll(async () => {
    lab = await openTrackeepLab({ CORS_ALLOWED_ORIGINS: FRONTEND });
    // Nothing but what stands here is in the tables.
    await lab.set({ tracking: { paused: true } });
    octocat = await lab.connect();
    database = await openDatabase({ dataDir: lab.app.dataDir, logger: createQuietLogger() });
    rows = trackedRows(database.db);
    const host = new URL(lab.github.url).host;
    const pond = await rows.repository([octocat], {
      ...{ host, github_id: 4_711, owner: 'acme', name: 'pond', description: 'A <b>pond</b>', language: 'Go' },
      ...{ private: 1, stars: 12, forks: 3, watchers: 5, open_issues: 7, open_pull_requests: 2 },
      ...{ languages: '{"Go":300,"C":100}', topics: '["water"]', license: 'MIT', default_branch: 'trunk' },
      ...{ pushed_at: at(MONDAY, 20), updated_at: at(MONDAY, 21), looked_at: at(MONDAY, 22) },
    });
    for (const name of ['bed', 'shed', 'fence', 'gate'])
      await rows.repository([octocat], { host, owner: 'acme', name });
    await rows.repository([octocat], { host, owner: 'acme', name: 'hidden', state: 'left_out' });
    const commits = Array.from({ length: 5 }, (_, index) => ({ committed_at: at(MONDAY, index), body: 'More.' }));
    await rows.commits(pond, commits);
    await rows.pullRequest(pond, { number: 1, reviewers: '["octocat"]', labels: '["bug"]', checks: 'failure' });
    await rows.pullRequest(pond, { number: 2, state: 'merged', merged_at: at(MONDAY), closed_at: at(MONDAY) });
    const branch = { repository_id: pond, name: 'trunk', head_oid: 'c0ffee', committed_at: at(MONDAY), pass: 0 };
    await database.db.insertInto('tracked_branches').values(branch).execute();
    await rows.event(pond, { kind: 'release', title: 'One', after: 'v1', at: at(MONDAY, 1) });
    await rows.event(pond, { kind: 'stars', before: '11', after: '12', at: at(MONDAY, 2) });
    const today = Math.floor(Date.now() / 86_400_000);
    const contributions = [0, 1, 2].map((back) => ({ connection_id: octocat, day: today - back, count: 2 }));
    await database.db.insertInto('tracked_contributions').values(contributions).execute();
    token = await tokenFor('github:read');
  });
  afterAll(async () => {
    await database.close();
    await lab.stop();
  });

  it('tells repositories as GitHub does', async () => {
    const answer = await ask('repos?search=pond');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const [repository, ...more] = await answer.json();
    expect(more).toEqual([]);
    expect(repository).toMatchObject({
      ...{ id: 4_711, name: 'pond', full_name: 'acme/pond', owner: { login: 'acme' }, private: true, fork: false },
      ...{ description: 'A <b>pond</b>', language: 'Go', stargazers_count: 12, forks_count: 3, watchers_count: 5 },
      ...{ open_issues_count: 9, open_pull_requests_count: 2, default_branch: 'trunk' },
      ...{ pushed_at: '2026-11-02T20:00:00Z', updated_at: '2026-11-02T21:00:00Z', state: 'tracked' },
      html_url: `${lab.github.url}/acme/pond`,
    });
    expect(await read('repos/ACME/Pond')).toMatchObject({
      ...{ id: 4_711, topics: ['water'], license: { spdx_id: 'MIT' }, languages: { Go: 0.75, C: 0.25 } },
      ...{ commits_count: 5, branches_count: 1, releases_count: 0 },
    });
  });

  it('tells commits, pull requests, branches and events', async () => {
    const commits = await read('repos/acme/pond/commits?per_page=1');
    expect(commits).toEqual([
      {
        sha: expect.any(String),
        html_url: expect.stringContaining('/acme/pond/commit/'),
        commit: {
          message: 'Water the plants\n\nMore.',
          author: { name: 'Octo Cat', date: '2026-11-02T12:00:00Z' },
          committer: { date: '2026-11-02T04:00:00Z' },
        },
        author: { login: 'octocat' },
        stats: { additions: 3, deletions: 1, total: 4 },
      },
    ]);
    const since = '2026-11-02T04:00:00%2B01:00';
    expect(await read(`repos/acme/pond/commits?since=${since}&until=2026-11-02T04:00:00Z`)).toHaveLength(1);
    expect(await read('repos/acme/pond/commits?author=nobody')).toEqual([]);

    expect(await read('repos/acme/pond/pulls')).toMatchObject([
      {
        ...{ number: 1, state: 'open', merged: false, user: { login: 'hubot' }, head: { ref: 'pond' } },
        ...{ labels: [{ name: 'bug' }], requested_reviewers: [{ login: 'octocat' }], checks: 'failure' },
        waits_for: 'review',
      },
    ]);
    const merged = await read('repos/acme/pond/pulls?state=merged');
    expect(merged).toMatchObject([{ number: 2, state: 'closed', merged: true, merged_at: '2026-11-02T12:00:00Z' }]);
    expect(await read('repos/acme/pond/pulls?state=all')).toHaveLength(2);
    expect(await read('repos/acme/pond/branches')).toEqual([
      {
        ...{ name: 'trunk', commit: { sha: 'c0ffee' }, default: true, committed_at: '2026-11-02T12:00:00Z' },
        html_url: `${lab.github.url}/acme/pond/tree/trunk`,
      },
    ]);
    expect(await read('events?kind=release,forks')).toMatchObject([
      { kind: 'release', title: 'One', after: 'v1', repository: { full_name: 'acme/pond', private: true } },
    ]);
    expect((await read('events')).map(({ kind }: { kind: string }) => kind)).toEqual(['stars', 'release']);
    expect(await read('events?since=2026-11-03')).toEqual([]);
  });

  it('tells contributions by day and by week, and in all', async () => {
    const { total, days, weeks } = await read('activity?days=30');
    expect(total).toBe(6);
    expect(days.length).toBeGreaterThanOrEqual(30);
    expect(days.at(-1)).toEqual({ date: new Date().toISOString().slice(0, 10), count: 2 });
    expect(weeks.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(6);
  });

  it('leads from page to page, to the end and to the first', async () => {
    const all = names(await read('repos?sort=name'));
    expect(all).toEqual(['bed', 'fence', 'gate', 'pond', 'shed']);
    const seen: string[] = [];
    let next: string | undefined = `${lab.app.address}${API}/repos?sort=full_name&per_page=2`;
    let first: string | undefined;
    while (next !== undefined) {
      const answer: Response = await fetch(next, { headers: { authorization: `Bearer ${token}` } });
      seen.push(...names(await answer.json()));
      ({ first, next } = links(answer));
    }
    expect(seen).toEqual(all);
    expect(first).toBe(`${lab.app.address}${API}/repos?sort=full_name&per_page=2`);
    const other = await fetch(`http://localhost:${new URL(lab.app.address).port}${API}/repos?per_page=2`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(new URL(links(other).next ?? '').hostname).toBe('localhost');
  });

  it('takes filters, and refuses what it cannot make sense of', async () => {
    expect(names(await read('repos?language=Go'))).toEqual(['pond']);
    expect(names(await read('repos?state=left_out'))).toEqual(['hidden']);
    expect(await read('repos?owner=nobody&search=')).toEqual([]);
    expect(names(await read('repos?sort=stars&direction=desc&per_page=1'))).toEqual(['pond']);
    const { next } = links(await ask('repos?per_page=2&sort=name'));
    const cursor = new URL(next ?? '').searchParams.get('cursor');
    for (const [path, word] of [
      ['repos?per_page=0', 'per_page'],
      ['repos?per_page=101', 'per_page'],
      ['repos?per_page=ten', 'per_page'],
      ['repos?sort=size', 'sort'],
      ['repos?page=2', 'page'],
      ['repos?owner=a&owner=b', 'owner'],
      ['repos?cursor=abc', 'cursor'],
      [`repos?sort=stars&cursor=${cursor}`, 'cursor'],
      ['events?kind=release,nonsense', 'kind'],
      ['events?since=yesterday', 'since'],
      ['activity?days=1', 'days'],
      ['repos/acme/pond/pulls?state=ajar', 'state'],
      ['repos/acme/pond?per_page=2', 'per_page'],
      ['repos?fresh=perhaps', 'fresh'],
      ['repos?__proto__=1', '__proto__'],
    ] as const) {
      const answer = await ask(path);
      expect([path, answer.status]).toEqual([path, 400]);
      const { error, message } = await answer.json();
      expect(error).toBe('bad_input');
      expect(message).toContain(word);
    }
  });

  it('gives each answer a strong tag, says how old it is, and does not repeat what is known', async () => {
    const answer = await ask('repos/acme/pond');
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    expect(answer.headers.get('x-trackeep-synced-at')).toBe('2026-11-02T22:00:00.000Z');
    const age = Math.floor((Date.now() - at(MONDAY, 22)) / 1_000);
    expect(Math.abs(Number(answer.headers.get('x-trackeep-data-age')) - Math.max(0, age))).toBeLessThan(30);

    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask('repos/acme/pond', { headers: { 'if-none-match': known } });
      expect([known, again.status, await again.text()]).toEqual([known, 304, '']);
      expect(again.headers.get('etag')).toBe(etag);
    }
    const other = await ask('repos/acme/pond', { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
    await database.db.updateTable('tracked_repositories').set({ forks: 4 }).where('name', '=', 'pond').execute();
    const changed = await ask('repos/acme/pond', { headers: { 'if-none-match': etag } });
    expect([changed.status, (await changed.json()).forks_count]).toEqual([200, 4]);
  });

  it('answers HEAD like GET, and nothing else', async () => {
    const head = await ask('repos', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('etag')).toBe((await ask('repos')).headers.get('etag'));
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await ask('repos', { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
      expect(await answer.json()).toMatchObject({ error: 'bad_input', message: expect.any(String) });
    }
  });

  it.each([
    'repos/acme/none',
    'repos/acme/none/commits',
    'repos/acme/pond/issues',
    'repos/acme/pond/toString',
    'repos/acme/pond/commits/more',
    'repos/acme',
    'repos//pond',
    'repos/acme/%ff',
    'repos/acme/..%2f..',
    'constructor',
    'nothing',
    '',
    '/api/v1/githubs',
  ])('has nothing at %s', async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: 'not_found', message: expect.any(String) });
  });

  it('wants a token with the scope, for the issuer itself, and says where to get one', async () => {
    const challengeOf = (answer: Response) =>
      Object.fromEntries(
        [...(answer.headers.get('www-authenticate') ?? '').matchAll(/(\w+)="([^"]*)"/g)].map((part) => part.slice(1)),
      );
    const none = await lab.ask(`${API}/repos`);
    expect(none.status).toBe(401);
    expect(await none.json()).toEqual({ error: 'token_required', message: expect.any(String) });
    expect(challengeOf(none)).toMatchObject({ scope: 'github:read', resource_metadata: expect.any(String) });
    const metadata = await (await fetch(challengeOf(none).resource_metadata ?? '')).json();
    expect(metadata).toMatchObject({
      resource: lab.app.address,
      scopes_supported: expect.arrayContaining(['github:read']),
    });

    const other = await lab.ask(`${API}/repos`, { session: await tokenFor('installations:read') });
    expect([other.status, challengeOf(other).error]).toEqual([403, 'insufficient_scope']);
    expect(challengeOf(other).scope).toContain('github:read');
    for (const session of ['made-up', await tokenFor('github:read', `${lab.app.address}/mcp`)]) {
      const bad = await lab.ask(`${API}/events`, { session });
      expect([bad.status, challengeOf(bad).error]).toEqual([401, 'invalid_token']);
    }
    expect((await lab.ask(`${API}/repos?access_token=${token}`)).status).toBe(400);
    // Before the question is read, and whether the repository is there.
    expect((await lab.ask(`${API}/repos/acme/none`)).status).toBe(401);
  });

  it('takes a session of Trackeep that stands for an account which is connected, and no other', async () => {
    const session = await lab.session();
    expect(names(await (await ask('repos?sort=name', { session })).json())).toContain('pond');
    const { user } = await (await lab.ask('/api/v1/auth/me', { session })).json();
    const own = { access_token: 'ghu_of_the_instance', username: 'octocat', email: '', name: '', avatar_url: '' };
    const status = async (claims: object, options?: Parameters<typeof sessionWith>[1]) =>
      (await ask('repos', { session: await sessionWith({ ...claims }, options) })).status;
    expect(await status({ ...own, github_id: user.github_id })).toBe(200);
    expect(await status({ ...own, github_id: user.github_id + 1 })).toBe(401);
    expect(await status(own)).toBe(401);
    expect(await status({ access_token: `trackeep-tray:${octocat}` })).toBe(200);
    expect(await status({ access_token: `trackeep-tray:${crypto.randomUUID()}` })).toBe(401);
    expect(await status({ access_token: `trackeep-tray:${octocat}` }, { secret: 'x'.repeat(32) })).toBe(401);
    expect(await status({ access_token: `trackeep-tray:${octocat}` }, { expires: null })).toBe(401);
  });

  it('is open to the pages of the person’s own Trackeep, and to no others', async () => {
    const from = (origin: string, method = 'GET') => ask('repos', { method, headers: { origin } });
    const answer = await from(FRONTEND);
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, FRONTEND]);
    expect(answer.headers.get('access-control-expose-headers')).toContain('Link');
    expect(answer.headers.get('vary')).toContain('Origin');
    const preflight = await lab.ask(`${API}/repos`, { method: 'OPTIONS', headers: { origin: FRONTEND } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization.*if-none-match/);
    for (const method of ['GET', 'OPTIONS']) {
      const foreign = await from('https://evil.test', method);
      expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
    // A rebound name; `fetch` would not send it.
    const { port } = new URL(lab.app.address);
    const headers = { host: 'evil.test', authorization: `Bearer ${token}` };
    const rebound = request({ port, host: '127.0.0.1', path: `${API}/repos`, headers }).end();
    const [{ statusCode }] = await once(rebound, 'response');
    expect(statusCode).toBe(403);
  });

  it('says why GitHub cannot be asked first', async () => {
    const answer = await ask('repos?fresh=1');
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: 'not_permitted', message: 'Tracking is paused.' });
  });
});

describe('asking GitHub first', () => {
  beforeAll(async () => {
    lab = await openTrackeepLab();
    const { world } = lab.github;
    world.addRepository({ owner: 'octocat', name: 'garden', stars: 3 });
    await lab.connect();
    token = await tokenFor('github:read');
  });
  afterAll(() => lab.stop());

  it('brings what is new there, of all or of one repository, and no old links', async () => {
    const { world } = lab.github;
    const first = await ask('repos?fresh=1&per_page=1');
    expect(names(await first.json())).toEqual(['garden']);
    expect(first.headers.get('link')).not.toContain('fresh');
    expect(Number(first.headers.get('x-trackeep-data-age'))).toBeLessThan(30);

    world.star(world.repository('octocat/garden'), 'hubot');
    const [known] = await read('repos');
    const fresh = await read('repos/octocat/garden?fresh=1');
    expect(fresh.stargazers_count).toBe(known.stargazers_count + 1);
    world.addRepository({ owner: 'octocat', name: 'pond' });
    expect(names(await read('repos?fresh=true&sort=name'))).toEqual(['garden', 'pond']);
  });

  it('says when GitHub wants a pause, and goes on telling what is known', async () => {
    const stop = lab.github.fail({ match: 'POST /graphql', answer: refusals.secondaryLimit(600) });
    const refused = await ask('repos/octocat/garden?fresh=1');
    expect(refused.status).toBe(429);
    expect(Date.parse(refused.headers.get('retry-after') ?? '')).toBeGreaterThan(Date.now() + 500_000);
    expect(await refused.json()).toMatchObject({ error: 'rate_limited' });
    expect(await read('repos')).toHaveLength(2);
    stop();
  });
});
