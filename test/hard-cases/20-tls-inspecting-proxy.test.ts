/**
 * Hard case 20, first part: behind a proxy that inspects TLS, every server shows a certificate of the proxy's own
 * authority, which an administrator has put into the trust store of the operating system, and nowhere else.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type RequestListener, request } from 'node:http';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEMO_CLIENT, type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { startApp } from '../support/app.ts';
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

/**
 * What such a proxy does: it reads the request, and makes it again on the far side. The emulated GitHub knows itself by
 * another address than the one it is asked at here, so that is put right in its answers.
 */
function inspect(target: string): RequestListener {
  return async (incoming, response) => {
    const { method, url, headers } = incoming;
    const outgoing = request(new URL(url ?? '/', target), { method, headers: { ...headers, 'accept-encoding': '' } });
    incoming.pipe(outgoing);
    const [answer] = await once(outgoing, 'response');
    const body = (await text(answer)).replaceAll(target, `https://${headers.host}`);
    const { 'content-length': _other, 'transfer-encoding': _chunks, ...kept } = answer.headers;
    response.writeHead(answer.statusCode, kept).end(body);
  };
}

async function appBehindProxy(github: EmulatedGitHub, trust: 'trusted' | 'unknown') {
  const authority = createPrivateAuthority();
  const address = (await authority.serve(inspect(github.url))).replace(/\/$/, '');
  const app = await startApp({
    env: {
      GITHUB_URL: address,
      GITHUB_API_URL: address,
      GITHUB_CLIENT_ID: DEMO_CLIENT.clientId,
      ...(trust === 'trusted' ? { SSL_CERT_FILE: authority.certificatePath } : {}),
    },
  });
  onTestFinished(() => app.stop());
  return app;
}

describe.runIf(process.platform === 'linux')('the app behind such a proxy', () => {
  it('signs in and renews its token when the operating system trusts the proxy', async () => {
    const github = await startEmulatedGitHub({ autoApproveMs: 0, intervalSeconds: 1 });
    onTestFinished(() => github.close());
    const app = await appBehindProxy(github, 'trusted');

    expect(await app.cli('connect', 'github', '--device')).toMatchObject({ code: 0 });
    const first = (await app.cli('token', 'github')).stdout;
    github.expireTokens();
    await app.cli('updates', 'check');
    const second = (await app.cli('token', 'github')).stdout;

    expect(first).toMatch(/^ghu_/);
    expect(second).toMatch(/^ghu_/);
    expect(second).not.toBe(first);
  });

  it('says what is wrong when nobody here trusts the proxy', async () => {
    const github = await startEmulatedGitHub();
    onTestFinished(() => github.close());
    const app = await appBehindProxy(github, 'unknown');

    const { code, stdout } = await app.cli('connect', 'github', '--device', '--json');

    expect(code).toBe(1);
    expect(stdout).toContain('tls_untrusted');
    expect(github.requests).toEqual([]);
  });
});
