import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * What a page needs to send: the token and the body's type, what every revision of the protocol adds, and what the
 * clients of earlier ones do (sessions, resumption), although nothing here makes use of it.
 */
const REQUEST_HEADERS =
  'authorization, content-type, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, last-event-id';

/** Methods that a page may try: a 405 that it cannot read would look like a server that is not there. */
const REQUEST_METHODS = 'GET, POST, DELETE, HEAD, OPTIONS';

const PREFLIGHT_SECONDS = '600';

/**
 * Lets the page that asks read the answer (the Fetch standard's CORS protocol). Which pages may ask at all, those of
 * local servers, is decided by the guards; no cookie is looked at here, so no credentials are allowed.
 */
export function shareWithOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('vary', 'Origin');
  if (headers.origin === undefined) return;
  response.setHeader('access-control-allow-origin', headers.origin);
  // There are no sessions, so there is no Mcp-Session-Id to show.
  response.setHeader('access-control-expose-headers', 'WWW-Authenticate');
}

/** Answers OPTIONS: what there is, and as a preflight, what may be sent. */
export function answerOptions(response: ServerResponse, methods: string): void {
  if (response.hasHeader('access-control-allow-origin')) {
    response.setHeader('access-control-allow-methods', REQUEST_METHODS);
    response.setHeader('access-control-allow-headers', REQUEST_HEADERS);
    response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  }
  response.writeHead(204, { allow: methods }).end();
}
