/**
 * What the specifications of docs/conformance.md ask for and no other spec shows, one group for each of them.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { MCP_SCOPES } from '../../src/main/mcp/tool-scopes.ts';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import {
  approve,
  authorizationRequest,
  openApprovalPage,
  openBrowser,
  post,
  REDIRECT_URI,
  redeem,
  refresh,
  register,
  signIn,
} from '../support/oauth-client.ts';
import { createPrivateAuthority } from '../support/private-authority.ts';

const SERVER = 'http://127.0.0.1:7000/mcp';
const DISTANT_SERVER = 'https://mcp.example.test';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const CONFIDENTIAL = { id: 'build-server', secret: 'q3Vd8sLw0Zr5tYb1Xc7Nf2Hk9Mj4Pg6A' };
const BY_SECRET = { authorization: `Basic ${btoa(`${CONFIDENTIAL.id}:${CONFIDENTIAL.secret}`)}` };

let folder: string;
let lab: IssuerLab;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tt-conformance-'));
  const clientsFile = join(folder, 'clients.json');
  const client = {
    client_id: CONFIDENTIAL.id,
    client_secret: CONFIDENTIAL.secret,
    client_name: 'Build server',
    redirect_uris: [REDIRECT_URI],
  };
  await writeFile(clientsFile, JSON.stringify([client]), { mode: 0o600 });
  lab = await openIssuerLab({
    config: { introspectionToken: INTROSPECTION_TOKEN, clientsFile, registrationsPerHour: 1_000 },
    resourceServers: [SERVER, DISTANT_SERVER],
  });
});
afterAll(async () => {
  await lab.close();
  await rm(folder, { recursive: true, force: true });
});

const read = async (path: string) => (await fetch(lab.address + path)).json();
const signedIn = (options: Parameters<typeof signIn>[2] = {}) => signIn(lab.address, lab.issuer.approvals, options);
const introspect = (token: string, extra: Record<string, string> = {}, secret = INTROSPECTION_TOKEN) =>
  post(`${lab.address}/introspect`, { token, ...extra }, { authorization: `Bearer ${secret}` });
const revoke = (token: string, clientId: string, extra: Record<string, string> = {}) =>
  post(`${lab.address}/revoke`, { token, client_id: clientId, ...extra });
const userinfo = (token: string) => fetch(`${lab.address}/userinfo`, { headers: { authorization: `Bearer ${token}` } });

/** The code of an approved request, and its verifier. */
async function codeFor(options: Parameters<typeof authorizationRequest>[1]) {
  const { url, verifier } = authorizationRequest(lab.address, options);
  const back = await approve(openBrowser(), url, lab.issuer.approvals);
  return { back, verifier, code: back.searchParams.get('code') ?? '' };
}

describe('MCP authorization', () => {
  it('finds the same metadata at every place where clients look for it (RFC 8414 §3, §5)', async () => {
    const oauth = await read('/.well-known/oauth-authorization-server');
    const openid = await read('/.well-known/openid-configuration');
    expect(oauth.issuer).toBe(lab.address);
    expect(openid).toEqual(oauth);
    for (const path of [
      '/.well-known/oauth-authorization-server/mcp',
      '/.well-known/openid-configuration/mcp',
      '/mcp/.well-known/openid-configuration',
      '/mcp/.well-known/oauth-authorization-server',
    ]) {
      await expect(read(path)).resolves.toEqual(oauth);
    }
  });

  it('names S256, iss, metadata documents and registration in that metadata', async () => {
    await expect(read('/.well-known/openid-configuration')).resolves.toMatchObject({
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
      registration_endpoint: `${lab.address}/register`,
      response_types_supported: ['code'],
      device_authorization_endpoint: `${lab.address}/device/code`,
      introspection_endpoint: `${lab.address}/introspect`,
      revocation_endpoint: `${lab.address}/revoke`,
    });
  });

  it('authenticates a client that has a secret, and gives it no refresh token', async () => {
    const { code, verifier } = await codeFor({ clientId: CONFIDENTIAL.id });
    const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: REDIRECT_URI };
    const without = await post(`${lab.address}/token`, { ...grant, client_id: CONFIDENTIAL.id });
    expect(without).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    const withSecret = await post(`${lab.address}/token`, grant, BY_SECRET);
    expect(withSecret.status).toBe(200);
    expect(withSecret.body).not.toHaveProperty('refresh_token');
  });

  it('shows on the approval page where the answer goes, and that a name is only a claim', async () => {
    const { client_id: clientId } = (await register(lab.address, { client_name: 'Known editor' })).body;
    const { page } = await openApprovalPage(openBrowser(), authorizationRequest(lab.address, { clientId }).url);
    expect(page).toContain('calls itself “Known editor”');
    expect(page).toMatch(/The answer goes to [^.]*127\.0\.0\.1/);
    expect(page).toContain('The name is what the program says of itself.');
  });

  it('names no scope that is no matter of the resource: not offline_access', () => {
    expect(MCP_SCOPES).not.toContain('offline_access');
  });

  it('takes a resource with capitals in scheme and host, and with a slash at its end', async () => {
    const { tokens } = await signedIn({ resource: 'HTTPS://MCP.Example.Test/' });
    expect(decodeJwt(tokens.access_token).aud).toBe(DISTANT_SERVER);
  });
});

describe('client ID metadata documents', () => {
  /**
   * Puts a document on a server.
   * @param document for its own address, or the text to answer with
   */
  async function publish(document: (clientId: string) => object | string, headers: Record<string, string> = {}) {
    const authority = createPrivateAuthority();
    tls.setDefaultCACertificates([
      ...tls.getCACertificates('default'),
      readFileSync(authority.certificatePath, 'utf8'),
    ]);
    let fetched = 0;
    const address = await authority.serve((_request, response) => {
      fetched += 1;
      const body = document(clientId);
      response.writeHead(200, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    const clientId = `${address}editor.json`;
    const guest = await openIssuerLab({ config: { metadataPrivateHosts: ['localhost'] } });
    onTestFinished(() => guest.close());
    return { clientId, guest, fetched: () => fetched };
  }

  const good = (clientId: string) => ({
    client_id: clientId,
    client_name: 'Hosted editor',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  });

  it('describe a client that never registered, and are fetched once for as long as they say', async () => {
    const { clientId, guest, fetched } = await publish(good, { 'cache-control': 'max-age=3600' });
    const { tokens } = await signIn(guest.address, guest.issuer.approvals, { clientId });
    expect(decodeJwt(tokens.access_token).client_id).toBe(clientId);
    expect(await guest.issuer.clients.list()).toContainEqual(
      expect.objectContaining({ id: clientId, kind: 'metadata_document', name: 'Hosted editor' }),
    );
    expect((await refresh(guest.address, clientId, tokens.refresh_token ?? '')).status).toBe(200);
    expect(fetched()).toBe(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_700_000 });
    try {
      await openApprovalPage(openBrowser(), authorizationRequest(guest.address, { clientId }).url);
      expect(fetched()).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ['is that of another client', (clientId: string) => ({ ...good(clientId), client_id: `${clientId}x` })],
    ['has no redirect address', (clientId: string) => ({ ...good(clientId), redirect_uris: [] })],
    ['has another redirect address', (clientId: string) => ({ ...good(clientId), redirect_uris: ['http://[::1]/'] })],
    [
      'has a redirect address that no client may register',
      (clientId: string) => ({
        ...good(clientId),
        application_type: 'web',
        redirect_uris: [REDIRECT_URI, 'http://elsewhere.test/callback'],
      }),
    ],
    [
      'has an address that runs script',
      (clientId: string) => ({ ...good(clientId), redirect_uris: [REDIRECT_URI, 'javascript:alert(1)'] }),
    ],
    ['holds a secret', (clientId: string) => ({ ...good(clientId), client_secret: 'x'.repeat(40) })],
    ['is no JSON', () => 'client_id=x'],
    ['is no object', () => '[]'],
  ])('end the request on a page of ours when the document %s', async (_what, document) => {
    const { clientId, guest } = await publish(document);
    const { away, response } = await openBrowser().follow(authorizationRequest(guest.address, { clientId }).url);
    expect(away).toBeNull();
    expect(response.status).toBe(400);
    expect(await guest.issuer.approvals.list()).toEqual([]);
  });

  it('may leave out a name, and then the page says that there is none', async () => {
    const { clientId, guest } = await publish((id) => ({ client_id: id, redirect_uris: [REDIRECT_URI] }));
    const { page } = await openApprovalPage(openBrowser(), authorizationRequest(guest.address, { clientId }).url);
    expect(page).toContain('<h1>A program asks for access</h1>');
  });

  it('are not fetched from the inside of a network, unless the person allows the host', async () => {
    const { clientId, fetched } = await publish(good);
    const { away, response } = await openBrowser().follow(authorizationRequest(lab.address, { clientId }).url);
    expect([away, response.status, fetched()]).toEqual([null, 400, 0]);
  });
});

describe('RFC 7591, registration', () => {
  it('needs no authorization, and answers 201 with all that was registered', async () => {
    const { status, headers, body } = await register(lab.address, { client_uri: 'https://editor.test/' });
    expect(status).toBe(201);
    expect(headers.get('content-type')).toContain('application/json');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({
      client_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      client_id_issued_at: expect.any(Number),
      client_name: 'Test editor',
      client_uri: 'https://editor.test/',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    });
  });

  it('ignores what it does not know, a software statement among it', async () => {
    const { status, body } = await register(lab.address, { favourite_colour: 'green', software_statement: 'a.b.c' });
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('favourite_colour');
    expect(body).not.toHaveProperty('software_statement');
  });

  it('makes every client public, whatever it asked for', async () => {
    const { body } = await register(lab.address, { token_endpoint_auth_method: 'client_secret_basic' });
    expect(body).toMatchObject({ token_endpoint_auth_method: 'none' });
    expect(body).not.toHaveProperty('client_secret');
  });

  it('refuses grant types and response types that do not go together', async () => {
    await expect(register(lab.address, { response_types: ['token'] })).resolves.toMatchObject({
      status: 400,
      body: { error: 'invalid_client_metadata', error_description: expect.any(String) },
    });
  });

  it.each(['http://elsewhere.test/callback', 'javascript:alert(1)', 'https://a.test/#fragment', 'no address'])(
    'refuses the redirect address %s',
    async (uri) => {
      await expect(register(lab.address, { redirect_uris: [uri] })).resolves.toMatchObject({
        status: 400,
        body: { error: 'invalid_redirect_uri' },
      });
    },
  );

  it('takes its request as JSON and in no other form', async () => {
    await expect(
      register(lab.address, {}, { 'content-type': 'application/x-www-form-urlencoded' }),
    ).resolves.toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
  });
});

describe('RFC 7009, revocation', () => {
  it.each(['refresh_token', 'access_token'] as const)(
    'of the %s ends every token of its grant, at once',
    async (kind) => {
      const { clientId, tokens } = await signedIn();
      await expect(revoke(tokens[kind] ?? '', clientId)).resolves.toMatchObject({ status: 200 });
      expect((await userinfo(tokens.access_token)).status).toBe(401);
      await expect(refresh(lab.address, clientId, tokens.refresh_token ?? '')).resolves.toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
    },
  );

  it.each(['refresh_token', 'access_token', 'nonsense'])('finds the token also with the hint %s', async (hint) => {
    for (const kind of ['refresh_token', 'access_token'] as const) {
      const { clientId, tokens } = await signedIn();
      const answer = await revoke(tokens[kind] ?? '', clientId, { token_type_hint: hint });
      expect(answer.status).toBe(200);
      expect((await introspect(tokens.access_token)).body).toEqual({ active: false });
    }
  });

  it('of what is no token is as good as any', async () => {
    const { clientId } = await signedIn();
    for (const token of ['unknown', 'a.b.c']) {
      await expect(revoke(token, clientId)).resolves.toMatchObject({ status: 200 });
    }
  });

  it('needs to know its client, and the secret of one that has one', async () => {
    const { tokens } = await signedIn();
    await expect(revoke(tokens.access_token, 'nobody')).resolves.toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    await expect(revoke(tokens.access_token, CONFIDENTIAL.id)).resolves.toMatchObject({ status: 401 });
    expect((await userinfo(tokens.access_token)).status).toBe(200);
  });

  it('is a POST, and nothing that a link could do', async () => {
    const { status, headers } = await fetch(`${lab.address}/revoke?token=x`);
    expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });
});

describe('RFC 7662, introspection', () => {
  it('tells of an access token what the token says', async () => {
    const { clientId, tokens } = await signedIn({ resource: SERVER, scope: 'openid updates:read' });
    const { iss, sub, iat, exp, jti } = decodeJwt(tokens.access_token);
    const { status, headers, body } = await introspect(tokens.access_token);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      ...{ active: true, iss, sub, iat, exp, jti, aud: SERVER, client_id: clientId },
      ...{ scope: 'openid updates:read', token_type: 'Bearer' },
    });
  });

  it('finds the token whatever the hint says, and a refresh token too', async () => {
    const { tokens } = await signedIn();
    for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
      for (const hint of ['access_token', 'refresh_token', 'nonsense']) {
        expect((await introspect(token, { token_type_hint: hint })).body).toMatchObject({ active: true });
      }
    }
  });

  it('says nothing of a token that is not good but that it is not', async () => {
    const { clientId, tokens } = await signedIn();
    await revoke(tokens.access_token, clientId);
    const [head, body, signature = ''] = tokens.access_token.split('.');
    const forged = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    for (const token of [tokens.access_token, tokens.refresh_token ?? '', tokens.id_token ?? '', forged, 'unknown']) {
      await expect(introspect(token)).resolves.toMatchObject({ status: 200 });
      expect((await introspect(token)).body).toEqual({ active: false });
    }
  });

  it('looks at the time', async () => {
    const { tokens } = await signedIn();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + (tokens.expires_in + 60) * 1000 });
    try {
      expect((await introspect(tokens.access_token)).body).toEqual({ active: false });
    } finally {
      vi.useRealTimers();
    }
  });

  it('answers only who presents the token for it', async () => {
    const { tokens } = await signedIn();
    for (const secret of ['wrong', tokens.access_token]) {
      const { status, headers } = await introspect(tokens.access_token, {}, secret);
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
    expect((await fetch(`${lab.address}/introspect?token=x`)).status).toBe(405);
  });
});

describe('RFC 8252, native apps', () => {
  it.each([
    ['http://127.0.0.1:1/callback', 'http://127.0.0.1:54321/callback'],
    ['http://[::1]:1/callback', 'http://[::1]:54321/callback'],
    ['http://localhost:1/callback', 'http://localhost:54321/callback'],
    ['https://editor.test/callback', 'https://editor.test/callback'],
    ['com.example.editor:/callback', 'com.example.editor:/callback'],
  ])('registered %s, a client is answered at %s', async (registered, asked) => {
    const { client_id: clientId } = (await register(lab.address, { redirect_uris: [registered] })).body;
    const { back } = await codeFor({ clientId, redirectUri: asked });
    expect(`${back}`.startsWith(`${asked}?code=`)).toBe(true);
  });

  it.each([
    ['no challenge', { code_challenge: null, code_challenge_method: null }],
    ['a plain one', { code_challenge_method: 'plain' }],
  ])('refuses a request with %s', async (_what, extra) => {
    const { client_id: clientId } = (await register(lab.address)).body;
    const { away } = await openBrowser().follow(authorizationRequest(lab.address, { clientId, extra }).url);
    expect(away?.searchParams.get('error')).toBe('invalid_request');
  });

  it('refuses a code with another verifier, or with none', async () => {
    const { client_id: clientId } = (await register(lab.address)).body;
    for (const verifier of ['x'.repeat(43), '']) {
      const { code } = await codeFor({ clientId });
      await expect(redeem(lab.address, { clientId, code, verifier })).resolves.toMatchObject({ status: 400 });
    }
  });

  it('asks the person again each time, unless they said that they need not be asked', async () => {
    const { clientId } = await signedIn();
    const { url } = authorizationRequest(lab.address, { clientId });
    expect((await openApprovalPage(openBrowser(), url)).page).toContain('approval-number');
    await signedIn({ clientId, rememberMs: 3_600_000 });
    expect((await openBrowser().follow(url)).away?.searchParams.get('code')).toBeTruthy();
  });

  it('shows its pages in no frame', async () => {
    const { client_id: clientId } = (await register(lab.address)).body;
    const { url } = authorizationRequest(lab.address, { clientId });
    const framed = await fetch(url, { headers: { 'sec-fetch-dest': 'iframe' }, redirect: 'manual' });
    expect(framed.status).toBe(403);
    const page = await openBrowser().follow(url);
    expect(page.response.headers.get('x-frame-options')).toBe('DENY');
  });
});

describe('RFC 8628, devices', () => {
  const ask = (parameters: Record<string, string> = {}) =>
    post<Record<string, string>>(`${lab.address}/device/code`, {
      ...{ client_id: 'trackeep-cli', scope: 'openid updates:read' },
      ...parameters,
    });
  const poll = (deviceCode = '') =>
    post(`${lab.address}/token`, { grant_type: DEVICE_GRANT, client_id: 'trackeep-cli', device_code: deviceCode });

  /** The person types the code and says that it is theirs. @returns where the approval page is */
  async function enter(userCode: string) {
    const browser = openBrowser();
    const secretOn = (page: string) => /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const form = (fields: Record<string, string>) =>
      browser.follow(`${lab.address}/device`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields),
      });
    const first = await (await browser.follow(`${lab.address}/device`)).response.text();
    const typed = await form({ xsrf: secretOn(first), user_code: userCode });
    const confirm = await typed.response.text();
    const go = () => form({ xsrf: secretOn(confirm), user_code: userCode, confirm: 'yes' });
    return { browser, confirm, go };
  }

  it('answers with the codes, where to type one, and for how long', async () => {
    const { status, headers, body } = await ask();
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toMatchObject({
      device_code: expect.stringMatching(/^.{40,}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${lab.address}/device`,
      verification_uri_complete: `${lab.address}/device?user_code=${body.user_code}`,
      expires_in: 600,
    });
  });

  it('lets the client wait until the person has decided, and gives it tokens once', async () => {
    const { body } = await ask();
    await expect(poll(body.device_code)).resolves.toMatchObject({
      status: 400,
      body: { error: 'authorization_pending' },
    });
    const { browser, confirm, go } = await enter((body.user_code ?? '').toLowerCase().replace('-', ' '));
    expect(confirm).toContain(body.user_code);
    expect(confirm).toContain('Go on only if you started this yourself');
    const shown = await go();
    const number = Number(/id="approval-number">(\d\d)</.exec(await shown.response.text())?.[1]);
    const waiting = (await lab.issuer.approvals.list()).find(({ way }) => way === 'device');
    expect(waiting).toMatchObject({ client: { id: 'trackeep-cli' }, redirectHost: null });
    await lab.issuer.approvals.approve({ id: waiting?.id ?? '', number, rememberMs: null });
    await browser.follow(`${shown.url}/continue`);
    await expect(poll(body.device_code)).resolves.toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', refresh_token: expect.any(String) },
    });
    await expect(poll(body.device_code)).resolves.toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('tells the client that the person said no', async () => {
    const { body } = await ask();
    const { browser, go } = await enter(body.user_code ?? '');
    const shown = await go();
    const waiting = (await lab.issuer.approvals.list()).find(({ way }) => way === 'device');
    await lab.issuer.approvals.deny(waiting?.id ?? '');
    await browser.follow(`${shown.url}/continue`);
    await expect(poll(body.device_code)).resolves.toMatchObject({ status: 400, body: { error: 'access_denied' } });
  });

  it('tells the client that nobody came in time', async () => {
    const { body } = await ask();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    try {
      await expect(poll(body.device_code)).resolves.toMatchObject({ status: 400, body: { error: 'expired_token' } });
    } finally {
      vi.useRealTimers();
    }
  });

  it('knows no code of another client', async () => {
    const { body } = await ask();
    const other = await register(lab.address, { grant_types: [DEVICE_GRANT], redirect_uris: [], response_types: [] });
    await expect(
      post(`${lab.address}/token`, {
        grant_type: DEVICE_GRANT,
        client_id: other.body.client_id,
        device_code: body.device_code ?? '',
      }),
    ).resolves.toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('refuses a parameter that comes twice, and overlooks one that it does not know', async () => {
    const twice = await post(`${lab.address}/device/code`, 'client_id=trackeep-cli&scope=openid&scope=openid');
    expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    await expect(ask({ colour: 'green' })).resolves.toMatchObject({ status: 200 });
  });
});

describe('RFC 8707, resources', () => {
  it.each(['http://127.0.0.1:7000/mcp#part', 'mcp', 'http://unknown.test/mcp', 'http://127.0.0.1:7999/mcp'])(
    'refuses to be asked for %s, without asking the person',
    async (resource) => {
      const { client_id: clientId } = (await register(lab.address)).body;
      const { away } = await openBrowser().follow(authorizationRequest(lab.address, { clientId, resource }).url);
      expect(away?.searchParams.get('error')).toBe('invalid_target');
    },
  );

  it('gives a token for the resource that was asked for, and for our MCP server where none was', async () => {
    for (const [resource, audience] of [
      [SERVER, SERVER],
      [undefined, `${lab.address}/mcp`],
    ] as const) {
      const { clientId, tokens } = await signedIn(resource === undefined ? {} : { resource });
      expect(decodeJwt(tokens.access_token).aud).toBe(audience);
      const renewed = await refresh(lab.address, clientId, tokens.refresh_token ?? '', { resource: audience });
      expect(decodeJwt(renewed.body.access_token).aud).toBe(audience);
    }
  });

  it.each([null, '', 'of:nobody'])('refuses a request for the scope %j, and names the reason', async (scope) => {
    const { client_id: clientId } = (await register(lab.address)).body;
    const { away } = await openBrowser().follow(authorizationRequest(lab.address, { clientId, extra: { scope } }).url);
    expect(away?.searchParams.get('error')).toBe('invalid_scope');
  });

  it('says which scopes the token has where they are fewer than was asked for', async () => {
    const { tokens } = await signedIn({ scope: 'openid updates:read of:nobody' });
    expect(tokens.scope).toBe('openid updates:read');
  });
});

describe('RFC 9068, access tokens', () => {
  it('can be checked with nothing but the metadata', async () => {
    const { clientId, tokens } = await signedIn({ resource: SERVER, scope: 'openid updates:read' });
    const { jwks_uri: keys, issuer } = await read('/.well-known/oauth-authorization-server');
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, createRemoteJWKSet(new URL(keys)), {
      ...{ issuer, audience: SERVER, typ: 'at+jwt' },
      requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id'],
    });
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toMatchObject({ client_id: clientId, scope: 'openid updates:read' });
    expect(payload.sub).not.toBe(clientId);
  });

  it('has one key for each of ES256 and RS256, and shows the private half of none', async () => {
    const { keys } = await read('/jwks');
    expect(keys.map(({ alg }: { alg: string }) => alg).sort()).toEqual(['ES256', 'RS256']);
    for (const key of keys) for (const secret of ['d', 'p', 'q', 'k']) expect(key).not.toHaveProperty(secret);
  });

  it('is told from an ID token of the same issuer, which no resource takes', async () => {
    const { tokens } = await signedIn();
    expect(decodeProtectedHeader(tokens.id_token ?? '').typ).not.toBe('at+jwt');
    expect((await userinfo(tokens.id_token ?? '')).status).toBe(401);
  });

  it('is refused unsigned, signed by another key, changed, for another issuer, and after its time', async () => {
    const { tokens } = await signedIn();
    const [head, body, signature = ''] = tokens.access_token.split('.');
    const claims = decodeJwt(tokens.access_token);
    const header = decodeProtectedHeader(tokens.access_token);
    const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
    const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const wrong = [
      `${json({ ...header, alg: 'none' })}.${body}.`,
      await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'ES256' }).sign(privateKey),
      `${head}.${json({ ...claims, scope: 'openid token:github' })}.${signature}`,
      `${head}.${json({ ...claims, iss: 'http://127.0.0.1:1' })}.${signature}`,
    ];
    for (const token of wrong) {
      const answer = await userinfo(token);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + (tokens.expires_in + 60) * 1000 });
    try {
      expect((await userinfo(tokens.access_token)).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('RFC 9207, the issuer in answers', () => {
  it('stands beside the code', async () => {
    const { client_id: clientId } = (await register(lab.address)).body;
    const { back } = await codeFor({ clientId });
    expect(back.searchParams.get('iss')).toBe(lab.address);
    expect(back.searchParams.get('iss')).toBe((await read('/.well-known/oauth-authorization-server')).issuer);
  });

  it('stands beside an error, be it of the request or the word of the person', async () => {
    const { client_id: clientId } = (await register(lab.address)).body;
    const wrong = authorizationRequest(lab.address, { clientId, resource: 'http://127.0.0.1:7999/mcp' });
    expect((await openBrowser().follow(wrong.url)).away?.searchParams.get('iss')).toBe(lab.address);

    const browser = openBrowser();
    const before = new Set((await lab.issuer.approvals.list()).map(({ id }) => id));
    const shown = await openApprovalPage(browser, authorizationRequest(lab.address, { clientId }).url);
    const waiting = (await lab.issuer.approvals.list()).find(({ id }) => !before.has(id));
    await lab.issuer.approvals.deny(waiting?.id ?? '');
    const { away } = await browser.follow(`${shown.url}/continue`);
    expect(away?.searchParams.get('error')).toBe('access_denied');
    expect(away?.searchParams.get('iss')).toBe(lab.address);
  });
});
