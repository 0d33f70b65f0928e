import type { IncomingMessage } from 'node:http';

/**
 * What a request brings to be authorized with:
 * - `none`: nothing that is ours to judge; another scheme counts as nothing (RFC 6750 §3.1)
 * - `malformed`: something that cannot be a token
 * - `misplaced`: a token in the address, where logs and histories keep it, or more than one of them
 */
export type Presented = { kind: 'token'; token: string } | { kind: 'none' | 'malformed' | 'misplaced' };

/** `b64token` (RFC 6750 §2.1). The scheme's name is not case-sensitive (RFC 9110 §11.1). */
const CREDENTIALS = /^bearer +([\w.~+/-]+=*)$/i;

/**
 * The bearer token of a request, from its header and from nowhere else (RFC 6750 §2.1; MCP, "Access Token Usage").
 *
 * @param search the query string without its question mark
 */
export function bearerTokenOf(request: IncomingMessage, search: string): Presented {
  if (search !== '' && new URLSearchParams(search).has('access_token')) return { kind: 'misplaced' };
  // `headers.authorization` is the first of several and hides the others, which a proxy may have judged by.
  const [credentials, second] = request.headersDistinct.authorization ?? [];
  if (second !== undefined) return { kind: 'misplaced' };
  if (credentials === undefined || !/^bearer\b/i.test(credentials)) return { kind: 'none' };
  const token = CREDENTIALS.exec(credentials)?.[1];
  return token === undefined ? { kind: 'malformed' } : { kind: 'token', token };
}
