import { isLoopbackHost } from '../../shared/resources.ts';

/**
 * Schemes that a browser acts on itself instead of handing the address to a program: as a redirect address they would
 * run script or read files. The rest of the private-use schemes belong to editors and agents (RFC 8252 §7.1).
 */
const REFUSED_SCHEMES = new Set([
  'about:',
  'blob:',
  'data:',
  'file:',
  'filesystem:',
  'ftp:',
  'javascript:',
  'mailto:',
  'vbscript:',
  'view-source:',
  'ws:',
  'wss:',
]);

/**
 * RFC 8252 §7.3, and the name that clients use all the same. As it is written, and not as a parser reads it: 0x7f.1 is
 * 127.0.0.1 to a browser, but no program writes it so that has nothing to hide.
 */
const PLAIN_LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?:[:/?]|$)/i;

/**
 * Whether a client may register `text` as a redirect address: https anywhere, http on this machine, or a scheme of a
 * program's own (RFC 8252 §7, RFC 9700 §4.1.1).
 *
 * @returns null, or what is wrong with it
 */
export function checkRedirectUri(text: unknown): string | null {
  if (typeof text !== 'string') return 'is not a text';
  if (text.length > 2048) return 'is longer than 2048 characters';
  // A parser drops some of these without a word, and then what was checked is not what is sent.
  if (/[^\x21-\x7e]|\\/.test(text)) return 'holds a space, a backslash or a character outside ASCII';
  const url = URL.parse(text);
  if (url === null) return 'is not an absolute address';
  if (text.includes('#')) return 'holds a fragment';
  if (url.username !== '' || url.password !== '') return 'holds a user name';
  if (url.protocol === 'http:') {
    return PLAIN_LOOPBACK.test(text) ? null : 'is plain http to another place than 127.0.0.1, [::1] or localhost';
  }
  if (url.protocol === 'https:') {
    return isLoopbackHost(url.hostname) ? 'is https to this machine: use http' : null;
  }
  return REFUSED_SCHEMES.has(url.protocol) ? `has the scheme ${url.protocol.slice(0, -1)}` : null;
}

/** Where a redirect address leads, for a person to read: the host, or the scheme of a program's own, such as cursor: */
export function redirectHost(text: string): string {
  const url = URL.parse(text);
  if (url === null) return text.slice(0, 100);
  return ['http:', 'https:'].includes(url.protocol) ? url.host : url.protocol;
}

/**
 * The form of a redirect host that an approval is bound to. A program on this machine takes another port each time it
 * runs (RFC 8252 §7.3), so there the port says nothing.
 */
export function boundRedirectHost(text: string): string {
  const url = URL.parse(text);
  return url !== null && url.protocol === 'http:' && isLoopbackHost(url.hostname) ? url.hostname : redirectHost(text);
}
