import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { digest } from './digest.ts';

const NINETY_DAYS_S = 90 * 24 * 3_600;

/**
 * A mark by which a browser is known again, where the system does not tell whose connection it is: what the person wants
 * to be remembered is then given only to the browser it was agreed to in. It is no proof of who sits there.
 */
export interface BrowserMark {
  /** SHA-256 of the mark, hex; null for a browser without one. */
  read(request: IncomingMessage): string | null;
  /** Marks a browser that has none yet. @returns as `read` */
  leave(request: IncomingMessage, response: ServerResponse): string;
}

/** @param issuer the issuer identifier: a cookie for this machine goes to every port of it, so the name holds the port */
export function createBrowserMark(issuer: string): BrowserMark {
  const name = `trackeep_browser_${new URL(issuer).port}`;
  const read: BrowserMark['read'] = ({ headers }) => {
    const pair = headers.cookie?.split(/;\s*/).find((text) => text.startsWith(`${name}=`));
    return pair === undefined ? null : digest(pair.slice(name.length + 1));
  };
  return {
    read,
    leave(request, response) {
      const known = read(request);
      if (known !== null) return known;
      const mark = randomBytes(32).toString('base64url');
      response.appendHeader(
        'set-cookie',
        `${name}=${mark}; Path=/approve; HttpOnly; SameSite=Lax; Max-Age=${NINETY_DAYS_S}`,
      );
      return digest(mark);
    },
  };
}
