import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a fake sees it. */
export interface FakeRequest {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  /** The parameters of a form or of a JSON object, as text. */
  body: URLSearchParams;
  contentType: string;
}

export interface FakeAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** An object goes out as JSON, a text as it is. */
  body?: unknown;
}

/** Instead of the next answers: another answer, silence, a connection that is cut, or the usual one after a while. */
export type Failure = FakeAnswer | 'hang' | 'reset' | { passAfter: Promise<unknown> };

export interface FakeProvider {
  readonly url: string;
  /** Every request, as `POST /oauth/token`. */
  readonly requests: string[];
  /** The next `times` requests to `path` fail so, whatever they ask. */
  fail(path: string, failure: Failure, times?: number): void;
  close(): Promise<void>;
}

/** The HTTP side of a provider that tests stand in for; its rules are `answer`. */
export async function startFakeProvider(
  answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
): Promise<FakeProvider> {
  const requests: string[] = [];
  const failures: { path: string; failure: Failure }[] = [];

  const send = (response: ServerResponse, { status = 200, headers = {}, body }: FakeAnswer) => {
    const json = typeof body === 'object';
    response.writeHead(status, { 'content-type': json ? 'application/json' : 'text/html', ...headers });
    response.end(json ? JSON.stringify(body) : body);
  };

  const server = createServer(async (incoming, response) => {
    const request = await read(incoming);
    requests.push(`${request.method} ${request.url.pathname}`);
    const index = failures.findIndex(({ path }) => path === request.url.pathname);
    const [failing] = index === -1 ? [] : failures.splice(index, 1);
    if (failing?.failure === 'hang') return;
    if (failing?.failure === 'reset') return void incoming.socket.destroy();
    if (failing === undefined) return send(response, await answer(request));
    if (!('passAfter' in failing.failure)) return send(response, failing.failure);
    await failing.failure.passAfter;
    send(response, await answer(request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail(path, failure, times = 1) {
      for (let n = 0; n < times; n += 1) failures.push({ path, failure });
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function read(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const contentType = (incoming.headers['content-type'] ?? '').split(';')[0] ?? '';
  return {
    method: incoming.method ?? '',
    url: new URL(incoming.url ?? '', 'http://fake.test'),
    headers: incoming.headers,
    body: new URLSearchParams(contentType === 'application/json' ? JSON.parse(text || '{}') : text),
    contentType,
  };
}
