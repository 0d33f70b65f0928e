import type { IncomingMessage } from 'node:http';
import { hasCode } from '../core/errors.ts';
import { readBytes } from '../core/request-bytes.ts';

/** Registrations with twenty redirect addresses come to a few kB. */
const MOST_BYTES = 64 * 1024;

/**
 * Reads the body of a request that the library will read as well.
 *
 * @returns null when it is longer than 64 kB
 */
export function readBody(request: IncomingMessage): Promise<Buffer | null> {
  return readBytes(request, MOST_BYTES).catch((error: unknown) => {
    if (hasCode(error, 'body_too_large')) return null;
    throw error;
  });
}

/**
 * Lets the library read `body` as the body of the request. It asks a request for `readable` and `iterator`; handing it
 * a parsed body instead works as well, but it warns on the console about that, and checks less.
 */
export function putBack(request: IncomingMessage, body: Buffer): void {
  async function* iterator() {
    yield body;
  }
  Object.defineProperties(request, { readable: { value: true }, iterator: { value: iterator } });
  delete request.headers['transfer-encoding'];
  request.headers['content-length'] = String(body.length);
}

/** The parameters of a form body; null for a body of another type (RFC 6749 Appendix B). */
export function readForm(request: IncomingMessage, body: Buffer): URLSearchParams | null {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/x-www-form-urlencoded' ? new URLSearchParams(body.toString('utf8')) : null;
}
