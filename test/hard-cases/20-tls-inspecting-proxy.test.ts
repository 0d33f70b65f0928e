/**
 * Hard case 20, first part: behind a proxy that inspects TLS, every server shows a certificate of the proxy's own
 * authority, which an administrator has put into the trust store of the operating system, and nowhere else.
 */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createPrivateAuthority } from '../support/private-authority.ts';

const CHILD = resolve(import.meta.dirname, '../support/http-child.ts');

async function ask(url: string, env: Record<string, string>) {
  const inherited = { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot };
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, url], { env: { ...inherited, ...env } });
  return JSON.parse(stdout);
}

describe('an HTTP request through a proxy that inspects TLS', () => {
  // Linux keeps its store in files, and these variables say where; the stores of the others belong to the person.
  it.runIf(process.platform === 'linux')('works when the operating system trusts the proxy', async () => {
    const authority = createPrivateAuthority();
    const url = await authority.serve();

    expect(await ask(url, { SSL_CERT_FILE: authority.certificatePath })).toMatchObject({
      outcome: 'fine',
      body: 'hello',
    });
  });

  it('works when the proxy is named in NODE_EXTRA_CA_CERTS, as before', async () => {
    const authority = createPrivateAuthority();
    const url = await authority.serve();

    const answer = await ask(url, { NODE_EXTRA_CA_CERTS: authority.certificatePath });

    expect(answer).toMatchObject({ outcome: 'fine', body: 'hello' });
  });

  it('fails with tls_untrusted, naming the host, when nobody here trusts the proxy', async () => {
    const url = await createPrivateAuthority().serve();

    expect(await ask(url, {})).toMatchObject({
      outcome: {
        code: 'tls_untrusted',
        message: `This machine does not trust the certificate that ${new URL(url).host} shows.`,
        remedy: expect.stringContaining('trust store of the operating system'),
      },
      body: '',
    });
  });

  it('fails when the name in the certificate is another, however trusted its authority is', async () => {
    const authority = createPrivateAuthority();
    const url = (await authority.serve()).replace('localhost', '127.0.0.1');

    const { outcome } = await ask(url, { NODE_EXTRA_CA_CERTS: authority.certificatePath });

    expect(outcome).toMatchObject({ code: 'tls_untrusted' });
  });

  it.runIf(process.platform === 'linux')('leaves the authorities that Node brings trusted', async () => {
    const authority = createPrivateAuthority();
    const url = await authority.serve();

    const answer = await ask(url, { SSL_CERT_FILE: authority.certificatePath, SSL_CERT_DIR: '/nonexistent' });

    expect(answer.keepsBundled).toBe(true);
  });
});
