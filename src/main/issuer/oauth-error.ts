import type { ServerResponse } from 'node:http';

/**
 * Answers with an error in the form of RFC 6749 §5.2, which RFC 7591, 7009 and 7662 share.
 *
 * @param description for the client's developer; never holds what was sent
 */
export function sendOAuthError(
  response: ServerResponse,
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(response, status, { error, error_description: description }, headers);
}

/** Answers with JSON that must not be kept by anybody (RFC 6749 §5.1). */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(text);
}
