import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from '../support/app.ts';
import { send } from '../support/http-door.ts';
import { openWebSession, type WebSession } from '../support/web-session.ts';

/** Everything that is there, and some paths that are not: what is refused must not depend on what lies behind. */
const PATHS = [
  '/',
  '/ui/',
  '/ui/api/status.get',
  '/ui/events',
  '/ui/session',
  '/oauth/callback/github',
  '/register',
  '/mcp',
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
});
