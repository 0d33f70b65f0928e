import tls from 'node:tls';

/**
 * Adds the certificate authorities of the operating system to Node's own list, for every connection of this process
 * that is made from now on. Node brings a list of its own: behind a proxy that inspects TLS, where the browser works
 * because an administrator put the proxy's authority into the system's store, Node alone would fail.
 * `NODE_EXTRA_CA_CERTS` belongs to the default list and stays. Only added, never replaced: a system with an empty store
 * (a small container) keeps what Node brings.
 *
 * Reading the store takes tens of milliseconds, so it is for the first request and not for the start. A store that
 * cannot be read changes nothing: whoever needed it gets `tls_untrusted`, which names the remedy.
 */
export function trustSystemAuthorities(): void {
  const known = tls.getCACertificates('default');
  const missing = new Set(systemAuthorities());
  for (const certificate of known) missing.delete(certificate);
  if (missing.size > 0) tls.setDefaultCACertificates([...known, ...missing]);
}

function systemAuthorities(): string[] {
  try {
    return tls.getCACertificates('system');
  } catch {
    return [];
  }
}
