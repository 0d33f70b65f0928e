import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';

/** How long a login link is good for. Long enough to switch to the browser, too short to be found in a scrollback. */
const TOKEN_LIFETIME_MS = 5 * 60_000;
/** A session that nobody uses ends. */
const IDLE_MS = 7 * 24 * 3_600_000;
/** A session ends even when it is used, so that a stolen one does not live for ever. */
const LIFETIME_MS = 30 * 24 * 3_600_000;
/** More than one person needs; the oldest goes when another comes, so that memory stays bounded. */
const MOST_TOKENS = 16;
const MOST_SESSIONS = 16;

/** What a browser holds after a login. */
export interface Credentials {
  /** The whole `Set-Cookie` value. */
  cookie: string;
  /** Goes into local storage, and from there into the header `x-trackeep-key` of every call. */
  key: string;
}

/** A logged-in browser. */
export interface Session {
  /** Aborts when the session ends, whichever way; open event streams end with it. */
  readonly ended: AbortSignal;
}

export interface UiSessions {
  /** @returns a token that opens one session, once, within five minutes */
  createToken(): string;
  /** @throws AppError `session_required` when the token is unknown, used or too old */
  login(token: string): Credentials;
  /** @throws AppError `session_required` unless both halves of a living session are there */
  check(headers: IncomingHttpHeaders): Session;
  /** @returns the `Set-Cookie` value that makes the browser forget its half */
  logout(session: Session): string;
  /** Ends every session. */
  close(): void;
}

interface Held extends Session {
  keyHash: Buffer;
  since: number;
  lastUsed: number;
  end: () => void;
}

/**
 * The web UI's logins. A browser proves itself with two halves:
 *
 * - a cookie, out of reach for scripts, but sent by the browser to *every* port of 127.0.0.1: whoever runs any local
 *   web server gets it from a visitor;
 * - a key in local storage, which belongs to this port alone and is sent as a header, which no foreign page can set.
 *
 * Neither is worth anything without the other. Both are kept as hashes and in memory only: a session ends with the app,
 * and nothing on the disk can be turned into one. The price, one `trackeep open` after a restart, is small.
 *
 * @param parts.port part of the cookie's name, so that two instances on one machine do not log each other out
 */
export function createUiSessions({ clock, port }: { clock: Clock; port: () => number }): UiSessions {
  /** SHA-256 of the token to the time it ends. */
  const tokens = new Map<string, number>();
  /** SHA-256 of the cookie's value to the session, the oldest login first. */
  const sessions = new Map<string, Held>();

  const cookieName = () => `trackeep_session_${port()}`;
  const attributes = 'Path=/ui; HttpOnly; SameSite=Strict';
  const alive = ({ since, lastUsed }: Held) => {
    const now = clock.now();
    return now < since + LIFETIME_MS && now < lastUsed + IDLE_MS;
  };
  const drop = (id: string) => {
    const session = sessions.get(id);
    sessions.delete(id);
    session?.end();
  };
  const dropOldest = (map: Map<string, unknown>, most: number, remove: (id: string) => void) => {
    for (const id of map.keys()) {
      if (map.size < most) return;
      remove(id);
    }
  };

  return {
    createToken() {
      dropOldest(tokens, MOST_TOKENS, (id) => tokens.delete(id));
      const token = newSecret();
      tokens.set(digest(token), clock.now() + TOKEN_LIFETIME_MS);
      return token;
    },

    login(token) {
      // Looked up by its hash: how long the search takes tells nothing about the token.
      const id = digest(token);
      const expires = tokens.get(id);
      tokens.delete(id);
      if (expires === undefined || clock.now() >= expires) {
        throw new AppError('session_required', 'This link was used before, or is older than five minutes.');
      }
      dropOldest(sessions, MOST_SESSIONS, drop);
      const cookie = newSecret();
      const key = newSecret();
      const now = clock.now();
      const controller = new AbortController();
      sessions.set(digest(cookie), {
        keyHash: Buffer.from(digest(key), 'base64url'),
        since: now,
        lastUsed: now,
        ended: controller.signal,
        end: () => controller.abort(),
      });
      return { cookie: `${cookieName()}=${cookie}; Max-Age=${LIFETIME_MS / 1000}; ${attributes}`, key };
    },

    check(headers) {
      const cookie = readCookie(headers.cookie, cookieName());
      const key = headers['x-trackeep-key'];
      if (cookie !== null && typeof key === 'string') {
        const id = digest(cookie);
        const session = sessions.get(id);
        if (session && !alive(session)) drop(id);
        else if (session && timingSafeEqual(Buffer.from(digest(key), 'base64url'), session.keyHash)) {
          session.lastUsed = clock.now();
          return session;
        }
      }
      throw new AppError('session_required', 'You are not logged in here, or no longer.');
    },

    logout(session) {
      for (const [id, held] of sessions) if (held === session) drop(id);
      return `${cookieName()}=; Max-Age=0; ${attributes}`;
    },

    close() {
      tokens.clear();
      for (const id of [...sessions.keys()]) drop(id);
    },
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function digest(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** The value of one cookie (RFC 6265 §4.2.1), or null. Of several with the same name the first counts. */
function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined) return null;
  for (const pair of header.split(';')) {
    const cut = pair.indexOf('=');
    if (cut > 0 && pair.slice(0, cut).trim() === name) return pair.slice(cut + 1).trim();
  }
  return null;
}
