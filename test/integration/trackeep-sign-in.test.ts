/** Signing in to a Trackeep of the person's own, over real HTTP against the whole app. */
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AuditView, ConnectionView } from '../../src/shared/connection-views.ts';
import { approveAtGitHub } from '../support/broker-lab.ts';
import {
  FRONTEND,
  JWT_SECRET,
  OAUTH_JWT_SECRET,
  OPENED,
  openTrackeepLab,
  type TrackeepLab,
} from '../support/trackeep-lab.ts';

const OTHER = 'https://keep.example.com';
const DAY_MS = 24 * 3_600_000;
const key = (secret: string) => new TextEncoder().encode(secret);
const to = (address: string) => `/auth/github?redirect_uri=${encodeURIComponent(address)}`;
const connections = (lab: TrackeepLab) => lab.call<ConnectionView[]>('connections.list');

describe('GET /auth/github with a connected account', () => {
  let lab: TrackeepLab;
  let octocat: string;
  beforeAll(async () => {
    lab = await openTrackeepLab();
    octocat = await lab.connect();
    await lab.set({ trackeepInstances: [{ origin: OTHER, passGitHubToken: true }] });
  });
  afterAll(() => lab.stop());

  it('leads to the instance with a token of five minutes that says who the person is', async () => {
    const answer = await lab.visit(to(`${FRONTEND}/login?next=home`));
    expect(answer.status).toBe(303);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const location = new URL(answer.headers.get('location') ?? '');
    expect(location.href.startsWith(`${FRONTEND}/login?next=home&token=`)).toBe(true);
    const token = location.searchParams.get('token') ?? '';
    const { payload } = await jwtVerify(token, key(OAUTH_JWT_SECRET), { algorithms: ['HS256'] });
    const user = await (
      await fetch(`${lab.github.apiUrl}/user`, {
        headers: { authorization: `Bearer ${await lab.gitHubToken('octocat')}` },
      })
    ).json();
    expect(payload).toMatchObject({
      ...{ iss: lab.app.address, aud: FRONTEND, sub: String(user.id), github_id: user.id },
      ...{ username: 'octocat', email: user.email, name: user.name, avatar_url: user.avatar_url },
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  });

  it('refers to the GitHub token, and passes it on only where the person switched that on', async () => {
    const gitHubToken = await lab.gitHubToken('octocat');
    expect(decodeJwt(await lab.signIn())).toMatchObject({ access_token: `trackeep-tray:${octocat}` });
    const rows = (await lab.call<AuditView[]>('audit.list')).length;
    expect(decodeJwt(await lab.signIn(to(OTHER)))).toMatchObject({ access_token: gitHubToken });
    const audit = await lab.call<AuditView[]>('audit.list');
    expect(audit).toHaveLength(rows + 1);
    expect(audit[0]?.requester).toEqual({ kind: 'app', id: OTHER, name: `Trackeep at ${OTHER}` });
  });

  it('goes back to where the request came from, or to the configured instance', async () => {
    const from = async (referer?: string) => {
      const headers = { ...OPENED, ...(referer === undefined ? {} : { referer }) };
      return (await lab.visit('/auth/github', headers)).headers.get('location')?.split('?')[0];
    };
    expect(await from()).toBe(`${FRONTEND}/auth/callback`);
    expect(await from(`${OTHER}/`)).toBe(`${OTHER}/auth/callback`);
    expect(await from('https://evil.test/')).toBeUndefined();
  });

  it.each([
    'https://evil.test/',
    'https://keep.example.com.evil.test/',
    'https://keep.example.com@evil.test/',
    '//evil.test/',
    'http://localhost:5174/',
    '',
  ])('never leads to %j, and says how to allow it', async (address) => {
    const answer = await lab.visit(to(address), { ...OPENED, accept: 'text/html' });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('location')).toBeNull();
    const page = await answer.text();
    expect(page).not.toMatch(/href|refresh|<script/);
    if (address === 'https://evil.test/') {
      expect(page).toContain('<code>https://evil.test</code>');
    }
  });

  it('takes one target and no second', async () => {
    const answer = await lab.visit(`${to(FRONTEND)}&redirect_uri=https%3A%2F%2Fevil.test`);
    expect(answer.status).toBe(403);
  });

  it('obeys the list at once', async () => {
    await lab.set({ trackeepInstances: [] });
    expect((await lab.visit(to(OTHER))).status).toBe(403);
    await lab.set({ trackeepInstances: [{ origin: OTHER, passGitHubToken: true }] });
    expect((await lab.visit(to(OTHER))).status).toBe(303);
  });

  describe('POST /api/v1/auth/oauth/callback', () => {
    const redeem = (token: unknown) => lab.post('/api/v1/auth/oauth/callback', { token });
    afterEach(() => {
      vi.useRealTimers();
    });

    it('gives a session of seven days, and whose it is', async () => {
      const answer = await redeem(await lab.signIn());
      expect(answer.status).toBe(200);
      const { token, user } = await answer.json();
      const { payload } = await jwtVerify(token, key(JWT_SECRET), { algorithms: ['HS256'] });
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe((7 * DAY_MS) / 1000);
      expect(payload).toMatchObject({ username: 'octocat', access_token: `trackeep-tray:${octocat}` });
      expect(Object.keys(user).sort()).toEqual(['avatar_url', 'email', 'github_id', 'id', 'name', 'username']);
      for (const path of ['/api/v1/auth/me', '/api/v1/user/me']) {
        const me = await lab.ask(path, { session: token });
        expect(me.status).toBe(200);
        expect(await me.json()).toEqual({ user });
      }
    });

    it('takes a token once', async () => {
      const token = await lab.signIn();
      expect((await redeem(token)).status).toBe(200);
      expect((await redeem(token)).status).toBe(401);
    });

    it('takes no session for a sign-in, and nothing made up', async () => {
      const session = await lab.session();
      expect(decodeProtectedHeader(session).typ).not.toBe(decodeProtectedHeader(await lab.signIn()).typ);
      for (const token of [session, 'made-up', `${await lab.signIn()}x`])
        expect((await redeem(token)).status).toBe(401);
      for (const token of ['', 5, null]) expect((await redeem(token)).status).toBe(400);
    });

    it('takes none after five minutes, and a session none after seven days', async () => {
      const [token, session] = [await lab.signIn(), await lab.session()];
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 301_000 });
      expect((await redeem(token)).status).toBe(401);
      expect((await lab.ask('/api/v1/auth/me', { session })).status).toBe(200);
      vi.setSystemTime(Date.now() + 7 * DAY_MS);
      expect((await lab.ask('/api/v1/auth/me', { session })).status).toBe(401);
    });

    it('gives nothing to an instance that was taken off the list meanwhile', async () => {
      const token = await lab.signIn(to(OTHER));
      await lab.set({ trackeepInstances: [] });
      expect((await redeem(token)).status).toBe(401);
      await lab.set({ trackeepInstances: [{ origin: OTHER, passGitHubToken: true }] });
    });

    it('wants a session for me, and says so', async () => {
      const answer = await lab.ask('/api/v1/auth/me');
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    });
  });
});

describe('GET /auth/github without an account', () => {
  let lab: TrackeepLab;
  beforeAll(async () => {
    lab = await openTrackeepLab();
  });
  afterEach(async () => {
    for (const { id } of await connections(lab)) await lab.call('connections.disconnect', { id });
  });
  afterAll(() => lab.stop());

  it('signs in at GitHub first, and then goes on to the instance', async () => {
    const begun = await lab.visit(to(`${FRONTEND}/login`));
    const location = begun.headers.get('location') ?? '';
    expect(location.startsWith(`${lab.github.url}/login/oauth/authorize?`)).toBe(true);
    const back = await fetch(await approveAtGitHub(location, 'hubot'), { redirect: 'manual' });
    expect(back.status).toBe(303);
    const next = back.headers.get('location') ?? '';
    expect(next).toMatch(/^\/auth\/github\/callback\?flow=[\w-]+$/);
    const done = await lab.ask(next);
    const target = new URL(done.headers.get('location') ?? '');
    expect(`${target.origin}${target.pathname}`).toBe(`${FRONTEND}/login`);
    expect(decodeJwt(target.searchParams.get('token') ?? '')).toMatchObject({ username: 'hubot', aud: FRONTEND });
    // Once.
    expect((await lab.ask(next)).status).toBe(400);
  });

  it('lets no other page begin a sign-in: it asks the person first', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    for (const headers of [foreign, { ...foreign, referer: 'https://evil.test/' }, { 'sec-fetch-mode': 'cors' }]) {
      const answer = await lab.visit(to(FRONTEND), headers);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('Go on at GitHub');
    }
    expect(await lab.call<unknown[]>('connections.flows')).toEqual([]);
    // The link of that page, and one of the instance itself.
    const own = await lab.visit(to(FRONTEND), { ...foreign, 'sec-fetch-site': 'same-origin' });
    expect(own.status).toBe(303);
    const instance = await lab.visit(to(FRONTEND), { ...foreign, referer: `${FRONTEND}/` });
    expect(instance.status).toBe(303);
  });

  it('shows what went wrong, and sends nobody on, when the person declines', async () => {
    const begun = await lab.visit(to(FRONTEND));
    const page = new URL(begun.headers.get('location') ?? '');
    page.searchParams.set('decision', 'deny');
    const denied = await fetch(page, { method: 'POST', redirect: 'manual' });
    const back = await fetch(denied.headers.get('location') ?? '', { redirect: 'manual' });
    expect(back.status).toBe(400);
    expect(await back.text()).toContain('You are not connected');
  });

  it.each(['', '?flow=', '?flow=4f9c1f0e-8a43-4c86-9b3a-0b6d1d1f6c11', '?code=x&state=y'])(
    'knows no callback%s that nobody waits for',
    async (query) => {
      const answer = await lab.ask(`/auth/github/callback${query}`);
      expect(answer.status).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
    },
  );
});

describe('with one secret for both', () => {
  it('no session can be turned into the next one', async () => {
    const lab = await openTrackeepLab({ OAUTH_JWT_SECRET: JWT_SECRET });
    try {
      await lab.connect();
      const session = await lab.session();
      const answer = await lab.post('/api/v1/auth/oauth/callback', { token: session });
      expect(answer.status).toBe(401);
    } finally {
      await lab.stop();
    }
  });
});

describe('without the secrets', () => {
  it('signs nobody in, and says what is missing', async () => {
    const lab = await openTrackeepLab({ OAUTH_JWT_SECRET: '', JWT_SECRET: '' });
    try {
      await lab.connect();
      const answer = await lab.visit('/auth/github');
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain('OAUTH_JWT_SECRET');
      expect((await lab.post('/api/v1/auth/oauth/callback', { token: 'x' })).status).toBe(503);
    } finally {
      await lab.stop();
    }
  });
});
