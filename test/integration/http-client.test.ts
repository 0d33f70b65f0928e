import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import { createHttpClient, type HttpClientOptions } from '../../src/main/core/http-client.ts';
import { createManualClock } from '../support/manual-clock.ts';

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(answer: RequestListener): Promise<string> {
  return `http://${await listen(createServer(answer))}`;
}

function client(options: Partial<HttpClientOptions> = {}) {
  return createHttpClient({ clock: systemClock(), userAgent: 'trackeep-tray/test', ...options });
}

describe('an ordinary exchange', () => {
  it('gives back what fetch would: status, headers, address and body', async () => {
    const base = await serve((_request, response) => {
      response.writeHead(201, 'Made', { etag: '"1"', 'content-type': 'application/json' }).end('{"a":1}');
    });

    const answer = await client()(`${base}/thing?x=1`);

    expect([answer.status, answer.statusText, answer.url]).toEqual([201, 'Made', `${base}/thing?x=1`]);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(await answer.json()).toEqual({ a: 1 });
  });

  it('sends method, headers and body, and says who asks', async () => {
    const seen: unknown[] = [];
    const base = await serve(async (request, response) => {
      seen.push(request.method, request.headers['user-agent'], request.headers.accept, await bodyOf(request));
      response.end();
    });

    await client()(base, { method: 'POST', headers: { accept: 'application/json' }, body: 'a=1' });

    expect(seen).toEqual(['POST', 'trackeep-tray/test', 'application/json', 'a=1']);
  });

  it('leaves a user agent that the caller chose', async () => {
    let agent: string | undefined;
    const base = await serve((request, response) => {
      agent = request.headers['user-agent'];
      response.end();
    });
    await client()(base, { headers: { 'user-agent': 'octokit' } });
    expect(agent).toBe('octokit');
  });

  it.each([204, 304])('knows that %i has no body', async (status) => {
    const base = await serve((_request, response) => response.writeHead(status).end());
    const answer = await client()(base);
    expect([answer.status, await answer.text()]).toEqual([status, '']);
  });

  it('leaves an error status to the caller', async () => {
    const base = await serve((_request, response) => response.writeHead(500).end('<html>'));
    expect((await client()(base)).status).toBe(500);
  });

  it('leaves no timer behind', async () => {
    const clock = createManualClock();
    const base = await serve((_request, response) => response.end('done'));
    await (await client({ clock })(base)).text();
    await (await client({ clock })(base, { method: 'HEAD' })).text();
    await client({ clock })('http://127.0.0.1:1').catch(() => {});
    expect(clock.waiting).toBe(0);
  });
});

describe('nobody on the other side', () => {
  it('is offline when the connection is refused', async () => {
    const server = createTcpServer();
    const address = await listen(server);
    server.close();
    await once(server, 'close');

    await expect(client()(`http://${address}/?code=secret`)).rejects.toMatchObject({
      code: 'offline',
      message: `${address} cannot be reached.`,
      cause: expect.anything(),
    });
  });

  it('is offline when the name does not exist', async () => {
    await expect(client()('http://nowhere.invalid')).rejects.toMatchObject({ code: 'offline' });
  });

  it('is offline when the connection breaks off before the answer', async () => {
    const address = await listen(createTcpServer((socket) => socket.destroy()));
    await expect(client()(`http://${address}`)).rejects.toMatchObject({ code: 'offline' });
  });

  it('is offline when the connection breaks off in the middle of the body', async () => {
    const base = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy());
    });
    const answer = await client()(base);
    await expect(answer.text()).rejects.toMatchObject({ code: 'offline' });
  });

  it('is a provider_error when what answers is not HTTP', async () => {
    const address = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    await expect(client()(`http://${address}`)).rejects.toMatchObject({ code: 'provider_error' });
  });

  it('is a provider_error when the body is not compressed as it says', async () => {
    const base = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain');
    });
    const answer = await client()(base);
    await expect(answer.text()).rejects.toMatchObject({ code: 'provider_error' });
  });

  it('is told apart from the caller’s own decision to stop', async () => {
    const base = await serve(() => {});
    const abort = new AbortController();
    const asked = client()(base, { signal: abort.signal });
    const reason = new Error('the person cancelled');
    abort.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });

  it('is told apart from the caller’s decision to stop while the body comes', async () => {
    const base = await serve((_request, response) => response.writeHead(200).write('some'));
    const abort = new AbortController();
    const answer = await client()(base, { signal: abort.signal });
    const reason = new Error('the person cancelled');
    const read = answer.text();
    abort.abort(reason);
    await expect(read).rejects.toBe(reason);
  });
});

describe('a server that takes its time', () => {
  it('is offline after 15 seconds without an answer', async () => {
    const clock = createManualClock();
    const asked = Promise.withResolvers<void>();
    const base = await serve(() => asked.resolve());
    const outcome = client({ clock })(base).catch((error) => error);
    await asked.promise;

    await clock.advance(15_000);

    expect(await outcome).toMatchObject({ code: 'offline', message: expect.stringContaining('within 15 s') });
  });

  it('is offline when the body is not complete by then, however steadily it drips', async () => {
    const clock = createManualClock();
    const drip = Promise.withResolvers<ServerResponse>();
    const base = await serve((_request, response) => {
      response.writeHead(200).write('x');
      drip.resolve(response);
    });
    const answer = await client({ clock, timeoutMs: 3_000 })(base);
    const outcome = answer.text().catch((error) => error);
    (await drip.promise).write('x');

    await clock.advance(3_000);

    expect(await outcome).toMatchObject({ code: 'offline', message: expect.stringContaining('within 3 s') });
  });

  it('may take longer where the caller says so, as long as something arrives', async () => {
    const clock = createManualClock();
    const open = Promise.withResolvers<ServerResponse>();
    const base = await serve((_request, response) => {
      response.writeHead(200).flushHeaders();
      open.resolve(response);
    });
    const answer = await client({ clock })(base, { limits: { totalMs: null, idleMs: 30_000 } });
    const reader = answer.body?.getReader();
    const response = await open.promise;

    for (let minute = 0; minute < 5; minute++) {
      response.write('x');
      await reader?.read();
      await clock.advance(29_000);
    }
    const silence = reader?.read().catch((error) => error);
    await clock.advance(1_000);

    expect(await silence).toMatchObject({ code: 'offline', message: expect.stringContaining('within 30 s') });
  });
});

describe('a body without end', () => {
  const flood = (_request: IncomingMessage, response: ServerResponse) => {
    const more = () => {
      while (response.write(Buffer.alloc(65_536)));
    };
    response.writeHead(200).on('drain', more);
    more();
  };

  it('is a provider_error once it passes the bound', async () => {
    const base = await serve(flood);
    const answer = await client({ maxBytes: 1_000_000 })(base);
    await expect(answer.arrayBuffer()).rejects.toMatchObject({
      code: 'provider_error',
      message: expect.stringContaining('more than 1000000 bytes'),
    });
  });

  it('is measured as it unpacks, not as it is sent', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const base = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(bomb.byteLength).toBeLessThan(10_000);
    const answer = await client({ maxBytes: 1_000_000 })(base);
    await expect(answer.arrayBuffer()).rejects.toMatchObject({ code: 'provider_error' });
  });

  it('may be exactly as long as the bound', async () => {
    const base = await serve((_request, response) => response.end(Buffer.alloc(1_000)));
    const answer = await client({ maxBytes: 1_000 })(base);
    expect((await answer.arrayBuffer()).byteLength).toBe(1_000);
  });

  it('is let go when the caller loses interest', async () => {
    const clock = createManualClock();
    const closed = Promise.withResolvers<void>();
    const base = await serve((request, response) => {
      request.once('close', () => closed.resolve());
      flood(request, response);
    });
    const answer = await client({ clock })(base);

    await answer.body?.cancel();
    await closed.promise;

    expect(clock.waiting).toBe(0);
  });
});

describe('a redirect', () => {
  /** Redirects from /from to `location`, and keeps the headers of whoever arrives elsewhere. */
  async function redirecting(status: number, location: (base: string) => string) {
    const arrived: IncomingMessage[] = [];
    const answer: RequestListener = (request, response) => {
      if (request.url === '/from') return void response.writeHead(status, { location: location(base) }).end();
      arrived.push(request);
      response.end('here');
    };
    const base = await serve(answer);
    return { base, arrived };
  }

  const credentials = {
    authorization: 'Bearer gho_secret',
    cookie: 'session=secret',
    'x-api-key': 'secret',
    accept: 'application/octet-stream',
    range: 'bytes=5-',
  };

  it('within the origin is followed with all headers', async () => {
    const { base, arrived } = await redirecting(302, () => '/to');

    const answer = await client()(`${base}/from`, { headers: credentials });

    expect([answer.url, await answer.text()]).toEqual([`${base}/to`, 'here']);
    expect(arrived[0]?.headers).toMatchObject(credentials);
  });

  it.each([301, 302, 303, 307, 308])('to another origin (%i) carries nothing that tells who asks', async (status) => {
    const other: IncomingMessage[] = [];
    const elsewhere = await serve((request, response) => {
      other.push(request);
      response.end();
    });
    const { base } = await redirecting(status, () => `${elsewhere}/to`);

    await client()(`${base}/from`, { headers: credentials });

    expect(other[0]?.headers).toMatchObject({ accept: credentials.accept, range: credentials.range });
    expect(JSON.stringify(other[0]?.rawHeaders)).not.toContain('secret');
  });

  it('without end is a provider_error', async () => {
    const { base } = await redirecting(302, () => '/from');
    await expect(client()(`${base}/from`)).rejects.toMatchObject({
      code: 'provider_error',
      message: expect.stringContaining('without end'),
    });
  });

  it.each(['file:///etc/passwd', 'http://[', 'javascript:alert(1)'])('to %s is a provider_error', async (target) => {
    const { base } = await redirecting(302, () => target);
    await expect(client()(`${base}/from`)).rejects.toMatchObject({ code: 'provider_error' });
  });

  it('of a POST is not followed: its body may hold a secret', async () => {
    const { base, arrived } = await redirecting(307, () => '/to');
    const answer = await client()(`${base}/from`, { method: 'POST', body: 'refresh_token=secret' });
    expect([answer.status, arrived.length]).toEqual([307, 0]);
  });

  it('is given back where the caller wants it', async () => {
    const { base, arrived } = await redirecting(302, () => '/to');
    const answer = await client()(`${base}/from`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location'), arrived.length]).toEqual([302, '/to', 0]);
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
