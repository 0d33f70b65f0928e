import { describe, expect, it } from 'vitest';
import { type HttpDoor, openHttpDoor } from '../support/http-door.ts';

/** The status line of a GET sent by hand. */
async function statusOf(door: HttpDoor, target: string, ...headers: string[]): Promise<string> {
  const answer = await door.send([`GET ${target} HTTP/1.1`, 'Connection: close', ...headers, '', ''].join('\r\n'));
  return answer.split('\r\n')[0] ?? '';
}

describe('the listener turns away, before any handler runs,', () => {
  const ours = (door: HttpDoor) => `Host: 127.0.0.1:${door.port}`;

  it.each(['/', '/ui/', '/ui/api/status.get', '/ui/session', '/oauth/callback/github', '/register', '/nothing'])(
    'a foreign Host on %s',
    async (path) => {
      await using door = await openHttpDoor();
      expect(await statusOf(door, path, `Host: evil.test:${door.port}`)).toBe('HTTP/1.1 403 Forbidden');
    },
  );

  it('a request without Host, and one with two', async () => {
    await using door = await openHttpDoor();
    expect(await statusOf(door, '/ui/')).toBe('HTTP/1.1 403 Forbidden');
    expect(await statusOf(door, '/ui/', ours(door), 'Host: evil.test')).toBe('HTTP/1.1 403 Forbidden');
    expect(await statusOf(door, '/ui/', 'hOsT: evil.test', ours(door))).toBe('HTTP/1.1 403 Forbidden');
  });

  it('a target that names another host than the Host header', async () => {
    await using door = await openHttpDoor();
    expect(await statusOf(door, 'http://evil.test/ui/', ours(door))).toBe('HTTP/1.1 403 Forbidden');
  });

  it.each(['null', 'https://evil.test', 'http://127.0.0.1:1'])('the Origin %s', async (origin) => {
    await using door = await openHttpDoor();
    expect(await statusOf(door, '/ui/', ours(door), `Origin: ${origin}`)).toBe('HTTP/1.1 403 Forbidden');
    expect(await statusOf(door, '/introspect', ours(door), `Origin: ${origin}`)).toBe('HTTP/1.1 403 Forbidden');
  });

  it.each(['null', 'https://evil.test', 'http://127.0.0.1.evil.test'])(
    'the Origin %s, also where pages of this machine may call',
    async (origin) => {
      await using door = await openHttpDoor();
      expect(await statusOf(door, '/register', ours(door), `Origin: ${origin}`)).toBe('HTTP/1.1 403 Forbidden');
    },
  );

  it('calls that a browser marks as coming from another site, whatever session goes with them', async () => {
    await using door = await openHttpDoor();
    const { cookie, 'x-trackeep-key': key } = await door.logIn();
    const credentials = [ours(door), `Cookie: ${cookie}`, `X-Trackeep-Key: ${key}`];
    for (const path of ['/ui/api/status.get', '/ui/events', '/ui/session/end']) {
      for (const site of ['cross-site', 'same-site']) {
        const status = await statusOf(door, path, ...credentials, `Sec-Fetch-Site: ${site}`);
        expect(status).toBe('HTTP/1.1 403 Forbidden');
      }
    }
  });

  it('headers of unreasonable length', async () => {
    await using door = await openHttpDoor();
    const status = await statusOf(door, '/ui/', ours(door), `X-Long: ${'a'.repeat(20_000)}`);
    expect(status).toBe('HTTP/1.1 431 Request Header Fields Too Large');
  });
});

describe('the listener lets pass', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]'])('its own name %s, also as an Origin', async (name) => {
    await using door = await openHttpDoor();
    const own = `${name}:${door.port}`;
    expect(await statusOf(door, '/ui/', `Host: ${own}`, `Origin: http://${own}`)).toBe('HTTP/1.1 200 OK');
  });

  it('links to its page from elsewhere', async () => {
    await using door = await openHttpDoor();
    const host = `Host: 127.0.0.1:${door.port}`;
    const fromElsewhere = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate'];
    expect(await statusOf(door, '/ui/', host, ...fromElsewhere)).toBe('HTTP/1.1 200 OK');
  });
});

describe('a refusal', () => {
  it('is JSON with code and remedy for a program', async () => {
    await using door = await openHttpDoor();
    const answer = await fetch(`${door.address}/ui/`, { headers: { origin: 'https://evil.test' } });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toMatchObject({ error: 'origin_refused', remedy: expect.stringMatching(/\w/) });
  });

  it('is a page for a person who followed a link', async () => {
    await using door = await openHttpDoor();
    const answer = await fetch(`${door.address}/nothing`, { headers: { accept: 'text/html,*/*' } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
