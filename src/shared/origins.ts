import { isLoopbackHost } from './resources.ts';

/**
 * An origin (RFC 6454) in the one form that is compared: scheme and host in lower case, no default port, nothing after
 * it but perhaps a slash.
 *
 * @returns null for what is no http or https origin; plain http anywhere but on this machine, where tokens would cross
 *   the network readable
 */
export function canonicalOrigin(text: string): string | null {
  // A parser repairs what it reads: it drops tabs and line ends, and takes a backslash for a slash.
  if (!/^https?:\/\/[\w.:[\]-]+\/?$/i.test(text)) return null;
  const url = URL.parse(text);
  if (url === null || (url.protocol === 'http:' && !isLoopbackHost(url.hostname))) return null;
  return url.origin;
}
