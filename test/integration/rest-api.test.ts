/** The routes for programs that the person approved, over real HTTP against the whole app. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditView, ConnectionView } from '../../src/shared/connection-views.ts';
import { approveAtGitHub, type BrokerLab, openBrokerLab } from '../support/broker-lab.ts';

let lab: BrokerLab;
let octocat: string;
beforeAll(async () => {
  lab = await openBrokerLab();
  octocat = await lab.connect('octocat');
});
afterAll(() => lab.stop());

const ask = (path: string, token?: string, init: RequestInit = {}) =>
  fetch(lab.address + path, {
    redirect: 'manual',
    ...init,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
  });
const audit = () => lab.call<AuditView[]>('audit.list');
const challenge = (answer: Response) =>
  Object.fromEntries(
    [...(answer.headers.get('www-authenticate') ?? '').matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  );

describe('GET /oauth/token/{platform}', () => {
  it('hands out a token that the provider takes, and says so in the audit log', async () => {
    const { clientId, token } = await lab.client('token:github', { name: 'My agent' });
    const before = Date.now();
    const answer = await ask('/oauth/token/github', token);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const body = await answer.json();
    expect(body).toEqual({
      access_token: expect.stringMatching(/^ghu_/),
      token_type: 'Bearer',
      expires_at: expect.any(String),
      expires_in: expect.any(Number),
      scope: '',
      org_id: expect.any(String),
      installation_id: octocat,
    });
    expect(Date.parse(body.expires_at)).toBeGreaterThan(before + (body.expires_in - 1) * 1000);
    const user = await fetch(`${lab.github.apiUrl}/user`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(await user.json()).toMatchObject({ login: 'octocat' });
    expect((await audit())[0]).toMatchObject({
      requester: { kind: 'client', id: clientId, name: 'My agent' },
      platform: 'github',
    });
    expect(await lab.call<ConnectionView[]>('connections.list')).toMatchObject([{ lastUsedBy: '“My agent”' }]);
  });

  it('takes an organisation’s id, an installation’s id, and refuses another', async () => {
    const { token } = await lab.client('token:github');
    const { org_id: orgId } = await (await ask('/oauth/token/github', token)).json();
    for (const id of [orgId, octocat]) {
      const answer = await ask(`/oauth/token/github?org_id=${id}`, token);
      expect(await answer.json()).toMatchObject({ org_id: orgId, installation_id: octocat });
    }
    const other = await ask('/oauth/token/github?org_id=1', token);
    expect(other.status).toBe(409);
    expect(await other.json()).toMatchObject({ error: 'not_connected', message: expect.any(String) });
  });

  it('names the choices where several are meant, and hands out nothing', async () => {
    const { token } = await lab.client('token:github');
    const hubot = await lab.connect('hubot');
    const rows = (await audit()).length;
    const answer = await ask('/oauth/token/github', token);
    expect(answer.status).toBe(409);
    const { error, message, choices } = await answer.json();
    expect({ error, message }).toEqual({ error: 'account_ambiguous', message: expect.stringContaining('org_id') });
    expect(choices).toHaveLength(2);
    expect(choices).toContainEqual({
      installation_id: hubot,
      login: 'hubot',
      org_id: expect.any(String),
      org_name: expect.any(String),
      host: new URL(lab.github.url).host,
    });
    expect((await audit()).length).toBe(rows);
    for (const { org_id, installation_id } of choices) {
      const chosen = await ask(`/oauth/token/github?org_id=${org_id}`, token);
      expect(await chosen.json()).toMatchObject({ installation_id });
    }
    await lab.call('connections.disconnect', { id: hubot });
  });

  it('asks for a token with the scope for this provider, and names what is needed', async () => {
    const none = await ask('/oauth/token/github');
    expect(none.status).toBe(401);
    expect(challenge(none)).toEqual({
      scope: 'token:github',
      resource_metadata: `${lab.address}/.well-known/oauth-protected-resource/oauth`,
    });
    expect(await none.json()).toEqual({ error: 'token_required', message: expect.any(String) });

    const bad = await ask('/oauth/token/github', 'made-up');
    expect(bad.status).toBe(401);
    expect(challenge(bad)).toMatchObject({ error: 'invalid_token', scope: 'token:github' });

    const { token } = await lab.client('installations:read token:slack');
    const other = await ask('/oauth/token/github', token);
    expect(other.status).toBe(403);
    expect(challenge(other)).toMatchObject({
      error: 'insufficient_scope',
      scope: 'installations:read token:github token:slack',
    });
    expect(await other.json()).toEqual({ error: 'insufficient_scope', message: expect.any(String) });
  });

  it('takes no token for another resource, none in the address, and no revoked one', async () => {
    const forMcp = await lab.client('token:github', { resource: `${lab.address}/mcp` });
    expect((await ask('/oauth/token/github', forMcp.token)).status).toBe(401);

    const { clientId, token } = await lab.client('token:github');
    const misplaced = await ask(`/oauth/token/github?access_token=${token}`);
    expect(misplaced.status).toBe(400);
    expect(challenge(misplaced)).toMatchObject({ error: 'invalid_request' });

    expect((await ask('/oauth/token/github', token)).status).toBe(200);
    await lab.app.clients.revoke(clientId);
    expect((await ask('/oauth/token/github', token)).status).toBe(401);
  });

  it('hands out none to who asks while the grant is revoked, and writes down each that it hands out', async () => {
    const { clientId, token } = await lab.client('token:github');
    expect((await ask('/oauth/token/github', token)).status).toBe(200);
    const asked = Array.from({ length: 40 }, () => ask('/oauth/token/github', token));
    await lab.app.clients.revoke(clientId);
    const late = await ask('/oauth/token/github', token);
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(late.status).toBe(401);
    expect(new Set(statuses.filter((status) => status !== 200))).not.toContain(500);
    const written = (await audit()).filter(({ requester }) => requester.id === clientId);
    expect(written).toHaveLength(1 + statuses.filter((status) => status === 200).length);
  });

  it.each([
    ['/oauth/token/nowhere', 404],
    ['/oauth/token/hq', 404],
    ['/oauth/token/', 404],
    ['/oauth/token', 404],
    ['/oauth/token/github/more', 404],
  ])('answers %s with %i, without a look at who asks', async (path, status) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: 'not_found', message: expect.any(String) });
  });

  it('takes only GET, and no page of another site', async () => {
    const { token } = await lab.client('token:github');
    const posted = await ask('/oauth/token/github', token, { method: 'POST' });
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET');
    for (const origin of ['https://evil.test', 'http://127.0.0.1:3000']) {
      const foreign = await ask('/oauth/token/github', token, { headers: { origin } });
      expect(foreign.status).toBe(403);
      expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('GET /oauth/installations', () => {
  it('lists the installations, of all providers or of one', async () => {
    const { token } = await lab.client('installations:read');
    const { installations } = await (await ask('/oauth/installations', token)).json();
    expect(installations).toEqual([
      {
        id: octocat,
        platform: 'github',
        host: new URL(lab.github.url).host,
        external_org_id: expect.any(String),
        external_org_name: expect.any(String),
        external_installation_id: null,
        login: 'octocat',
        state: 'ok',
        expires_at: expect.any(String),
        scopes: [],
        permissions: {},
        installed_by: 'octocat',
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
    ]);
    expect(await (await ask('/oauth/installations?platform=github', token)).json()).toEqual({ installations });
    expect(await (await ask('/oauth/installations?platform=slack', token)).json()).toEqual({ installations: [] });
    expect((await ask('/oauth/installations?platform=nowhere', token)).status).toBe(400);
  });

  it('needs installations:read', async () => {
    const { token } = await lab.client('token:github');
    expect((await ask('/oauth/installations', token)).status).toBe(403);
    expect((await ask('/oauth/installations')).status).toBe(401);
  });
});

describe('DELETE /oauth/installations/{id}', () => {
  it('disconnects with installations:manage, and revokes at the provider', async () => {
    const id = await lab.connect('hubot');
    const reader = await lab.client('installations:read');
    expect((await ask(`/oauth/installations/${id}`, reader.token, { method: 'DELETE' })).status).toBe(403);
    const manager = await lab.client('installations:manage token:github');
    const { access_token: upstream } = await (await ask(`/oauth/token/github?org_id=${id}`, manager.token)).json();

    const answer = await ask(`/oauth/installations/${id}`, manager.token, { method: 'DELETE' });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ id, upstream: 'revoked' });
    const user = await fetch(`${lab.github.apiUrl}/user`, { headers: { authorization: `Bearer ${upstream}` } });
    expect(user.status).toBe(401);
    expect((await ask(`/oauth/token/github?org_id=${id}`, manager.token)).status).toBe(409);
    const again = await ask(`/oauth/installations/${id}`, manager.token, { method: 'DELETE' });
    expect(again.status).toBe(404);
    expect(await again.json()).toMatchObject({ error: 'not_found' });
  });

  it('takes only DELETE', async () => {
    const answer = await ask(`/oauth/installations/${octocat}`);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('DELETE');
  });
});

describe('GET /oauth/install/{platform}', () => {
  const OPENED = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  // fetch() would put its own idea of these headers in their place.
  const open = async (headers: Record<string, string>, platform = 'github') => {
    const request = get(`${lab.address}/oauth/install/${platform}`, { headers });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, headers: answer.headers, text: await text(answer) };
  };

  it('sends a person’s browser to the provider, whose answer connects the account', async () => {
    const answer = await open(OPENED);
    expect(answer.status).toBe(303);
    expect(answer.headers['cache-control']).toBe('no-store');
    const location = answer.headers.location ?? '';
    expect(new URL(location).origin).toBe(lab.github.url);
    const page = await fetch(await approveAtGitHub(location, 'hubot'));
    expect(page.status).toBe(200);
    const connections = await lab.call<ConnectionView[]>('connections.list');
    expect(connections.map(({ login }) => login)).toEqual(['octocat', 'hubot']);
    await lab.call('connections.disconnect', { id: connections[1]?.id });
  });

  it.each([
    ['a link on another site', { ...OPENED, 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { ...OPENED, 'sec-fetch-site': 'same-site' }],
    ['a frame', { ...OPENED, 'sec-fetch-dest': 'iframe' }],
    ['an image', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a browser that loads ahead', { ...OPENED, 'sec-purpose': 'prefetch;prerender' }],
    ['a program', {}],
  ])('does not begin for %s', async (_, headers) => {
    const flows = (await lab.call<unknown[]>('connections.flows')).length;
    const answer = await open(headers);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({
      error: 'origin_refused',
      remedy: expect.stringContaining('browser'),
    });
    expect(await lab.call('connections.flows')).toHaveLength(flows);
  });

  it('says what is missing, where a provider is not set up', async () => {
    const answer = await open(OPENED, 'slack');
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.text)).toMatchObject({ error: 'provider_not_configured' });
  });
});

describe('the metadata of the resource', () => {
  it('names the issuer as the resource, and leaves the MCP server’s where it is', async () => {
    const answer = await ask('/.well-known/oauth-protected-resource/oauth');
    expect(await answer.json()).toMatchObject({
      resource: lab.address,
      authorization_servers: [lab.address],
      scopes_supported: expect.arrayContaining(['token:github', 'installations:read']),
    });
    const mcp = await ask('/.well-known/oauth-protected-resource');
    expect(await mcp.json()).toMatchObject({ resource: `${lab.address}/mcp` });
  });
});
