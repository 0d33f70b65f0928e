import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { IssuerConfig } from '../../src/main/core/config.ts';
import { openIssuerLab } from '../support/issuer-lab.ts';
import {
  authorizationRequest,
  openApprovalPage,
  openBrowser,
  post,
  REDIRECT_URI,
  refresh,
  signIn,
} from '../support/oauth-client.ts';
import { askWell } from '../support/oauth-fault.ts';
import { createPrivateAuthority } from '../support/private-authority.ts';

interface Published {
  status?: number;
  headers?: Record<string, string>;
  /** Beside what every document has, or in its place. */
  document?: object;
  text?: string;
}

/** A client whose document stands on a server of this machine, and an issuer that may read it. */
async function publish(published: Published = {}, config: Partial<IssuerConfig> = {}) {
  const authority = createPrivateAuthority();
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(authority.certificatePath, 'utf8')]);
  let now = published;
  const asked: string[] = [];
  const site = await authority.serve(({ url }, response) => {
    asked.push(url ?? '');
    const { status = 200, headers = {}, document = {}, text } = now;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    const whole = {
      client_id: clientId,
      client_name: 'Hosted editor',
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'none',
      ...document,
    };
    response.end(text ?? JSON.stringify(whole));
  });
  const clientId = `${site}editor.json`;
  const lab = await openIssuerLab({ config: { metadataPrivateHosts: ['localhost'], ...config } });
  onTestFinished(() => lab.close());
  return {
    ...{ lab, site, clientId, asked },
    republish(next: Published) {
      now = next;
    },
    /** What the browser of the person gets for a request of the client. */
    ask: (id = clientId) => openBrowser().follow(authorizationRequest(lab.address, { clientId: id }).url),
    listed: async () => (await lab.issuer.clients.list()).find(({ id }) => id === clientId),
  };
}

function pass(ms: number) {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
  onTestFinished(() => void vi.useRealTimers());
}

it('a client is let in by its document, and shown by the name and the host that stand there', async () => {
  const { lab, clientId, listed } = await publish();
  const shown = await openApprovalPage(openBrowser(), authorizationRequest(lab.address, { clientId }).url);
  expect(shown.page).toContain('calls itself “Hosted editor”');
  expect(await lab.issuer.approvals.list()).toMatchObject([
    { client: { id: clientId, kind: 'metadata_document', name: 'Hosted editor' }, redirectHost: '127.0.0.1' },
  ]);
  expect(await listed()).toMatchObject({
    kind: 'metadata_document',
    name: 'Hosted editor',
    redirectHosts: ['127.0.0.1'],
    grants: [],
  });
});

it('a document is read once by many requests at once, and again when its time is over', async () => {
  const { ask, asked } = await publish({ headers: { 'cache-control': 'public, max-age=600' } });
  await Promise.all(Array.from({ length: 10 }, () => ask()));
  expect(asked).toHaveLength(1);
  pass(590_000);
  await ask();
  expect(asked).toHaveLength(1);
  pass(20_000);
  await ask();
  expect(asked).toHaveLength(2);
});

it('a document that must not be kept is kept for half a minute, so that nobody can make us hammer its host', async () => {
  const { ask, asked } = await publish({ headers: { 'cache-control': 'no-store' } });
  await ask();
  pass(20_000);
  await ask();
  expect(asked).toHaveLength(1);
  pass(20_000);
  await ask();
  expect(asked).toHaveLength(2);
});

it('a document that changes counts as it is now', async () => {
  const { ask, republish, listed } = await publish();
  await ask();
  republish({ document: { client_name: 'Renamed editor' } });
  pass(31_000);
  await ask();
  expect(await listed()).toMatchObject({ name: 'Renamed editor' });

  republish({ document: { redirect_uris: ['http://127.0.0.1/elsewhere'] } });
  pass(31_000);
  const { response, away } = await ask();
  expect([response.status, away]).toEqual([400, null]);
});

it('a failure to read it is not kept', async () => {
  const { ask, republish } = await publish({ status: 500 });
  expect((await ask()).response.status).toBe(400);
  republish({});
  expect((await ask()).response.status).toBe(200);
});

it.each<[string, Published]>([
  ['leads elsewhere', { status: 302, headers: { location: '/other.json' } }],
  ['is missing', { status: 404 }],
  ['is too long', { document: { client_uri: `https://a.test/${'x'.repeat(70_000)}` } }],
  ['is for another address', { document: { client_id: 'https://localhost/other.json' } }],
  ['wants a secret', { document: { token_endpoint_auth_method: 'client_secret_basic' } }],
  ['tells a secret', { document: { client_secret: 'x'.repeat(40) } }],
  ['has its redirect address in clear text elsewhere', { document: { redirect_uris: ['http://a.test/callback'] } }],
  ['is none', { text: '<!doctype html>' }],
])('a client whose document %s is told invalid_client or invalid_client_metadata, and no more', async (_what, what) => {
  const { lab, ask, asked, clientId } = await publish(what);
  const { response, away } = await ask();
  expect([response.status, away]).toEqual([400, null]);
  expect(await lab.issuer.approvals.list()).toEqual([]);
  const answer = await askWell(`${lab.address}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', client_id: clientId }),
  });
  expect(answer.error).toMatch(/^(?:invalid_client(?:_metadata)?|invalid_redirect_uri)$/);
  expect(asked).not.toContain('/other.json');
});

it('what cannot be the address of a document is not asked for', async () => {
  const { site, ask, asked } = await publish();
  for (const id of [
    site.replace('https:', 'http:'),
    site.replace('https://', 'https://someone@'),
    `${site}editor.json#part`,
    `${site}a/../editor.json`,
    `${site}%2e%2e/editor.json`,
    `${site}edi\ttor.json`,
  ]) {
    const { response, away } = await ask(id);
    expect([response.status, away]).toEqual([400, null]);
  }
  expect(asked).toEqual([]);
});

it.each<[string, Partial<IssuerConfig>]>([
  ['in a private network that the person did not allow', { metadataPrivateHosts: [] }],
  ['at another port than the one that the person allowed', { metadataPrivateHosts: ['localhost:1'] }],
  ['anywhere, where documents are switched off', { metadataDocuments: false }],
])('a document %s is not asked for', async (_what, config) => {
  const { ask, asked } = await publish({}, config);
  const { response, away } = await ask();
  expect([response.status, away, asked]).toEqual([400, null, []]);
});

it('a client with a document refreshes, is revoked, removed, and may ask again', async () => {
  const { lab, clientId, listed, ask } = await publish();
  const { tokens } = await signIn(lab.address, lab.issuer.approvals, { clientId });
  const next = await refresh(lab.address, clientId, tokens.refresh_token ?? '');
  expect(next.status).toBe(200);
  expect((await listed())?.grants).toHaveLength(1);

  await post(`${lab.address}/revoke`, { token: next.body.access_token, client_id: clientId });
  expect((await refresh(lab.address, clientId, next.body.refresh_token ?? '')).body.error).toBe('invalid_grant');
  await lab.issuer.clients.remove(clientId);
  expect(await listed()).toBeUndefined();
  expect((await ask()).response.status).toBe(200);
  expect(await listed()).toMatchObject({ name: 'Hosted editor' });
});

it('keeps the tokens of a client that was let in while its document cannot be had', async () => {
  const { lab, clientId, republish } = await publish();
  const { tokens } = await signIn(lab.address, lab.issuer.approvals, { clientId });
  republish({ status: 503, text: 'down' });
  const later = await lab.restart();
  onTestFinished(() => later.close());
  expect((await refresh(later.address, clientId, tokens.refresh_token ?? '')).status).toBe(200);
});

it('lets in nobody whose document cannot be had and who was never let in', async () => {
  const { lab, ask, republish } = await publish();
  republish({ status: 503, text: 'down' });
  const { response, away } = await ask();
  expect(away).toBeNull();
  expect(response.status).toBe(400);
  expect(await lab.issuer.approvals.list()).toEqual([]);
});
