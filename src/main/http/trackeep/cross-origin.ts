import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TrackeepConfig } from '../../core/config.ts';

const PREFLIGHT_SECONDS = '600';

/**
 * Whether pages of `origin` may call. `*` lets all of them in where a bearer token is needed, which a foreign page does
 * not have; where none is needed, only those that are named.
 */
export function takesOrigin(allowed: TrackeepConfig['corsOrigins'], origin: string, needsToken: boolean): boolean {
  // Never `null`, the origin of sandboxed frames and files: everybody can have that.
  if (allowed === '*') return needsToken && /^https?:\/\//.test(origin);
  return allowed.includes(origin);
}

/** Lets the page that asks read the answer (the Fetch standard's CORS protocol). The guards have let it in. */
export function shareWithOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('vary', 'Origin');
  if (headers.origin !== undefined) response.setHeader('access-control-allow-origin', headers.origin);
}

export function answerPreflight(response: ServerResponse, methods: string): void {
  response.writeHead(204, {
    allow: methods,
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'authorization, content-type, if-none-match',
    'access-control-max-age': PREFLIGHT_SECONDS,
  });
  response.end();
}
