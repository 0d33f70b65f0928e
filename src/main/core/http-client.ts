import tls from 'node:tls';
import type { Clock } from './clock.ts';
import { AppError } from './errors.ts';

const TIMEOUT_MS = 15_000;
const MOST_BYTES = 10 * 1024 * 1024;
const MOST_REDIRECTS = 5;

export interface HttpClientOptions {
  clock: Clock;
  userAgent: string;
  /** For the whole exchange, body included, in ms. */
  timeoutMs?: number;
  /** The largest body that is accepted. */
  maxBytes?: number;
}

/**
 * `fetch` for requests to other machines: bounded in time and size, trusting whom the operating system trusts, its
 * failures told apart. The answer's status is the caller's business.
 *
 * @returns a function with the signature of `fetch`, which throws AppError `offline` (nobody answered), `tls_untrusted`
 *   (somebody else did, or a proxy whose certificate is not trusted) or `provider_error` (the answer is too large)
 */
export function createHttpClient({
  clock,
  userAgent,
  timeoutMs = TIMEOUT_MS,
  maxBytes = MOST_BYTES,
}: HttpClientOptions): typeof fetch {
  return async (input, init = {}) => {
    trustTheSystem();
    const request = new Request(input, init);
    const timeout = new AbortController();
    const timer = clock.after(timeoutMs, () => timeout.abort(new Error(`no answer within ${timeoutMs} ms`)));
    const signal = AbortSignal.any([timeout.signal, request.signal]);
    try {
      const headers = new Headers(request.headers);
      if (!headers.has('user-agent')) headers.set('user-agent', userAgent);
      const answer = await follow(new Request(request, { headers, signal }));
      return await bounded(answer, maxBytes, () => timer.cancel());
    } catch (error) {
      timer.cancel();
      if (request.signal.aborted) throw request.signal.reason;
      throw describe(error, new URL(request.url).host);
    }
  };
}

/**
 * Redirects are followed here and not by `fetch`, so that the credentials of one origin provably never reach another.
 */
async function follow(request: Request): Promise<Response> {
  if (request.redirect !== 'follow') return fetch(request);
  let current = new Request(request, { redirect: 'manual' });
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const answer = await fetch(current.clone());
    const location = answer.headers.get('location');
    if (location === null || ![301, 302, 303, 307, 308].includes(answer.status)) return answer;
    await answer.body?.cancel();
    const from = new URL(current.url);
    const to = new URL(location, from);
    if (from.protocol === 'https:' && to.protocol !== 'https:') {
      throw new AppError('provider_error', `${from.host} redirects to an address that is not encrypted.`);
    }
    const headers = new Headers(current.headers);
    if (to.origin !== from.origin) for (const name of ['authorization', 'cookie']) headers.delete(name);
    // RFC 9110 §15.4: 303 always becomes a GET; 301 and 302 do for POST, as all clients treat them.
    const becomesGet = answer.status === 303 || (answer.status < 303 && current.method === 'POST');
    current = becomesGet
      ? new Request(to, { headers, signal: current.signal, redirect: 'manual' })
      : new Request(to, new Request(current, { headers }));
  }
  throw new AppError('provider_error', `${new URL(request.url).host} redirects without end.`);
}

/** The same answer with a body that fails once it grows past the bound, and calls `done` when it has ended. */
async function bounded(answer: Response, maxBytes: number, done: () => void): Promise<Response> {
  const { body, status, statusText, headers } = answer;
  const host = answer.url === '' ? 'The provider' : new URL(answer.url).host;
  const tooLarge = () => new AppError('provider_error', `${host} answered with more than ${maxBytes} bytes.`);
  if (Number(headers.get('content-length') ?? 0) > maxBytes) {
    await body?.cancel();
    throw tooLarge();
  }
  if (body === null) {
    done();
    return answer;
  }
  let received = 0;
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        received += chunk.byteLength;
        if (received > maxBytes) controller.error(tooLarge());
        else controller.enqueue(chunk);
      },
      flush: done,
    }),
  );
  const copy = new Response(counted, { status, statusText, headers });
  Object.defineProperty(copy, 'url', { value: answer.url });
  return copy;
}

/** OpenSSL's words for "I do not trust whoever answered" (Node's tls error codes). */
const TLS_CODES =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT|ERR_SSL_|INVALID_CA|HOSTNAME_MISMATCH|EPROTO$)/;

function describe(error: unknown, host: string): AppError {
  if (error instanceof AppError) return error;
  const causes = [error, ...causesOf(error)];
  const known = causes.find((cause) => cause instanceof AppError);
  if (known instanceof AppError) return known;
  const untrusted = causes.some((cause) => TLS_CODES.test(codeOf(cause)));
  if (untrusted) {
    return new AppError('tls_untrusted', `The connection to ${host} is not trusted by this machine.`, { cause: error });
  }
  return new AppError('offline', `${host} cannot be reached.`, { cause: error });
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let at = error; at instanceof Error && at.cause !== undefined && causes.length < 5; at = at.cause) {
    causes.push(at.cause);
  }
  return causes;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * Adds the operating system's certificate authorities to Node's own, once. Node brings a list of its own, so behind a
 * proxy that inspects TLS, where the browser works, it would not. Late, because reading the store takes time that a
 * start does not have; `NODE_EXTRA_CA_CERTS` is part of the default list and stays.
 */
function trustTheSystem(): void {
  const current = tls.getCACertificates('default');
  const missing = new Set(tls.getCACertificates('system')).difference(new Set(current));
  if (missing.size > 0) tls.setDefaultCACertificates([...current, ...missing]);
}
