import type { Clock, Timer } from './clock.ts';
import { AppError } from './errors.ts';
import { toHttpError } from './http-error.ts';
import { trustSystemAuthorities } from './system-trust.ts';

/** The bounds of one exchange, its body included. */
export interface HttpLimits {
  /** From the call to the last byte, ms; null: as long as it takes. 15 s unless told. */
  totalMs?: number | null;
  /** The longest silence, ms; null: none of its own. None unless told: for downloads, beside `totalMs: null`. */
  idleMs?: number | null;
  /** The largest body, bytes after decompression. 10 MB unless told. */
  maxBytes?: number;
}

export interface HttpInit extends RequestInit {
  limits?: HttpLimits;
}

/** `fetch`, with bounds of one's own where the usual ones do not fit. */
export type HttpFetch = (input: string | URL | Request, init?: HttpInit) => Promise<Response>;

export interface HttpClientOptions {
  clock: Clock;
  /** Sent where the caller names none. */
  userAgent: string;
  timeoutMs?: number;
  maxBytes?: number;
}

const MOST_REDIRECTS = 5;
/** All that goes along to another origin: it asks for the same thing, but learns nothing of who asks. */
const CARRIED_ACROSS_ORIGINS = ['accept', 'accept-language', 'if-range', 'range', 'user-agent'];

/**
 * `fetch` towards the outside: bounded in time and size, trusting whom the operating system trusts, with its failures
 * told apart. What the answer says, its status included, is the caller's business.
 *
 * Redirects are followed for GET and HEAD, and take no credentials to another origin. Any other method gets the
 * redirect as its answer: its body may hold a secret (a code, a refresh token), and no provider has a reason to send
 * that elsewhere.
 *
 * @returns throws AppError `offline`, `tls_untrusted` or `provider_error`, from the call as from reading the body; what
 *   the caller's own signal aborts rejects with that signal's reason
 */
export function createHttpClient({
  clock,
  userAgent,
  timeoutMs = 15_000,
  maxBytes = 10_000_000,
}: HttpClientOptions): HttpFetch {
  let trusting = false;
  // Node passes an abort on through each Request only while somebody holds that Request. One that was collected while
  // its body was still coming could neither be stopped nor time out any more.
  const underWay = new Set<Request>();

  return async (input, init = {}) => {
    const { limits = {}, ...rest } = init;
    const asked = new Request(input, rest);
    const { host, protocol } = new URL(asked.url);
    if (protocol === 'https:' && !trusting) {
      trustSystemAuthorities();
      trusting = true;
    }
    const bounds = { totalMs: timeoutMs, idleMs: null, maxBytes, ...limits };
    const held: Request[] = [];
    const hold = (request: Request) => {
      held.push(request);
      underWay.add(request);
    };
    hold(asked);
    const deadline = startDeadline(clock, host, bounds, () => {
      for (const request of held) underWay.delete(request);
    });
    const translate = (error: unknown) => {
      deadline.end();
      return asked.signal.aborted ? asked.signal.reason : toHttpError(error, host);
    };

    try {
      const request = new Request(asked, { signal: AbortSignal.any([asked.signal, deadline.signal]) });
      if (!request.headers.has('user-agent')) request.headers.set('user-agent', userAgent);
      const answer = await follow(request, hold);
      deadline.touch();
      if (answer.body === null) deadline.end();
      return bounded(answer, { host, maxBytes: bounds.maxBytes, deadline, translate });
    } catch (error) {
      throw translate(error);
    }
  };
}

async function follow(request: Request, hold: (request: Request) => void): Promise<Response> {
  hold(request);
  if (request.redirect !== 'follow') return fetch(request);
  let current = new Request(request, { redirect: 'manual' });
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    hold(current);
    const answer = await fetch(current);
    const target = redirectTarget(current, answer);
    if (target === null) return answer;
    await answer.body?.cancel();
    const { method, signal } = current;
    current = new Request(target, { method, signal, redirect: 'manual', headers: headersFor(target, current) });
  }
  throw new AppError('provider_error', `${new URL(request.url).host} redirects without end.`);
}

/** @returns null where the answer is the one to give back */
function redirectTarget(request: Request, answer: Response): URL | null {
  const location = answer.headers.get('location');
  if (!['GET', 'HEAD'].includes(request.method) || location === null) return null;
  if (![301, 302, 303, 307, 308].includes(answer.status)) return null;
  const from = new URL(request.url);
  const target = URL.parse(location, from);
  if (target === null || !['http:', 'https:'].includes(target.protocol)) {
    throw new AppError('provider_error', `${from.host} redirects to something that is no address.`);
  }
  if (from.protocol === 'https:' && target.protocol !== 'https:') {
    throw new AppError('provider_error', `${from.host} redirects to an address that is not encrypted.`);
  }
  return target;
}

function headersFor(target: URL, { url, headers }: Request): Headers {
  if (new URL(url).origin === target.origin) return headers;
  return new Headers([...headers].filter(([name]) => CARRIED_ACROSS_ORIGINS.includes(name)));
}

interface Deadline {
  readonly signal: AbortSignal;
  /** Something arrived. */
  touch(): void;
  end(): void;
}

function startDeadline(
  clock: Clock,
  host: string,
  { totalMs, idleMs }: Required<HttpLimits>,
  ended: () => void,
): Deadline {
  const controller = new AbortController();
  const arm = (ms: number | null): Timer | null =>
    ms === null
      ? null
      : clock.after(ms, () => {
          controller.abort(new AppError('offline', `${host} did not answer within ${Math.round(ms / 1_000)} s.`));
          ended();
        });
  const total = arm(totalMs);
  let idle = arm(idleMs);
  return {
    signal: controller.signal,
    touch() {
      idle?.cancel();
      idle = arm(idleMs);
    },
    end() {
      total?.cancel();
      idle?.cancel();
      ended();
    },
  };
}

interface Bounding {
  host: string;
  maxBytes: number;
  deadline: Deadline;
  /** Ends the deadline. */
  translate(error: unknown): unknown;
}

/** The same answer; reading its body fails where it grows past the bound or takes too long. */
function bounded(answer: Response, { host, maxBytes, deadline, translate }: Bounding): Response {
  const { body, status, statusText, headers, url } = answer;
  if (body === null) return answer;
  const reader = body.getReader();
  let received = 0;
  const counted = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            deadline.end();
            controller.close();
            return;
          }
          deadline.touch();
          received += value.byteLength;
          if (received > maxBytes) {
            throw new AppError('provider_error', `${host} answered with more than ${maxBytes} bytes.`);
          }
          controller.enqueue(value);
        } catch (error) {
          controller.error(translate(error));
          await reader.cancel(error).catch(() => undefined);
        }
      },
      async cancel(reason) {
        deadline.end();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const copy = new Response(counted, { status, statusText, headers });
  // The constructor has no way to say where an answer came from; Octokit reads it.
  return Object.defineProperty(copy, 'url', { value: url });
}
