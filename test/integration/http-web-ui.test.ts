import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import { openHttpDoor, postJson } from '../support/http-door.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { aConnection, aStatus, someSettings } from '../support/stand-in-control.ts';

const ID = aConnection.id;

describe('logging in to the web UI', () => {
  it('takes the link from the app, once', async () => {
    await using door = await openHttpDoor({ 'status.get': () => aStatus });
    const token = new URL(door.listener.createLoginLink()).hash.slice('#login='.length);
    const first = await postJson(`${door.address}/ui/session`, { token });
    expect(first.status).toBe(200);
    const again = await postJson(`${door.address}/ui/session`, { token });
    expect(again.status).toBe(401);
    expect(await again.json()).toMatchObject({
      error: 'session_required',
      remedy: expect.stringContaining('trackeep'),
    });
  });

  it('opens the contract until the logout', async () => {
    await using door = await openHttpDoor({ 'status.get': () => aStatus });
    const headers = await door.logIn();
    const status = await fetch(`${door.address}/ui/api/status.get`, { headers });
    expect(await status.json()).toEqual(aStatus);
    await fetch(`${door.address}/ui/session/end`, { method: 'POST', headers });
    expect((await fetch(`${door.address}/ui/api/status.get`, { headers })).status).toBe(401);
  });

  it.each(['status.get', 'tokens.get', 'nope'])('comes before everything that can be asked: %s', async (name) => {
    await using door = await openHttpDoor();
    const answer = await fetch(`${door.address}/ui/api/${name}`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).not.toBeNull();
  });
});

describe('the contract over HTTP', () => {
  it('asks a query with its input in the address', async () => {
    await using door = await openHttpDoor({
      'connections.flow': ({ id }) => Promise.reject(new AppError('not_found', id)),
    });
    const headers = await door.logIn();
    const input = encodeURIComponent(JSON.stringify({ id: ID }));
    const answer = await fetch(`${door.address}/ui/api/connections.flow?input=${input}`, { headers });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: 'not_found', message: ID });
  });

  it('asks a command with its input in the body', async () => {
    await using door = await openHttpDoor({
      'settings.set': (patch) => ({ ...someSettings, ...patch }) as typeof someSettings,
    });
    const headers = await door.logIn();
    const answer = await postJson(`${door.address}/ui/api/settings.set`, { colorScheme: 'dark' }, headers);
    expect(await answer.json()).toEqual({ ...someSettings, colorScheme: 'dark' });
  });

  it('gives nobody a token, not even with a session', async () => {
    await using door = await openHttpDoor({
      'tokens.get': () => ({ token: 'gho_x', login: 'o', host: 'h', expiresAt: null, connectionId: ID }),
    });
    const headers = await door.logIn();
    const input = encodeURIComponent(JSON.stringify({ platform: 'github' }));
    const answer = await fetch(`${door.address}/ui/api/tokens.get?input=${input}`, { headers });
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain('gho_x');
  });

  it('names the method that a procedure wants', async () => {
    await using door = await openHttpDoor();
    const headers = await door.logIn();
    const get = await fetch(`${door.address}/ui/api/updates.check`, { headers });
    const post = await postJson(`${door.address}/ui/api/status.get`, {}, headers);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1', 'application/jsonp'])(
    'takes no body of type %s, which a foreign form could send',
    async (type) => {
      await using door = await openHttpDoor();
      const headers = { ...(await door.logIn()), 'content-type': type };
      const answer = await fetch(`${door.address}/ui/api/updates.check`, { method: 'POST', headers, body: '{}' });
      expect(answer.status).toBe(415);
    },
  );

  it.each(['', '{', '{"colorScheme":', '\u0000'])('says that %j is no JSON', async (body) => {
    await using door = await openHttpDoor();
    const headers = { ...(await door.logIn()), 'content-type': 'application/json' };
    const answer = await fetch(`${door.address}/ui/api/settings.set`, { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: 'bad_input' });
  });

  it('refuses a body of more than 64 kB, announced or not', async () => {
    await using door = await openHttpDoor();
    const credentials = await door.logIn();
    const body = JSON.stringify({ currentVersion: 'x'.repeat(70_000) });
    const announced = await postJson(`${door.address}/ui/api/settings.set`, body, credentials);
    expect(announced.status).toBe(413);

    const head = [
      'POST /ui/api/settings.set HTTP/1.1',
      `Host: 127.0.0.1:${door.port}`,
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
      `Cookie: ${credentials.cookie}`,
      `X-Trackeep-Key: ${credentials['x-trackeep-key']}`,
    ].join('\r\n');
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
    const answer = await door.send(`${head}\r\n\r\n${chunk}${chunk}${chunk}0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('says by header when to come again', async () => {
    const retryAt = Date.parse('2026-11-02T00:00:00Z');
    await using door = await openHttpDoor({
      'connections.begin': () => Promise.reject(new AppError('rate_limited', 'GitHub asks to wait.', { retryAt })),
    });
    const headers = await door.logIn();
    const answer = await postJson(
      `${door.address}/ui/api/connections.begin`,
      { platform: 'github', way: 'device' },
      headers,
    );
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('Mon, 02 Nov 2026 00:00:00 GMT');
    expect(await answer.json()).toMatchObject({ retryAt: '2026-11-02T00:00:00.000Z' });
  });

  it('keeps what went wrong inside to itself', async () => {
    await using door = await openHttpDoor({ 'settings.get': () => Promise.reject(new Error('at /home/me/.key')) });
    const headers = await door.logIn();
    const answer = await fetch(`${door.address}/ui/api/settings.get`, { headers });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('.key');
  });
});

describe('the event stream', () => {
  /** Reads a stream until it has said `word`, or has ended. */
  async function hear(answer: Response, word: string): Promise<string> {
    let text = '';
    for await (const piece of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.includes(word)) return text;
    }
    return text;
  }

  it('carries what changes, from the moment its head has come', async () => {
    await using door = await openHttpDoor({ 'settings.get': () => someSettings });
    const answer = await fetch(`${door.address}/ui/events`, { headers: await door.logIn() });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    door.bus.emit('notice', { kind: 'info', title: 'Line\nbreaks', body: 'stay in their line', page: null });
    expect(await hear(answer, 'page":null}\n\n')).toContain(
      'event: notice\ndata: {"kind":"info","title":"Line\\nbreaks","body":"stay in their line","page":null}\n\n',
    );
  });

  it('reaches every page that is open', async () => {
    await using door = await openHttpDoor();
    const headers = await door.logIn();
    const pages = await Promise.all([1, 2, 3].map(() => fetch(`${door.address}/ui/events`, { headers })));
    door.bus.emit('notice', { kind: 'info', title: 'for all', body: '', page: null });
    for (const page of pages) expect(await hear(page, 'for all')).toContain('for all');
  });

  it('says now and then that it is still there, so that a page notices a dead one', async () => {
    const clock = createManualClock();
    await using door = await openHttpDoor({}, { clock });
    const answer = await fetch(`${door.address}/ui/events`, { headers: await door.logIn() });
    await clock.advance(60_000);
    const heard = await hear(answer, ': still here\n\n: still here\n\n: still here\n\n');
    expect(heard.split(': still here')).toHaveLength(4);
  });

  it('ends with the session', async () => {
    await using door = await openHttpDoor();
    const headers = await door.logIn();
    const answer = await fetch(`${door.address}/ui/events`, { headers });
    await fetch(`${door.address}/ui/session/end`, { method: 'POST', headers });
    expect(await hear(answer, 'never')).not.toContain('never');
  });

  it('is cut for a page that does not read, instead of filling the memory', async () => {
    await using door = await openHttpDoor();
    const { cookie, 'x-trackeep-key': key } = await door.logIn();
    const page = connect(door.port, '127.0.0.1');
    page.write(
      `GET /ui/events HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\nCookie: ${cookie}\r\nX-Trackeep-Key: ${key}\r\n\r\n`,
    );
    await once(page, 'data');
    page.pause();
    const body = 'x'.repeat(1_000_000);
    for (let sent = 0; sent < 50; sent += 1) door.bus.emit('notice', { kind: 'info', title: '', body, page: null });
    let received = 0;
    page.on('data', (piece) => {
      received += piece.length;
    });
    page.on('error', () => {});
    await once(page, 'close');
    expect(received).toBeLessThan(20_000_000);
  });

  it('needs the session', async () => {
    await using door = await openHttpDoor();
    expect((await fetch(`${door.address}/ui/events`)).status).toBe(401);
  });

  it('does not hold up the end of the app', async () => {
    const door = await openHttpDoor();
    const answer = await fetch(`${door.address}/ui/events`, { headers: await door.logIn() });
    const started = performance.now();
    await door[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(1_000);
    await hear(answer, 'never');
  });
});

describe('the pages', () => {
  it('are served with a policy that lets nothing in from elsewhere', async () => {
    await using door = await openHttpDoor();
    const page = await fetch(`${door.address}/ui/`);
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
  });

  it('keep their hashed files in the browser for ever', async () => {
    await using door = await openHttpDoor();
    const script = await fetch(`${door.address}/ui/assets/index-1a2b3c.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('cache-control')).toContain('immutable');
  });

  it.each([
    '/ui/../secret.html',
    '/ui/%2e%2e/secret.html',
    '/ui/..%2fsecret.html',
    '/ui/assets/../../secret.html',
    '/ui/..\\secret.html',
    '/ui//etc/passwd',
    '/ui/index.html%00.js',
    '/ui/assets',
  ])('are not left by way of %s', async (path) => {
    await using door = await openHttpDoor();
    const answer = await door.send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain('not for the web');
  });

  it.each(['/', '/ui'])('are where %s leads', async (path) => {
    await using door = await openHttpDoor();
    const answer = await fetch(`${door.address}${path}`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toBe('/ui/');
  });
});
