import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Of one connection only, or no longer true afterwards. */
const LEFT_OUT = ['host', 'connection', 'content-length', 'proxy-connection', 'accept-encoding'];

/**
 * Has the server `behind` answer a request, and gives its answer as one of the server `as`: for what stands before an
 * emulated GitHub under another address. Takes requests to a proxy (RFC 9112 §3.2.2), too.
 */
export async function handOn(
  request: IncomingMessage,
  response: ServerResponse,
  { behind, as }: { behind: string; as: string },
): Promise<void> {
  const { method = 'GET', headers } = request;
  const { pathname, search } = new URL(request.url ?? '/', behind);
  const kept = Object.entries(headers).filter(([name]) => !LEFT_OUT.includes(name));
  const answer = await fetch(`${behind}${pathname}${search}`, {
    method,
    headers: new Headers(kept.map(([name, value]) => [name, String(value)])),
    body: method === 'GET' || method === 'HEAD' ? null : await buffer(request),
    redirect: 'manual',
  });
  const text = await answer.text();
  const scopes = answer.headers.get('x-oauth-scopes');
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'text/plain',
    ...(scopes === null ? {} : { 'x-oauth-scopes': scopes }),
  });
  response.end(text.replaceAll(behind, as));
}
