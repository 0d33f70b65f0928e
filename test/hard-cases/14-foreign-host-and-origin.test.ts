import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from '../support/app.ts';
import { send } from '../support/http-door.ts';
import { register } from '../support/oauth-client.ts';
import { openWebSession, type WebSession } from '../support/web-session.ts';

/** Everything that is there, and some paths that are not: what is refused must not depend on what lies behind. */
const PATHS = [
  '/',
  '/ui/',
  '/ui/api/status.get',
  '/ui/events',
  '/ui/session',
  '/oauth/callback/github',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/mcp',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-protected-resource/mcp',
  '/jwks',
  '/register',
  '/authorize',
  '/approve/some-request/continue',
  '/device',
  '/device/code',
  '/token',
  '/revoke',
  '/introspect',
  '/userinfo',
  '/mcp',
  '/nothing-here',
];

/** What a developer's tool in a browser tab calls itself: the MCP Inspector, and tools like it. */
const FOR_TOOLS = [
  ['GET', '/.well-known/oauth-authorization-server'],
  ['GET', '/.well-known/oauth-authorization-server/mcp'],
  ['GET', '/.well-known/openid-configuration'],
  ['GET', '/.well-known/oauth-protected-resource'],
  ['GET', '/.well-known/oauth-protected-resource/mcp'],
  ['GET', '/jwks'],
  ['POST', '/register'],
  ['POST', '/token'],
  ['POST', '/revoke'],
  ['POST', '/device/code'],
  ['GET', '/userinfo'],
  ['POST', '/mcp'],
] as const;

/** What only its own pages, or no page at all, may call. */
const FOR_PEOPLE_AND_SERVERS = ['/authorize', '/approve/some-request', '/device', '/introspect', '/ui/api/status.get'];

/** Local http origins: any port, any of the three names. */
const TOOL_ORIGINS = ['http://localhost:6274', 'http://127.0.0.1:6274', 'http://[::1]:5173', 'http://localhost'];

/** None of them is a page of this machine, however much it looks like one. */
const FOREIGN_ORIGINS = [
  'null',
  'https://evil.test',
  'https://localhost:6274',
  'http://localhost.evil.test:6274',
  'http://127.0.0.1.evil.test',
  'http://evil.test@localhost:6274',
  'http://127.1:6274',
  'http://192.168.1.10:6274',
  'http://localhost:6274, http://evil.test',
  'file://',
  'chrome-extension://abcdefghijklmnop',
];

const refusal = (code: string) => new RegExp(`^HTTP/1\\.1 403 .*"${code}"`, 's');

describe('the running app, asked from where it should not be', () => {
  let app: RunningApp;
  let session: WebSession;
  let port: number;
  beforeAll(async () => {
    app = await startApp();
    session = await openWebSession(app.ready.ui);
    port = Number(new URL(app.ready.issuer).port);
  });
  afterAll(() => app.stop());

  /** A request sent by hand with a session's credentials, so that nothing but the guard can refuse it. */
  async function ask(method: 'GET' | 'POST', path: string, ...headers: string[]): Promise<string> {
    const { cookie, 'x-trackeep-key': key } = session.headers;
    const head = [`${method} ${path} HTTP/1.1`, `Cookie: ${cookie}`, `X-Trackeep-Key: ${key}`, 'Connection: close'];
    const body = method === 'POST' ? ['Content-Type: application/json', 'Content-Length: 2'] : [];
    return send(port, [...head, ...body, ...headers, '', method === 'POST' ? '{}' : ''].join('\r\n'));
  }

  it.each(PATHS)('refuses a rebound name on %s with 403', async (path) => {
    for (const host of [`evil.test:${port}`, `127.0.0.1.evil.test:${port}`, 'evil.test']) {
      expect(await ask('GET', path, `Host: ${host}`)).toMatch(refusal('host_refused'));
    }
  });

  it.each(PATHS)('refuses the Origin of another page on %s with 403', async (path) => {
    for (const origin of ['null', 'https://evil.test', `http://evil.test:${port}`, `https://127.0.0.1:${port}`]) {
      const host = `Host: 127.0.0.1:${port}`;
      expect(await ask('GET', path, host, `Origin: ${origin}`)).toMatch(refusal('origin_refused'));
      expect(await ask('POST', path, host, `Origin: ${origin}`)).toMatch(refusal('origin_refused'));
    }
  });

  it("refuses another local program's page in the person's own pages", async () => {
    const answer = await ask('GET', '/ui/api/status.get', `Host: 127.0.0.1:${port}`, 'Origin: http://localhost:6274');
    expect(answer).toMatch(refusal('origin_refused'));
  });

  it('changes nothing on the way: a refused command was not carried out', async () => {
    const foreign = `Origin: https://evil.test\r\nHost: 127.0.0.1:${port}`;
    await ask('POST', '/ui/session/end', foreign);
    const answer = await fetch(`${session.address}/ui/api/status.get`, { headers: session.headers });
    expect(answer.status).toBe(200);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]'])('lets its own name %s pass, with its own Origin', async (name) => {
    const own = [`Host: ${name}:${port}`, `Origin: http://${name}:${port}`];
    expect(await ask('GET', '/ui/api/status.get', ...own)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('gives no page of another origin leave to read or to ask', async () => {
    const answer = await ask('GET', '/ui/api/status.get', `Host: 127.0.0.1:${port}`);
    expect(answer).not.toMatch(/access-control-allow/i);
  });

  describe("a developer's tool in a tab of this machine", () => {
    const from = (origin: string) => [`Host: 127.0.0.1:${port}`, `Origin: ${origin}`] as const;

    /** What the browser sends before the page's own request (Fetch Standard §3.2.2). */
    async function preflight(method: string, path: string, origin: string): Promise<string> {
      const asks = [`Access-Control-Request-Method: ${method}`, 'Access-Control-Request-Headers: content-type'];
      const head = [`OPTIONS ${path} HTTP/1.1`, ...from(origin), ...asks, 'Connection: close', '', ''];
      return send(port, head.join('\r\n'));
    }

    it.each(FOR_TOOLS)('gets leave to ask %s %s, and to read the answer', async (method, path) => {
      for (const origin of TOOL_ORIGINS) {
        const leave = await preflight(method, path, origin);
        expect(leave).toMatch(/^HTTP\/1\.1 20[04] /);
        expect(allowedOrigin(leave)).toBe(origin);
        expect(leave).toMatch(new RegExp(`^access-control-allow-methods:.*\\b${method}\\b`, 'im'));
        expect(leave).toMatch(/^access-control-allow-headers:.*\bcontent-type\b/im);
        // No cookie is of any use there, so none is asked for.
        expect(leave).not.toMatch(/^access-control-allow-credentials:/im);

        const answer = await ask(method, path, ...from(origin));
        expect(answer).not.toMatch(/^HTTP\/1\.1 (?:403|404|405|500) /);
        expect(allowedOrigin(answer)).toBe(origin);
        expect(answer).toMatch(/^vary:.*\borigin\b/im);
      }
    });

    it.each(FOR_TOOLS)('gets none for %s %s from a page of elsewhere', async (method, path) => {
      for (const origin of FOREIGN_ORIGINS) {
        for (const answer of [await preflight(method, path, origin), await ask(method, path, ...from(origin))]) {
          expect(answer).toMatch(refusal('origin_refused'));
          expect(answer).not.toMatch(/access-control-allow/i);
        }
      }
    });

    it.each(FOR_PEOPLE_AND_SERVERS)('gets none for %s at all', async (path) => {
      for (const origin of TOOL_ORIGINS) {
        for (const method of ['GET', 'POST'] as const) {
          const answer = await ask(method, path, ...from(origin));
          expect(answer).toMatch(refusal('origin_refused'));
          expect(await preflight(method, path, origin)).not.toMatch(/access-control-allow/i);
        }
      }
    });

    it('registers from there, and a page of elsewhere does not', async () => {
      const before = await clients();
      const registered = await register(app.ready.issuer, {}, { origin: 'http://localhost:6274' });
      expect(registered.status).toBe(201);
      expect(registered.headers.get('access-control-allow-origin')).toBe('http://localhost:6274');

      expect(await clients()).toBe(before + 1);
      for (const origin of ['null', 'https://evil.test']) {
        expect((await register(app.ready.issuer, {}, { origin })).status).toBe(403);
      }
      expect(await clients()).toBe(before + 1);
    });

    it('may read a refusal, too: the challenge of the MCP server and an error of the token endpoint', async () => {
      const challenge = await ask('POST', '/mcp', ...from('http://localhost:6274'));
      expect(challenge).toMatch(/^HTTP\/1\.1 401 /);
      expect(challenge).toMatch(/^access-control-expose-headers:.*\bwww-authenticate\b/im);
      const refused = await ask('POST', '/token', ...from('http://localhost:6274'));
      expect(refused).toMatch(/^HTTP\/1\.1 400 /);
      expect(allowedOrigin(refused)).toBe('http://localhost:6274');
    });

    async function clients(): Promise<number> {
      const answer = await fetch(`${session.address}/ui/api/clients.list`, { headers: session.headers });
      return (await answer.json()).length;
    }
  });
});

function allowedOrigin(answer: string): string | undefined {
  return /^access-control-allow-origin: (.*)\r$/im.exec(answer)?.[1];
}
