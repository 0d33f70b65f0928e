import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** A certificate authority that nobody trusts by default, as a proxy that inspects TLS has one. */
export interface PrivateAuthority {
  /** Its certificate, PEM. */
  readonly certificatePath: string;
  /**
   * An HTTPS server that shows a certificate of this authority for `localhost`.
   * @param answer by default 200 "hello"
   */
  serve(answer?: RequestListener): Promise<string>;
}

/** Needs the openssl program: Node can read certificates, but not make them. */
export function createPrivateAuthority(): PrivateAuthority {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Private authority',
  );
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...signing);

  return {
    certificatePath: at('ca.pem'),
    async serve(answer = (_request, response) => response.end('hello')) {
      const identity = { key: readFileSync(at('server.key')), cert: readFileSync(at('server.pem')) };
      const server = createServer(identity, answer);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      return `https://localhost:${(server.address() as AddressInfo).port}/`;
    },
  };
}
