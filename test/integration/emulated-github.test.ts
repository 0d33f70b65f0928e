/**
 * The emulated GitHub against GitHub's documentation, over real HTTP. What other tests conclude from it is worth only as
 * much as this.
 */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import {
  DEMO_CLIENT,
  type EmulatedGitHub,
  type EmulatedGitHubOptions,
  NO_DEVICE_FLOW_CLIENT,
  OAUTH_APP_CLIENT,
  type OAuthClient,
  refusals,
  SECRET_CLIENT,
  startEmulatedGitHub,
} from '../../src/main/demo/emulated-github.ts';
import { startDemo } from '../../src/main/demo/start-demo.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const LATEST = '/repos/Dvorinka/Trackeep/releases/latest';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

let github: EmulatedGitHub;
let clock: ManualClock;

async function open(options: Omit<EmulatedGitHubOptions, 'clock'> = {}): Promise<void> {
  clock = createManualClock();
  github = await startEmulatedGitHub({ assetBytes: 100_000, ...options, clock });
}

afterEach(() => github?.close());

type Fields = Record<string, string>;

async function post(
  path: string,
  fields: Fields,
  accept = 'application/json',
): Promise<{ status: number; text: string }> {
  const answer = await fetch(github.url + path, {
    method: 'POST',
    headers: { accept },
    body: new URLSearchParams(fields),
  });
  return { status: answer.status, text: await answer.text() };
}

async function token(fields: Fields): Promise<Record<string, string>> {
  const { status, text } = await post('/login/oauth/access_token', fields);
  expect(status).toBe(200);
  return JSON.parse(text);
}

async function deviceCode(client: OAuthClient = DEMO_CLIENT, fields: Fields = {}): Promise<Fields> {
  const { status, text } = await post('/login/device/code', { client_id: client.clientId, ...fields });
  expect(status).toBe(200);
  return JSON.parse(text);
}

const poll = (code: Fields, client: OAuthClient = DEMO_CLIENT) =>
  token({ client_id: client.clientId, device_code: code.device_code ?? '', grant_type: DEVICE_GRANT });

async function signIn(client: OAuthClient = DEMO_CLIENT, login = 'octocat'): Promise<Record<string, string>> {
  const code = await deviceCode(client, { scope: 'repo user' });
  github.approve(code.user_code ?? '', login);
  return poll(code, client);
}

const get = (path: string, accessToken?: string, headers: Fields = {}) =>
  fetch(path.startsWith('http') ? path : github.url + path, {
    headers: accessToken === undefined ? headers : { authorization: `Bearer ${accessToken}`, ...headers },
  });

describe('the device flow', () => {
  it('hands out a code as documented', async () => {
    await open();
    expect(await deviceCode()).toEqual({
      device_code: expect.stringMatching(/^[0-9a-f]{40}$/),
      user_code: expect.stringMatching(/^[0-9A-F]{4}-[0-9A-F]{4}$/),
      verification_uri: `${github.url}/login/device`,
      expires_in: 900,
      interval: 5,
    });
  });

  it('is pending until the person approves, and gives a GitHub App a token that expires', async () => {
    await open({ intervalSeconds: 0 });
    const code = await deviceCode();
    expect(await poll(code)).toMatchObject({ error: 'authorization_pending' });
    expect(github.approve(code.user_code?.toLowerCase().replace('-', '') ?? '')).toBe(true);
    expect(await poll(code)).toEqual({
      access_token: expect.stringMatching(/^ghu_[0-9A-Za-z]{36}$/),
      token_type: 'bearer',
      scope: '',
      expires_in: 28_800,
      refresh_token: expect.stringMatching(/^ghr_[0-9A-Za-z]{36}$/),
      refresh_token_expires_in: 15_897_600,
    });
    expect(await poll(code)).toMatchObject({ error: 'incorrect_device_code' });
  });

  it('gives an OAuth app a token with scopes that does not expire', async () => {
    await open({ intervalSeconds: 0 });
    expect(await signIn(OAUTH_APP_CLIENT)).toEqual({
      access_token: expect.stringMatching(/^gho_[0-9A-Za-z]{36}$/),
      token_type: 'bearer',
      scope: 'repo,user',
    });
  });

  it('asks a client that polls too soon to slow down, by five seconds more each time', async () => {
    await open();
    const code = await deviceCode();
    expect(await poll(code)).toMatchObject({ error: 'authorization_pending' });
    expect(await poll(code)).toMatchObject({ error: 'slow_down', interval: 10 });
    await clock.advance(6_000);
    expect(await poll(code)).toMatchObject({ error: 'slow_down', interval: 15 });
    await clock.advance(15_000);
    expect(await poll(code)).toMatchObject({ error: 'authorization_pending' });
  });

  it('ends with a denial, once', async () => {
    await open({ intervalSeconds: 0 });
    const code = await deviceCode();
    github.deny(code.user_code ?? '');
    expect(await poll(code)).toMatchObject({ error: 'access_denied' });
  });

  it('ends after fifteen minutes', async () => {
    await open();
    const code = await deviceCode();
    await clock.advance(900_000);
    expect(await poll(code)).toMatchObject({ error: 'expired_token' });
    expect(github.approve(code.user_code ?? '')).toBe(false);
  });

  it.each([
    ['an unknown code', { device_code: 'x' }, 'incorrect_device_code'],
    ['an unknown client', { client_id: 'x' }, 'incorrect_client_credentials'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['an app without it', { client_id: NO_DEVICE_FLOW_CLIENT.clientId }, 'device_flow_disabled'],
  ])('refuses %s with status 200, as GitHub does', async (_, fields, error) => {
    await open();
    const asked = { client_id: DEMO_CLIENT.clientId, device_code: 'x', grant_type: DEVICE_GRANT, ...fields };
    expect(await token(asked)).toMatchObject({ error, error_description: expect.any(String) });
  });

  it('does not know an app that is not registered', async () => {
    await open();
    expect(await post('/login/device/code', { client_id: 'nobody' })).toMatchObject({ status: 404 });
  });

  it('answers in a form where no JSON is asked for', async () => {
    await open();
    const { text } = await post('/login/device/code', { client_id: NO_DEVICE_FLOW_CLIENT.clientId }, '*/*');
    expect(new URLSearchParams(text).get('error')).toBe('device_flow_disabled');
  });

  it('can be clicked through: the page takes the code and the decision', async () => {
    await open({ intervalSeconds: 0 });
    const code = await deviceCode();
    const page = await (await get(`/login/device?user_code=${code.user_code}"><script>`)).text();
    expect(page).toContain('This page is not GitHub');
    expect(page).not.toContain('<script>');
    const form = { user_code: code.user_code ?? '', login: 'hubot', decision: 'approve' };
    expect((await post('/login/device', form)).text).toContain('Your device is now connected');
    const { access_token } = await poll(code);
    expect(await (await get('/user', access_token)).json()).toMatchObject({ login: 'hubot' });
    expect(await post('/login/device', form)).toMatchObject({ status: 422 });
  });
});

describe('the web flow', () => {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const redirectUri = 'http://127.0.0.1:51000/oauth/callback/github';

  async function authorize(fields: Fields = {}, decision = 'approve'): Promise<Response> {
    const asked = new URLSearchParams({
      client_id: SECRET_CLIENT.clientId,
      redirect_uri: redirectUri,
      state: 'a state',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      decision,
      ...fields,
    });
    return fetch(`${github.url}/login/oauth/authorize`, { method: 'POST', body: asked, redirect: 'manual' });
  }

  async function codeFor(fields: Fields = {}): Promise<string> {
    const back = new URL((await authorize(fields)).headers.get('location') ?? '');
    expect(back.searchParams.get('state')).toBe('a state');
    return back.searchParams.get('code') ?? '';
  }

  const redeem = (code: string, fields: Fields = {}) =>
    token({
      client_id: SECRET_CLIENT.clientId,
      client_secret: SECRET_CLIENT.clientSecret ?? '',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...fields,
    });

  it('sends the browser back with a code that becomes a token, once', async () => {
    await open();
    const code = await codeFor({ login: 'hubot' });
    const { access_token } = await redeem(code);
    expect(await (await get('/user', access_token)).json()).toMatchObject({ login: 'hubot' });
    expect(await redeem(code)).toMatchObject({ error: 'bad_verification_code' });
  });

  it.each([
    ['without its verifier', { code_verifier: '' }, 'bad_verification_code'],
    ['with another verifier', { code_verifier: 'x'.repeat(43) }, 'bad_verification_code'],
    ['for another address', { redirect_uri: 'http://127.0.0.1:1/' }, 'bad_verification_code'],
    ['without the secret', { client_secret: '' }, 'incorrect_client_credentials'],
    ['with another secret', { client_secret: 'x' }, 'incorrect_client_credentials'],
    ['by another app', OAUTH_APP_CLIENT, 'bad_verification_code'],
  ])('gives nothing for a code %s', async (_, change, error) => {
    await open();
    const other =
      'clientId' in change ? { client_id: change.clientId, client_secret: change.clientSecret ?? '' } : change;
    expect(await redeem(await codeFor(), other)).toMatchObject({ error });
  });

  it('gives nothing for a code of ten minutes ago', async () => {
    await open();
    const code = await codeFor();
    await clock.advance(600_000);
    expect(await redeem(code)).toMatchObject({ error: 'bad_verification_code' });
  });

  it('tells of a denial, with the state', async () => {
    await open();
    const back = new URL((await authorize({}, 'deny')).headers.get('location') ?? '');
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: 'a state' });
  });

  it.each([
    ['an app that is not registered', { client_id: 'x' }, 404],
    ['an address of somebody else', { redirect_uri: 'https://evil.test/' }, 400],
  ])('shows a page and sends nobody anywhere for %s', async (_, fields, status) => {
    await open();
    const answer = await authorize(fields);
    expect([answer.status, answer.headers.get('location')]).toEqual([status, null]);
  });

  it('knows no challenge but S256', async () => {
    await open();
    const answer = await authorize({ code_challenge_method: 'plain' });
    expect(answer.headers.get('location')).toContain('error=invalid_request');
  });
});

describe('a token', () => {
  const refresh = (refreshToken: string, client: OAuthClient = DEMO_CLIENT, fields: Fields = {}) =>
    token({ client_id: client.clientId, grant_type: 'refresh_token', refresh_token: refreshToken, ...fields });

  it('is refreshed without a secret when it came by device code; the old pair is dead then', async () => {
    await open({ intervalSeconds: 0 });
    const first = await signIn();
    const second = await refresh(first.refresh_token ?? '');
    expect((await get('/user', first.access_token)).status).toBe(401);
    expect((await get('/user', second.access_token)).status).toBe(200);
    expect(await refresh(first.refresh_token ?? '')).toMatchObject({ error: 'bad_refresh_token' });
  });

  it('is not refreshed by another app', async () => {
    await open({ intervalSeconds: 0 });
    const { refresh_token } = await signIn();
    expect(await refresh(refresh_token ?? '', SECRET_CLIENT)).toMatchObject({ error: 'bad_refresh_token' });
  });

  it('dies after eight hours, its refresh token after six months', async () => {
    await open({ intervalSeconds: 0 });
    const { access_token, refresh_token } = await signIn();
    await clock.advance(28_800_000 - 1);
    expect((await get('/user', access_token)).status).toBe(200);
    await clock.advance(1);
    expect((await get('/user', access_token)).status).toBe(401);
    await clock.advance(15_897_600_000);
    expect(await refresh(refresh_token ?? '')).toMatchObject({ error: 'bad_refresh_token' });
  });

  it('dies when its app revokes it', async () => {
    await open({ intervalSeconds: 0 });
    const { access_token } = await signIn(SECRET_CLIENT);
    const revoke = (credentials: string, body: object) =>
      fetch(`${github.url}/applications/${SECRET_CLIENT.clientId}/token`, {
        method: 'DELETE',
        headers: { authorization: `Basic ${btoa(credentials)}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then(({ status }) => status);
    const own = `${SECRET_CLIENT.clientId}:${SECRET_CLIENT.clientSecret}`;
    expect(await revoke(`${SECRET_CLIENT.clientId}:wrong`, { access_token })).toBe(404);
    expect(await revoke(own, {})).toBe(422);
    expect((await get('/user', access_token)).status).toBe(200);
    expect(await revoke(own, { access_token })).toBe(204);
    expect((await get('/user', access_token)).status).toBe(401);
    expect(await revoke(own, { access_token })).toBe(404);
  });

  it('dies when the person takes it back', async () => {
    await open({ intervalSeconds: 0 });
    const mine = await signIn();
    const other = await signIn(DEMO_CLIENT, 'hubot');
    github.revokeAll('octocat');
    expect((await get('/user', mine.access_token)).status).toBe(401);
    expect((await get('/user', other.access_token)).status).toBe(200);
  });

  it('that nobody handed out is bad credentials, whatever emulate thinks of it', async () => {
    await open();
    const answer = await get('/user', 'seeded_octocat');
    expect([answer.status, await answer.json()]).toEqual([
      401,
      expect.objectContaining({ message: 'Bad credentials' }),
    ]);
  });
});

describe('the REST API', () => {
  it('answers an unchanged resource with a 304 that costs nothing, to its own token only', async () => {
    await open({ intervalSeconds: 0 });
    const [mine, other] = [await signIn(), await signIn(DEMO_CLIENT, 'hubot')];
    const first = await get(LATEST, mine.access_token);
    const etag = first.headers.get('etag') ?? '';
    const remaining = first.headers.get('x-ratelimit-remaining');

    const again = await get(LATEST, mine.access_token, { 'if-none-match': etag });
    expect([again.status, again.headers.get('x-ratelimit-remaining')]).toEqual([304, remaining]);
    expect((await get(LATEST, other.access_token, { 'if-none-match': etag })).status).toBe(200);

    await github.publish({ tag: 'v1.3.1', publishedAt: '2026-11-01T00:00:00Z' });
    expect((await get(LATEST, mine.access_token, { 'if-none-match': etag })).status).toBe(200);
  });

  it('allows 60 anonymous requests an hour', async () => {
    await open();
    for (let asked = 0; asked < 60; asked += 1) expect((await get(LATEST)).status).toBe(200);
    const refused = await get(LATEST);
    expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
    await clock.advance(3_600_000);
    expect((await get(LATEST)).status).toBe(200);
  });

  it('shows the releases with their dates, newest first, and a draft only to the signed in', async () => {
    await open({ intervalSeconds: 0 });
    const { access_token } = await signIn();
    const tags = async (accessToken?: string) =>
      ((await (await get('/repos/Dvorinka/Trackeep/releases', accessToken)).json()) as { tag_name: string }[]).map(
        ({ tag_name }) => tag_name,
      );
    expect(await tags(access_token)).toEqual(['v1.4.0', 'v1.3.0', 'v1.2.7', 'v1.2.6', 'v1.2.5']);
    expect(await tags()).toEqual(['v1.3.0', 'v1.2.7', 'v1.2.6', 'v1.2.5']);
    expect(await (await get(LATEST)).json()).toMatchObject({
      tag_name: 'v1.3.0',
      published_at: '2026-10-14T16:45:20Z',
    });
  });

  it('gives every address at the front, so that no client goes past it', async () => {
    await open();
    const text = await (await get(LATEST)).text();
    const hosts = new Set([...text.matchAll(/https?:\/\/(?:localhost|127[^/"]*)[^/"]*/g)].map(([host]) => host));
    expect([...hosts]).toEqual([github.url]);
  });

  it('changes its accounts while it runs', async () => {
    await open({ intervalSeconds: 0 });
    await github.setUsers([{ login: 'newcomer', name: 'New Comer' }]);
    const { access_token } = await signIn(DEMO_CLIENT, 'newcomer');
    expect(await (await get('/user', access_token)).json()).toMatchObject({ name: 'New Comer' });
    expect((await get(LATEST)).status).toBe(200);
  });
});

describe('a release file', () => {
  interface Asset {
    name: string;
    size: number;
    digest: string | null;
    browser_download_url: string;
  }
  async function assets(): Promise<Asset[]> {
    return ((await (await get(LATEST)).json()) as { assets: Asset[] }).assets;
  }
  const sha256 = (bytes: ArrayBuffer) => createHash('sha256').update(Buffer.from(bytes)).digest('hex');

  it('has the announced size and digest, and stands in the checksum file', async () => {
    await open();
    const all = await assets();
    expect(all).toHaveLength(7);
    const checksums = await (await get(all.at(-1)?.browser_download_url ?? '')).text();
    for (const asset of all.slice(0, -1)) {
      const bytes = await (await get(asset.browser_download_url)).arrayBuffer();
      expect([bytes.byteLength, `sha256:${sha256(bytes)}`]).toEqual([asset.size, asset.digest]);
      expect(checksums).toContain(`${sha256(bytes)}  ${asset.name}\n`);
    }
  });

  it('is served in pieces that join to the whole, from any offset', async () => {
    await open();
    const [asset] = await assets();
    const url = asset?.browser_download_url ?? '';
    const whole = Buffer.from(await (await get(url)).arrayBuffer());
    for (const offset of [1, 15, 16, 17, 65_535, 65_536, 99_999]) {
      const piece = await get(url, undefined, { range: `bytes=${offset}-` });
      expect([piece.status, piece.headers.get('content-range')]).toEqual([206, `bytes ${offset}-99999/100000`]);
      expect(whole.subarray(offset).equals(Buffer.from(await piece.arrayBuffer()))).toBe(true);
    }
    expect((await get(url, undefined, { range: 'bytes=100000-' })).status).toBe(416);
  });

  it('is served whole when it is another one than the client has a part of', async () => {
    await open();
    const url = (await assets())[0]?.browser_download_url ?? '';
    const etag = (await get(url)).headers.get('etag') ?? '';
    const ask = async () => (await get(url, undefined, { range: 'bytes=5-', 'if-range': etag })).status;
    expect(await ask()).toBe(206);
    github.replaceFiles();
    expect(await ask()).toBe(200);
  });

  it('breaks off in the middle on request', async () => {
    await open();
    github.setFileTrouble({ breakAfter: 70_000 });
    const answer = await get((await assets())[0]?.browser_download_url ?? '');
    expect(answer.headers.get('content-length')).toBe('100000');
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });
});

describe('a failure on request', () => {
  it('is answered as often as it was asked for, and to the right request only', async () => {
    await open();
    github.fail({ match: 'GET /repos/*/*/releases/latest', times: 2, answer: refusals.serverError(502) });
    const statuses = [];
    for (let asked = 0; asked < 3; asked += 1) statuses.push((await get(LATEST)).status);
    expect(statuses).toEqual([502, 502, 200]);
    expect(github.count('GET /repos/**')).toBe(3);
  });

  it('can be told apart by the parameters, and taken back', async () => {
    await open();
    const heal = github.fail({
      match: 'POST /login/oauth/access_token',
      when: (parameters) => parameters.get('grant_type') === 'refresh_token',
      answer: 'reset',
    });
    const ask = () => token({ client_id: DEMO_CLIENT.clientId, grant_type: 'refresh_token', refresh_token: 'x' });
    await expect(ask()).rejects.toThrow();
    expect(await token({ client_id: 'x' })).toMatchObject({ error: 'incorrect_client_credentials' });
    heal();
    expect(await ask()).toMatchObject({ error: 'bad_refresh_token' });
  });

  it('can lose the answer to something that was done', async () => {
    await open({ intervalSeconds: 0 });
    const { refresh_token = '' } = await signIn();
    github.fail({ match: 'POST /login/oauth/access_token', times: 1, answer: 'lost' });
    const fields = { client_id: DEMO_CLIENT.clientId, grant_type: 'refresh_token', refresh_token };
    await expect(token(fields)).rejects.toThrow();
    expect(await token(fields)).toMatchObject({ error: 'bad_refresh_token' });
  });
});

describe('the demo', () => {
  it('is ready well within a second, approves by itself, and has something newer than 1.2.5', async () => {
    const demoClock = createManualClock();
    const started = performance.now();
    const demo = await startDemo({ clock: demoClock });
    github = demo.github;
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(demo.env).toEqual({
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.url,
      GITHUB_CLIENT_ID: DEMO_CLIENT.clientId,
      APP_VERSION: '1.2.5',
    });
    const code = await deviceCode();
    expect(await poll(code)).toMatchObject({ error: 'authorization_pending' });
    await demoClock.advance(3_000);
    const { access_token } = await poll(code);
    expect(await (await get('/user', access_token)).json()).toMatchObject({ login: 'octocat' });
    expect(await (await get(LATEST, access_token)).json()).toMatchObject({ tag_name: 'v1.3.0' });
  });
});
