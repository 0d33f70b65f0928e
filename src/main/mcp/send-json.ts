import type { IncomingMessage, ServerResponse } from 'node:http';

/** The longest body that is read; what the largest call needs, many times over. */
export const MOST_BYTES = 256 * 1024;

/**
 * Answers with JSON that nobody may keep. Headers that were set before go with it.
 */
export function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body }: { status: number; headers?: Readonly<Record<string, string>>; body: unknown },
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    // A short body that nobody read is thrown away by Node, and the connection stays: the first request of every client
    // is refused, and must not pay with its connection. A long one is not worth reading.
    ...(mayBeLong(request) ? { connection: 'close' } : {}),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** Answers with a JSON-RPC error that belongs to no message that could be read (JSON-RPC 2.0 §5). */
export function sendRpcError(
  request: IncomingMessage,
  response: ServerResponse,
  {
    status,
    headers = {},
    code,
    message,
  }: { status: number; headers?: Record<string, string>; code: number; message: string },
): void {
  sendJson(request, response, { status, headers, body: { jsonrpc: '2.0', error: { code, message }, id: null } });
}

function mayBeLong({ complete, headers }: IncomingMessage): boolean {
  return (
    !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > MOST_BYTES)
  );
}
