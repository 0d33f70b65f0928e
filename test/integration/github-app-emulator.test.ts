/** The emulated GitHub's apps against GitHub's documentation: what it must refuse, or the other specs prove nothing. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmulatedGitHub, type RegisteredApp, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const HOUR_MS = 3_600_000;

let clock: ManualClock;
let github: EmulatedGitHub;
let app: RegisteredApp;
beforeEach(async () => {
  clock = createManualClock();
  github = await startEmulatedGitHub({ clock, releases: [] });
  app = github.apps.register({ name: 'My agents', owner: 'octocat' });
});
afterEach(() => github.close());

const send = async (method: string, path: string, bearer: string | null, body?: unknown) => {
  const answer = await fetch(`${github.url}${path}`, {
    method,
    headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, data: text === '' ? null : JSON.parse(text) };
};

type Claims = Record<string, string | number | undefined>;

const signed = (claims: Claims, { key = app.privateKey, alg = 'RS256' } = {}) => {
  const now = Math.floor(clock.now() / 1_000);
  const usual = { iss: app.clientId, iat: now - 60, exp: now + 540 };
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg }).sign(createPrivateKey(key));
};

describe('what an app signs', () => {
  const now = () => Math.floor(clock.now() / 1_000);

  it.each([
    ['the client ID', () => app.clientId],
    ['the number', () => String(app.id)],
  ])('is taken with %s as its issuer', async (_what, iss) => {
    expect(await send('GET', '/app', await signed({ iss: iss() }))).toMatchObject({
      status: 200,
      data: { id: app.id, slug: 'my-agents', client_id: app.clientId },
    });
  });

  it.each<[string, () => Claims, number]>([
    ['from the future', () => ({ iat: now() + 61 }), 401],
    ['good for longer than ten minutes', () => ({ exp: now() + 601 }), 401],
    ['over', () => ({ exp: now() }), 401],
    ['without an end', () => ({ exp: undefined }), 401],
    ['of an app that is none', () => ({ iss: '77' }), 404],
    ['of nobody', () => ({ iss: undefined }), 401],
  ])('is refused when it is %s', async (_what, claims, status) => {
    expect((await send('GET', '/app', await signed(claims()))).status).toBe(status);
  });

  it('is refused with another key or another algorithm, and with none at all', async () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({
      type: 'pkcs1',
      format: 'pem',
    });
    expect((await send('GET', '/app', await signed({}, { key: String(key) }))).status).toBe(401);
    expect((await send('GET', '/app', await signed({}, { alg: 'PS256' }))).status).toBe(401);
    expect((await send('GET', '/app', null)).status).toBe(401);
  });
});

describe('the code of a new app', () => {
  const convert = (code: string) => send('POST', `/app-manifests/${code}/conversions`, null);

  it('brings all its secrets, once', async () => {
    const code = github.apps.issueCode(app);
    expect(await convert(code)).toMatchObject({
      status: 201,
      data: { id: app.id, pem: app.privateKey, client_secret: app.clientSecret, webhook_secret: app.webhookSecret },
    });
    expect((await convert(code)).status).toBe(404);
  });

  it('is over after an hour', async () => {
    const code = github.apps.issueCode(app);
    clock.jump(HOUR_MS);
    expect((await convert(code)).status).toBe(404);
  });
});

describe('an installation token', () => {
  const mint = async (id: number, body: unknown = {}) =>
    send('POST', `/app/installations/${id}/access_tokens`, await signed({}), body);

  it('is refused to another app', async () => {
    const { id } = github.apps.install(github.apps.register({ name: 'Other', owner: 'hubot' }), { login: 'hubot' });
    expect((await mint(id)).status).toBe(404);
  });

  it('is good for an hour, for no person’s business, and not after its end', async () => {
    const { id } = github.apps.install(app, { login: 'Dvorinka' });
    const { status, data } = await mint(id);
    expect([status, Date.parse(data.expires_at) - clock.now()]).toEqual([201, HOUR_MS]);
    expect((await send('GET', '/user', data.token)).status).toBe(403);
    expect((await send('GET', '/repos/Dvorinka/Trackeep', data.token)).status).toBe(200);
    expect((await send('DELETE', '/installation/token', data.token)).status).toBe(204);
    expect((await send('GET', '/installation/repositories', data.token)).status).toBe(401);
  });

  it.each([
    ['a repository that is not there', { repositories: ['nothing'] }],
    ['a permission beyond the installation’s', { permissions: { contents: 'admin' } }],
    ['a permission that it lacks', { permissions: { secrets: 'read' } }],
  ])('is refused for %s', async (_what, body) => {
    const { id } = github.apps.install(app, { login: 'Dvorinka' });
    expect((await mint(id, body)).status).toBe(422);
  });
});
