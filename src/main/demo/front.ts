import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { Answer, Exchange } from './exchange.ts';
import { type Failure, type Failures, PROXY_PAGE } from './failures.ts';

/** What was asked, for tests that count. */
export interface SeenRequest {
  method: string;
  path: string;
  authorized: boolean;
  range: string | null;
  /** The name of a GraphQL operation. */
  operation: string | null;
  /** Null while it is not answered, and for a connection that was cut. */
  status: number | null;
}

export interface Front {
  /** Such as http://127.0.0.1:40123. */
  readonly origin: string;
  close(): Promise<void>;
}

const LARGEST_BODY = 1_000_000;

/**
 * The listener in front of everything that plays GitHub: a free port on IPv4 loopback. It writes down each request and
 * lets failures come before the real answer.
 */
export async function startFront(parts: {
  answer: (exchange: Exchange) => Promise<Answer>;
  failures: Failures;
  seen: SeenRequest[];
  clock: Clock;
}): Promise<Front> {
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = await readExchange(request);
    const seen: SeenRequest = {
      method: exchange.method,
      path: exchange.path,
      authorized: exchange.headers.authorization !== undefined,
      range: exchange.headers.range ?? null,
      operation: operationOf(exchange),
      status: null,
    };
    parts.seen.push(seen);
    const answer = await answerOrFail(exchange, parts.failures.next(exchange));
    if (answer === 'hang') return;
    if (answer === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    seen.status = answer.status;
    // Clients measure their clock, and every limit, against this header.
    response.setHeader('date', new Date(parts.clock.now()).toUTCString());
    await send(response, answer, exchange.method);
  }

  async function answerOrFail(exchange: Exchange, failure: Failure | null): Promise<Answer | 'hang' | 'reset'> {
    if (failure === null) return parts.answer(exchange);
    if (failure === 'hang' || failure === 'reset') return failure;
    if (failure === 'html') return PROXY_PAGE;
    if (failure === 'lost') {
      await parts.answer(exchange);
      return 'reset';
    }
    if ('passAfter' in failure) {
      await failure.passAfter;
      return parts.answer(exchange);
    }
    if ('answerAfter' in failure) {
      const answer = await parts.answer(exchange);
      await failure.answerAfter;
      return answer;
    }
    return failure;
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP listener has a port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readExchange(request: IncomingMessage): Promise<Exchange> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new RangeError('request body too large');
    chunks.push(chunk);
  }
  const url = new URL(request.url ?? '/', 'http://front.invalid');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks),
  };
}

function operationOf({ path, body }: Exchange): string | null {
  if (!path.endsWith('/graphql')) return null;
  return /\b(?:query|mutation)\s+(\w+)/.exec(Buffer.from(body).toString('utf8'))?.[1] ?? null;
}

async function send(response: ServerResponse, answer: Answer, method: string): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  if (answer.body === undefined || method === 'HEAD') response.end();
  else if (typeof answer.body === 'string' || answer.body instanceof Uint8Array) response.end(answer.body);
  else await stream(response, answer.body);
}

/** A body that throws breaks off: what was written still arrives, and then the connection ends before its time. */
async function stream(response: ServerResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.flushHeaders();
  try {
    for await (const chunk of body) {
      gone.signal.throwIfAborted();
      if (!response.write(chunk)) await once(response, 'drain', gone);
    }
    response.end();
  } catch {
    response.socket?.end();
  }
}
