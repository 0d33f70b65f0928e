/**
 * A resource server's address in the one form that is compared (RFC 8707 §2): scheme and host in lower case, no
 * default port, no slash at the end. Clients write the same server both ways.
 *
 * @returns null for what cannot name one: no absolute http or https address, a fragment, a user name; plain http
 *   anywhere but on this machine, where a token would cross the network readable
 */
export function canonicalResource(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return null;
  if (url.hash !== '' || text.includes('#') || url.username !== '' || url.password !== '') return null;
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) return null;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}

/** Whether `hostname`, as a parsed URL gives it, is this machine (RFC 8252 §7.3, and the name that people type). */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
