import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectionsLab, openConnectionsLab } from '../support/connections-lab.ts';

const REPOSITORY = 'GET /repos/*/*';
const HOUR = 3_600_000;
const JSON_TYPE = { 'content-type': 'application/json' };
const HTML_TYPE = { 'content-type': 'text/html' };

describe('the GitHub client of an account', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab();
    await lab.connect();
    lab.github.requests.length = 0;
  });
  afterEach(() => lab.close());

  const ask = async (headers: Record<string, string> = {}) => {
    const octokit = await lab.connections.github();
    return octokit.request('GET /repos/{owner}/{repo}', { owner: 'Dvorinka', repo: 'Trackeep', headers });
  };
  const statuses = () => lab.github.requests.map(({ status }) => status);

  it('asks with the token of the account', async () => {
    expect((await ask()).data.name).toBe('Trackeep');
    expect(lab.github.requests).toMatchObject([{ authorized: true, status: 200 }]);
  });

  it('answers what has not changed from its cache', async () => {
    const first = await ask();
    const second = await ask();
    expect(statuses()).toEqual([200, 304]);
    expect(second).toMatchObject({ status: 200, data: first.data });
  });

  it('remembers over a restart', async () => {
    const first = await ask();
    lab = await lab.restart();
    expect((await ask()).data).toEqual(first.data);
    expect(statuses()).toEqual([200, 304]);
  });

  it('keeps what it remembers sealed, and apart for each account', async () => {
    await ask();
    const rows = await lab.db.selectFrom('http_cache').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]?.sealed_body).not.toContain('Trackeep');
    const hubot = await lab.connect('hubot');
    lab.github.requests.length = 0;
    const octokit = await lab.connections.github(hubot.id);
    await octokit.request('GET /repos/{owner}/{repo}', { owner: 'Dvorinka', repo: 'Trackeep' });
    expect(statuses()).toEqual([200]);
  });

  it('asks again in full when what it remembers was tampered with', async () => {
    const first = await ask();
    await lab.db.updateTable('http_cache').set({ sealed_body: 'x.y.z' }).execute();
    expect((await ask()).data).toEqual(first.data);
    expect(statuses()).toEqual([200, 200]);
  });

  it('does not remember other forms of the same thing', async () => {
    await ask({ accept: 'application/vnd.github.raw+json' });
    await ask();
    expect(statuses()).toEqual([200, 200]);
  });

  it('renews a token that GitHub refuses, and asks once more', async () => {
    lab.github.expireTokens();
    expect((await ask()).status).toBe(200);
    expect(statuses()).toEqual([401, 200, 200]);
    expect(lab.notices).toEqual([]);
  });

  it('renews once for all the requests that were refused together', async () => {
    lab.github.expireTokens();
    await Promise.all(Array.from({ length: 8 }, () => ask()));
    expect(lab.github.count('POST /login/oauth/access_token')).toBe(1);
  });

  it('gives up a token that is refused although it is fresh', async () => {
    lab.github.fail({
      match: REPOSITORY,
      answer: { status: 401, headers: JSON_TYPE, body: '{"message":"Bad credentials"}' },
    });
    await expect(ask()).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(statuses()).toEqual([401, 200, 401]);
    expect(lab.notices).toHaveLength(1);
  });

  it('believes no 401 that is not GitHub’s own', async () => {
    lab.github.fail({ match: REPOSITORY, answer: { status: 401, headers: HTML_TYPE, body: '<h1>Proxy login</h1>' } });
    await expect(ask()).rejects.toMatchObject({ code: 'provider_error' });
    expect(statuses()).toEqual([401]);
    expect(await lab.connections.list()).toMatchObject([{ state: 'ok' }]);
  });

  it('tries again when GitHub has trouble', async () => {
    lab.github.fail({ match: REPOSITORY, answer: { status: 503, body: 'unicorn' }, times: 2 });
    expect((await ask()).status).toBe(200);
    expect(statuses()).toEqual([503, 503, 200]);
  });

  it('says so when the trouble lasts', async () => {
    lab.github.fail({ match: REPOSITORY, answer: { status: 503, body: 'unicorn' } });
    await expect(ask()).rejects.toMatchObject({ code: 'provider_error', message: /status 503/ });
    expect(statuses()).toEqual([503, 503, 503]);
  });

  it.each([
    ['a captive portal', 'html' as const, 'provider_error'],
    ['a body cut short', { status: 200, headers: JSON_TYPE, body: '{"name":' }, 'provider_error'],
    ['nothing there', { status: 404, headers: JSON_TYPE, body: '{}' }, 'not_found'],
    ['something forbidden', { status: 403, headers: JSON_TYPE, body: '{}' }, 'forbidden'],
    ['a page that blocks', { status: 403, headers: HTML_TYPE, body: '<h1>Blocked</h1>' }, 'provider_error'],
    ['a request that is wrong', { status: 422, headers: JSON_TYPE, body: '{}' }, 'provider_error'],
    ['a reset connection', 'reset' as const, 'offline'],
  ])('tells %s apart, and asks once', async (_name, answer, code) => {
    lab.github.fail({ match: REPOSITORY, answer });
    await expect(ask()).rejects.toMatchObject({ name: 'AppError', code });
    expect(statuses()).toHaveLength(1);
  });

  it('lets the caller stop a request', async () => {
    lab.github.fail({ match: REPOSITORY, answer: 'hang' });
    const octokit = await lab.connections.github();
    const stop = new AbortController();
    const asked = octokit.request('GET /repos/o/r', { request: { signal: stop.signal } });
    stop.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('stops asking for an account that is gone', async () => {
    const octokit = await lab.connections.github();
    const [account] = await lab.connections.list();
    await lab.connections.disconnect(account?.id ?? '');
    await expect(octokit.request('GET /user')).rejects.toMatchObject({ code: 'not_connected' });
    await expect(lab.connections.github()).rejects.toMatchObject({ code: 'not_connected' });
    expect(lab.github.requests).toEqual([]);
  });

  it('is that of an account that works, where there is one', async () => {
    lab.github.expireRefreshTokens();
    lab.clock.jump(9 * HOUR);
    await expect(ask()).rejects.toMatchObject({ code: 'needs_reconnect' });
    await lab.connect('hubot');
    expect((await (await lab.connections.github()).request('GET /user')).data.login).toBe('hubot');
  });

  it('never follows a redirect to another server with its token', async () => {
    lab.github.fail({ match: REPOSITORY, answer: { status: 302, headers: { location: 'http://localhost:1/steal' } } });
    await expect(ask()).rejects.toMatchObject({ code: 'offline' });
  });
});
