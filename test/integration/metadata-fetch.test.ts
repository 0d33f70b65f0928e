import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type LookupFunction } from 'node:net';
import { resolve } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import { createMetadataFetch } from '../../src/main/issuer/metadata-fetch.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createPrivateAuthority } from '../support/private-authority.ts';

type Parts = Parameters<typeof createMetadataFetch>[0];

/** A server for `https://localhost` whose authority this process trusts, and what was asked of it. */
async function serve(answer?: RequestListener): Promise<{ url: string; host: string; asked: IncomingMessage[] }> {
  const authority = createPrivateAuthority();
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(authority.certificatePath, 'utf8')]);
  const asked: IncomingMessage[] = [];
  const url = await authority.serve((request, response) => {
    asked.push(request);
    if (answer) answer(request, response);
    else response.setHeader('content-type', 'application/json').end('{"client_id":"x"}');
  });
  return { url, host: new URL(url).host, asked };
}

function fetcher(parts: Partial<Parts> = {}) {
  return createMetadataFetch({ clock: systemClock(), privateHosts: ['localhost'], ...parts });
}

/** The messages of an error and of all its causes. */
async function failure(answer: Promise<unknown>): Promise<string> {
  const messages: string[] = [];
  let error: unknown = await answer.then(
    () => new Error('It did not fail.'),
    (thrown) => thrown,
  );
  for (; error instanceof Error; error = error.cause) messages.push(error.message);
  return messages.join(' <- ');
}

const resolvingTo =
  (address: string): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(null, [{ address, family: address.includes(':') ? 6 : 4 }]);

describe('a document', () => {
  it('is fetched with its status, headers and text', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' }).end('{"a":"ö"}');
    });
    const answer = await fetcher()(`${url}client.json?x=1`);
    expect([answer.status, answer.headers.get('cache-control'), await answer.json()]).toEqual([
      200,
      'max-age=60',
      { a: 'ö' },
    ]);
  });

  it('is asked for as nobody', async () => {
    const { url, asked } = await serve();
    const headers = { accept: 'application/json', authorization: 'Bearer secret', cookie: 'a=1', 'user-agent': '' };
    await fetcher()(`${url}client.json`, { headers });
    expect(asked[0]?.url).toBe('/client.json');
    expect(asked[0]?.headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      connection: expect.any(String),
      host: new URL(url).host,
    });
  });

  it('may come from a host of a private network that is named with its port', async () => {
    const { url, host } = await serve();
    expect((await fetcher({ privateHosts: ['other.example', host] })(url)).status).toBe(200);
  });

  // Linux keeps its store in files, and this variable says where.
  it.runIf(process.platform === 'linux')('may come from a server that only the operating system trusts', async () => {
    const authority = createPrivateAuthority();
    const url = await authority.serve();
    const code = `
      import { systemClock } from './src/main/core/clock.ts';
      import { createMetadataFetch } from './src/main/issuer/metadata-fetch.ts';
      const fetch = createMetadataFetch({ clock: systemClock(), privateHosts: ['localhost'] });
      console.log(await (await fetch('${url}')).text());`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: resolve(import.meta.dirname, '../..'),
      env: { PATH: process.env.PATH, SSL_CERT_FILE: authority.certificatePath },
    });
    expect(stdout).toBe('hello\n');
  });

  it('does not come in pieces that say they are compressed', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}'));
    });
    expect(await failure(fetcher()(url))).toContain('compressed');
  });

  it.each([204, 304, 404, 500])('may be missing: %i', async (status) => {
    const { url } = await serve((_request, response) => response.writeHead(status).end());
    expect((await fetcher()(url)).status).toBe(status);
  });

  it('is taken from the address that was asked, and no other', async () => {
    const { asked, url } = await serve((_request, response) =>
      response.writeHead(302, { location: '/elsewhere' }).end(),
    );
    const answer = await fetcher()(url);
    expect([answer.status, answer.headers.get('location'), asked.length]).toEqual([302, '/elsewhere', 1]);
  });

  it('does not come by way of a dispatcher of the caller', async () => {
    const { url } = await serve();
    const dispatcher = {
      dispatch() {
        throw new Error('The dispatcher was used.');
      },
    };
    expect((await fetcher()(url, { dispatcher } as RequestInit)).status).toBe(200);
  });

  it('is fetched over a connection of its own', async () => {
    const { url, asked } = await serve();
    const fetch = fetcher();
    await fetch(url);
    await fetch(url);
    expect(new Set(asked.map(({ socket }) => socket)).size).toBe(2);
  });
});

describe('an address that is not public', () => {
  const refused = () => fetcher({ privateHosts: ['elsewhere.example', 'localhost:1'] });

  it('is not connected to under the name localhost', async () => {
    const { url, asked } = await serve();
    expect(await failure(refused()(url))).toContain('localhost has no public address');
    expect(asked).toEqual([]);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['[::1]', '[::1]'],
    ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
    ['169.254.169.254', '169.254.169.254'],
    ['10.0.0.1', '10.0.0.1'],
  ])('is not connected to as %s', async (written, read) => {
    expect(await failure(refused()(`https://${written}/`))).toBe(`${read} is no public address.`);
  });

  it.each(['127.0.0.1', '::1', '192.168.1.1', '169.254.169.254', 'fd00::1'])(
    'is not connected to when a name turns out to mean %s',
    async (address) => {
      const { host, asked } = await serve();
      const url = `https://rebound.localhost:${host.split(':')[1]}/`;
      const fetch = fetcher({ lookup: resolvingTo(address) });
      expect(await failure(fetch(url))).toContain('rebound.localhost has no public address');
      expect(asked).toEqual([]);
    },
  );

  it('is the one look-up that is made, so that a second could not say otherwise', async () => {
    const { host, url, asked } = await serve();
    let lookups = 0;
    const lookup: LookupFunction = (_hostname, options, callback) => {
      lookups++;
      resolvingTo('127.0.0.1')(_hostname, options, callback);
    };
    await fetcher({ privateHosts: [host], lookup })(url);
    expect([lookups, asked.length]).toEqual([1, 1]);
  });
});

describe('what is not asked at all', () => {
  it.each([
    ['plain http', 'http://localhost/', {}],
    ['a file', 'file:///etc/passwd', {}],
    ['anything but reading', 'https://localhost/', { method: 'POST', body: 'x' }],
    ['with a password', 'https://me:secret@localhost/', {}],
  ])('is %s', async (_what, url, init) => {
    let lookups = 0;
    const fetch = fetcher({ lookup: () => lookups++ });
    await expect(fetch(url, init)).rejects.toThrow();
    expect(lookups).toBe(0);
  });

  it('is a server whose certificate nobody here vouches for', async () => {
    const url = await createPrivateAuthority().serve();
    expect(await failure(fetcher()(url))).toMatch(/could not be read.* <- .*certificate/);
  });

  it('is a server with a certificate for another name', async () => {
    const { host, asked } = await serve();
    const port = host.split(':')[1];
    expect(await failure(fetcher({ privateHosts: ['127.0.0.1'] })(`https://127.0.0.1:${port}/`))).toContain(
      'does not match',
    );
    expect(asked).toEqual([]);
  });
});

describe('limits', () => {
  it.each([
    ['that says so', { 'content-length': 65_537 }],
    ['that does not say so', {}],
  ])('refuse an answer of more than 64 kB %s', async (_what, headers) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, headers).end(Buffer.alloc(65_537, ' '));
    });
    expect(await failure(fetcher()(url))).toContain('longer than 65536 bytes');
  });

  it('take an answer of 64 kB', async () => {
    const { url } = await serve((_request, response) => response.end(Buffer.alloc(65_536, ' ')));
    expect(await (await fetcher()(url)).text()).toHaveLength(65_536);
  });

  it.each([
    ['before the answer', () => {}],
    ['within it', (_request: unknown, response: { write(text: string): void }) => response.write('{')],
  ])('end a wait %s after 5 s', async (_what, answer: RequestListener) => {
    const clock = createManualClock();
    const { url, asked, host } = await serve(answer);
    const waiting = failure(fetcher({ clock })(url));
    await expect.poll(() => asked.length).toBe(1);
    await clock.advance(4_999);
    const closed = once(asked[0]!.socket, 'close');
    await clock.advance(1);
    expect(await waiting).toBe(`${host} did not answer within 5 s.`);
    await closed;
  });

  it('end a wait for the handshake, too', async () => {
    const clock = createManualClock();
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('No port.');
    const waiting = failure(fetcher({ clock })(`https://localhost:${address.port}/`));
    const [socket] = await once(server, 'connection');
    socket.resume();
    await clock.advance(5_000);
    expect(await waiting).toContain('did not answer within 5 s');
  });

  it('are those of the caller where they are narrower', async () => {
    const { url, asked } = await serve(() => {});
    const stop = new AbortController();
    const waiting = fetcher()(url, { signal: stop.signal }).catch((error) => error);
    await expect.poll(() => asked.length).toBe(1);
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await waiting).toBe(reason);
    await expect(fetcher()(url, { signal: stop.signal })).rejects.toBe(reason);
    expect(asked).toHaveLength(1);
  });

  it('leave no timer behind', async () => {
    const clock = createManualClock();
    const { url } = await serve();
    await fetcher({ clock })(url);
    await failure(fetcher({ clock, privateHosts: [] })(url));
    expect(clock.waiting).toBe(0);
  });
});
