import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Call } from './call.ts';

/** What a page of another origin may read of an answer's head (the Fetch standard's CORS protocol). */
export const EXPOSED_HEADERS = 'ETag, Link, Retry-After, WWW-Authenticate, X-Trackeep-Data-Age, X-Trackeep-Synced-At';

interface Answer {
  body: unknown;
  /** Where the next page begins; null: this is the last. Left out: what is told is no list. */
  nextCursor?: string | null;
  /** When GitHub told the oldest of it, ISO 8601; null: that is not known. */
  asOf: string | null;
}

/**
 * Answers with what the database says. A client that has the very same already is told so instead (RFC 9110 §13.1.2):
 * the tag is a digest of the body, so it is a strong one.
 */
export function answerWith(call: Call, clock: Clock, { body, nextCursor, asOf }: Answer): void {
  const { request, response } = call;
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  const headers: Record<string, string> = {
    etag,
    // To be kept by the client alone, and not to be used without asking again.
    'cache-control': 'private, no-cache',
    ...(nextCursor === undefined ? {} : { link: linksOf(call, nextCursor) }),
    ...(asOf === null
      ? {}
      : {
          'x-trackeep-synced-at': asOf,
          'x-trackeep-data-age': String(Math.max(0, Math.floor((clock.now() - Date.parse(asOf)) / 1_000))),
        }),
  };
  if (isKnown(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** `If-None-Match` compares weakly (RFC 9110 §13.1.2). */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** RFC 8288, with addresses as the client used them: the guards have let only our own names pass. */
function linksOf({ request, path, parameters }: Call, nextCursor: string | null): string {
  const link = (cursor: string | null, rel: string) => {
    const page = new URLSearchParams(parameters);
    // It has been asked already, and the pages that follow are of the same state.
    page.delete('fresh');
    page.delete('cursor');
    if (cursor !== null) page.set('cursor', cursor);
    const search = page.size === 0 ? '' : `?${page}`;
    return `<http://${request.headers.host?.toLowerCase()}${path}${search}>; rel="${rel}"`;
  };
  return [link(null, 'first'), ...(nextCursor === null ? [] : [link(nextCursor, 'next')])].join(', ');
}
