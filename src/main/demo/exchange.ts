import type { IncomingHttpHeaders } from 'node:http';

/** One request to the emulated GitHub, its body already read. */
export interface Exchange {
  readonly method: string;
  /** Without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What is sent back. A body that is an iterable is streamed; when it throws, the connection breaks off there. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** The named parameters of a request: a form or JSON body over the query, as GitHub reads them. */
export function parametersOf(exchange: Exchange): URLSearchParams {
  const parameters = new URLSearchParams(exchange.query);
  const text = Buffer.from(exchange.body).toString('utf8');
  const type = exchange.headers['content-type'] ?? '';
  if (type.includes('json')) {
    for (const [name, value] of Object.entries(jsonObject(text))) {
      if (value !== null && value !== undefined) parameters.set(name, String(value));
    }
  } else if (type.includes('application/x-www-form-urlencoded') || type === '') {
    for (const [name, value] of new URLSearchParams(text)) parameters.set(name, value);
  }
  return parameters;
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? { ...value } : {};
  } catch {
    return {};
  }
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export function html(status: number, page: string): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body: page };
}

export function redirect(location: string): Answer {
  return { status: 302, headers: { location, 'cache-control': 'no-store' } };
}

/** An answer of the OAuth endpoints: JSON where the caller accepts it, a form otherwise. */
export function oauthAnswer(exchange: Exchange, fields: Record<string, string | number>, status = 200): Answer {
  const headers = { 'cache-control': 'no-store' };
  if (exchange.headers.accept?.includes('json')) return json(status, fields, headers);
  const form = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  return {
    status,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: form.toString(),
  };
}

/** An OAuth error the way GitHub sends it: with status 200 (unlike RFC 6749 §5.2). */
export function oauthError(exchange: Exchange, error: string, description: string): Answer {
  return oauthAnswer(exchange, {
    error,
    error_description: description,
    error_uri: `https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors#${error}`,
  });
}
