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
  if (mayName(search, 'access_token') && new URLSearchParams(search).has('access_token')) return { kind: 'misplaced' };
  const { authorization: credentials } = request.headers;
  if (credentials !== undefined && isSentTwice(request, 'authorization')) return { kind: 'misplaced' };
  if (credentials === undefined) return { kind: 'none' };
  const token = CREDENTIALS.exec(credentials)?.[1];
  if (token !== undefined) return { kind: 'token', token };
  return { kind: /^bearer\b/i.test(credentials) ? 'malformed' : 'none' };
}

/** Reading a query takes longer than to see that it is not worth it. */
function mayName(search: string, name: string): boolean {
  return search.includes(name) || search.includes('%');
}

/** `headers` has the first of several and hides the others, which a proxy may have judged by. */
function isSentTwice({ rawHeaders }: IncomingMessage, name: string): boolean {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index];
    if (sent?.length === name.length && sent.toLowerCase() === name) times += 1;
  }
  return times > 1;
}
