import { lookup as systemLookup } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { trustSystemAuthorities } from '../core/system-trust.ts';
import { isPublicAddress, publicOnly } from './public-address.ts';

const TOTAL_MS = 5_000;
const MOST_BYTES = 64 * 1_024;
/** Statuses that a Response may not have a body with. */
const WITHOUT_BODY = [204, 205, 304];

/**
 * `fetch` for addresses that strangers name: client ID metadata documents, and the keys that these point to. Anybody who
 * can reach the issuer can make it ask, so it must not become a way into networks that only this machine can reach
 * (draft-ietf-oauth-client-id-metadata-document §6).
 *
 * It asks over https only, as nobody: nothing of what the caller sends but `accept` goes along. Every connection is new
 * and leads to a public address, or to one of `privateHosts`. Redirects are answers like any other. The whole answer is
 * there within 5 s and at most 64 kB long, or there is none.
 *
 * `dispatcher`, undici's extension that oidc-provider adds against the same danger, is not looked at: it cuts a
 * connection that is there already, and knows no exceptions.
 *
 * @param parts.privateHosts host names, or host names with a port, that may have any address
 * @param parts.lookup the resolver of the system unless told
 * @returns throws an Error that says what went wrong, with its cause; what the caller's signal aborts rejects with that
 *   signal's reason
 */
export function createMetadataFetch({
  clock,
  privateHosts,
  lookup = systemLookup,
}: {
  clock: Clock;
  privateHosts: readonly string[];
  lookup?: LookupFunction;
}): typeof fetch {
  let trusting = false;

  return async (input, init) => {
    const asked = new Request(input, init);
    const target = new URL(asked.url);
    const { host, hostname } = target;
    if (target.protocol !== 'https:') throw new Error(`${host} is not asked without TLS.`);
    if (asked.method !== 'GET') throw new Error(`${host} is only ever read from.`);
    const isPrivate = privateHosts.includes(hostname) || privateHosts.includes(`${hostname}:${target.port || 443}`);
    // Node looks up names only: an address is connected to as it stands.
    const literal = hostname.replace(/^\[|\]$/g, '');
    if (!isPrivate && isIP(literal) !== 0 && !isPublicAddress(literal))
      throw new Error(`${host} is no public address.`);
    asked.signal.throwIfAborted();

    if (!trusting) {
      trustSystemAuthorities();
      trusting = true;
    }
    const stop = new AbortController();
    const timer = clock.after(TOTAL_MS, () => stop.abort(new Error(`${host} did not answer within 5 s.`)));
    const onAbort = () => stop.abort(asked.signal.reason);
    asked.signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await ask(target, {
        accept: asked.headers.get('accept') ?? '*/*',
        lookup: isPrivate ? lookup : publicOnly(lookup),
        signal: stop.signal,
      });
    } catch (cause) {
      if (stop.signal.aborted) throw stop.signal.reason;
      throw new Error(`${host} could not be read.`, { cause });
    } finally {
      timer.cancel();
      asked.signal.removeEventListener('abort', onAbort);
    }
  };
}

function ask(
  target: URL,
  { accept, lookup, signal }: { accept: string; lookup: LookupFunction; signal: AbortSignal },
): Promise<Response> {
  return new Promise((resolve, reject) => {
    request(target, {
      // A shared one could hand out a connection that was made under other rules.
      agent: false,
      lookup,
      signal,
      rejectUnauthorized: true,
      headers: { accept, 'accept-encoding': 'identity' },
    })
      .once('response', (answer) => toResponse(answer).then(resolve, reject))
      .once('error', reject)
      .end();
  });
}

async function toResponse(answer: IncomingMessage): Promise<Response> {
  const { statusCode: status = 0, headers } = answer;
  try {
    if (Number(headers['content-length'] ?? 0) > MOST_BYTES) throw tooLong();
    // Nobody asked for it, and it could be far longer than it looks.
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw new Error('The answer is compressed.');
    const pieces: Uint8Array[] = [];
    let received = 0;
    for await (const piece of answer) {
      received += piece.byteLength;
      if (received > MOST_BYTES) throw tooLong();
      pieces.push(piece);
    }
    const body = WITHOUT_BODY.includes(status) ? null : Buffer.concat(pieces);
    return new Response(body, { status, headers: new Headers(Object.entries(answer.headersDistinct).flatMap(each)) });
  } finally {
    answer.destroy();
  }
}

function tooLong(): Error {
  return new Error(`The answer is longer than ${MOST_BYTES} bytes.`);
}

function each([name, values = []]: [string, string[] | undefined]): [string, string][] {
  return values.map((value) => [name, value]);
}
