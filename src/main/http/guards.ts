/**
 * Loopback is hostile. Every web page the person visits can send requests to 127.0.0.1, a rebound DNS name makes them
 * same-origin with us, and other users of the machine reach the port as well. These rules run on the bare request, in
 * front of every handler; what they refuse, no other code ever sees.
 */
import { AppError } from '../core/errors.ts';

/**
 * Whose pages may call. `own`: pages that this listener served. `loopback`: pages of any local http origin as well,
 * for endpoints that developer tools in a browser tab call themselves. A page from elsewhere is let in only by a rule of
 * the mount's own, which goes by what the person has configured.
 */
export type OriginRule = 'own' | 'loopback' | ((origin: string) => boolean);

/** What the rules need to know of a request. */
export interface Arrival {
  /** The request target as sent (RFC 9112 §3.2). */
  target: string;
  /** All `Host` headers; a valid request has one. */
  hosts: readonly string[];
  /** The `Origin` header; several arrive joined by commas and so match nothing. */
  origin: string | undefined;
  /** The `Sec-Fetch-Site` header: browsers send it, and pages cannot forge it. */
  fetchSite: string | undefined;
}

/** What a mount asks of the requests it takes. */
export interface Admission {
  origins: OriginRule;
  /** Takes calls only from a page of this very origin: for what no other site has a reason to load or link to. */
  sameOriginOnly: boolean;
}

/** The names this listener answers to, made once its port is known. */
export interface OwnNames {
  hosts: ReadonlySet<string>;
  origins: ReadonlySet<string>;
}

/**
 * @param port the port that was opened, not the one that was asked for
 */
export function ownNames(port: number): OwnNames {
  // [::1] has no listener of ours, but an address that some tools print for "localhost" must not end in a riddle.
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  // Clients leave the default port out (RFC 9110 §4.2.1).
  const hosts = names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  return { hosts: new Set(hosts), origins: new Set(hosts.map((host) => `http://${host}`)) };
}

/**
 * Judges a request by its head alone.
 *
 * @returns null to let it pass, or the AppError to answer with: `host_refused` or `origin_refused`, both 403
 */
export function judge(arrival: Arrival, admission: Admission, own: OwnNames): AppError | null {
  return checkTarget(arrival) ?? checkHost(arrival, own) ?? checkOrigin(arrival, admission, own);
}

/**
 * Only the origin-form. The absolute-form is for proxies, and a second place to name a host is a second place to lie:
 * with it, what a router sees and what the Host rule sees could differ.
 */
function checkTarget({ target }: Arrival): AppError | null {
  if (target.charCodeAt(0) === SLASH) return null;
  return new AppError('host_refused', 'Trackeep Tray is not a proxy: the request names more than a path.');
}

const SLASH = 0x2f;

/** A DNS name that was rebound to 127.0.0.1 gives itself away here: the browser sends the name, not the address. */
function checkHost({ hosts }: Arrival, own: OwnNames): AppError | null {
  const [host] = hosts;
  if (host !== undefined && hosts.length === 1 && (own.hosts.has(host) || own.hosts.has(host.toLowerCase())))
    return null;
  return new AppError('host_refused', 'This address does not belong to Trackeep Tray.');
}

function checkOrigin({ origin, fetchSite }: Arrival, { origins, sameOriginOnly }: Admission, own: OwnNames) {
  if (origin !== undefined && !own.origins.has(origin) && !isAdmitted(origin, origins)) {
    return new AppError('origin_refused', 'This is not open to other web pages.');
  }
  // "none" is the person's own doing, such as a bookmark. All ports of 127.0.0.1 are one "site", so "same-site" may be
  // any other program of this machine and is no better than "cross-site".
  if (sameOriginOnly && fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') {
    return new AppError('origin_refused', 'This is open only to the pages of Trackeep Tray.');
  }
  return null;
}

function isAdmitted(origin: string, rule: OriginRule): boolean {
  if (typeof rule === 'function') return rule(origin);
  return rule === 'loopback' && isLoopbackOrigin(origin);
}

/**
 * Whether `origin` is a local http server's, on any port. Spelled out rather than parsed: a parser repairs what it
 * reads (`http://127.1`, a trailing dot), and a browser never sends an origin that needs repair.
 */
function isLoopbackOrigin(origin: string): boolean {
  return /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::[1-9]\d{0,4})?$/.test(origin);
}
