import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPE_NAMES } from '../../src/shared/scopes.ts';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { approve, authorizationRequest, openBrowser, register } from '../support/oauth-client.ts';

const PLACES = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server/mcp',
  '/.well-known/openid-configuration/mcp',
  '/mcp/.well-known/openid-configuration',
  '/mcp/.well-known/oauth-authorization-server',
];
/** A developer tool in a browser tab, and a page from elsewhere. */
const LOCAL = 'http://localhost:6274';
const FOREIGN = 'https://elsewhere.test';

let lab: IssuerLab;
let clientId: string;
beforeAll(async () => {
  lab = await openIssuerLab({ config: { introspectionToken: INTROSPECTION_TOKEN } });
  clientId = (await register(lab.address)).body.client_id;
});
afterAll(() => lab.close());

const read = async (path: string, at = lab) => (await fetch(at.address + path)).json();

describe('the metadata', () => {
  it.each(PLACES)('is served at %s, as JSON', async (path) => {
    const answer = await fetch(lab.address + path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(await answer.json()).toEqual(await read(PLACES[0] ?? ''));
  });

  it('is that of the issuer under one name, whichever name was asked', async () => {
    const { port } = new URL(lab.address);
    const answer = await fetch(`http://localhost:${port}${PLACES[0]}`);
    expect((await answer.json()).issuer).toBe(lab.address);
  });

  it('says what clients go by', async () => {
    expect(await read(PLACES[0] ?? '')).toMatchObject({
      issuer: lab.address,
      response_types_supported: ['code'],
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:ietf:params:oauth:grant-type:token-exchange',
      ],
      code_challenge_methods_supported: ['S256'],
      scopes_supported: SCOPE_NAMES,
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['ES256', 'RS256']),
    });
  });

  it('names only endpoints that are there, all of them this issuer’s', async () => {
    const metadata: Record<string, unknown> = await read(PLACES[0] ?? '');
    const named = Object.entries(metadata).filter(([name]) => /_(?:endpoint|uri)$/.test(name));
    expect(named.map(([name]) => name).toSorted()).toEqual([
      'authorization_endpoint',
      'device_authorization_endpoint',
      'introspection_endpoint',
      'jwks_uri',
      'registration_endpoint',
      'revocation_endpoint',
      'token_endpoint',
      'userinfo_endpoint',
    ]);
    for (const [, url] of named) {
      expect(url).toMatch(new RegExp(`^${lab.address}/`));
      expect((await fetch(String(url), { redirect: 'manual' })).status).not.toBe(404);
    }
  });

  it('names no introspection endpoint and no metadata documents where they are off', async () => {
    const plain = await openIssuerLab({ config: { metadataDocuments: false } });
    try {
      for (const path of PLACES) {
        const metadata = await read(path, plain);
        expect(metadata).not.toHaveProperty('introspection_endpoint');
        expect(metadata.client_id_metadata_document_supported ?? false).toBe(false);
      }
      expect((await fetch(`${plain.address}/introspect`, { method: 'POST' })).status).toBe(404);
    } finally {
      await plain.close();
    }
  });
});

describe('the issuer in authorization responses (RFC 9207)', () => {
  it('stands beside a code, and beside every error that goes to the client', async () => {
    const { url } = authorizationRequest(lab.address, { clientId });
    const back = await approve(openBrowser(), url, lab.issuer.approvals);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ code: expect.any(String), iss: lab.address });

    for (const extra of [{ prompt: 'none' }, { code_challenge: null }, { scope: 'of:nobody' }, { resource: 'x:y' }]) {
      const wrong = authorizationRequest(lab.address, { clientId, extra });
      const { away } = await openBrowser().follow(wrong.url);
      expect(Object.fromEntries(away?.searchParams ?? [])).toMatchObject({
        error: expect.any(String),
        iss: lab.address,
      });
    }
  });
});

describe('pages of other origins (CORS)', () => {
  const OPEN = [
    ['GET', '/jwks'],
    ...PLACES.map((path) => ['GET', path] as const),
    ['POST', '/register'],
    ['POST', '/token'],
    ['POST', '/revoke'],
    ['POST', '/device/code'],
    ['GET', '/userinfo'],
  ] as const;
  const CLOSED = [
    ['POST', '/introspect'],
    ['GET', '/authorize'],
    ['GET', '/approve/x'],
    ['GET', '/approve/x/state'],
    ['GET', '/device'],
    ['POST', '/device'],
  ] as const;
  const ask = (method: string, path: string, headers: Record<string, string>) =>
    fetch(lab.address + path, { method, headers, redirect: 'manual' });
  const granted = ({ headers }: Response) => [
    headers.get('access-control-allow-origin'),
    headers.get('access-control-allow-credentials'),
  ];

  it.each(OPEN)('%s %s may be read by a page of this machine, without its cookies', async (method, path) => {
    const answer = await ask(method, path, { origin: LOCAL });
    expect([LOCAL, '*']).toContain(answer.headers.get('access-control-allow-origin'));
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    const preflight = await ask('OPTIONS', path, {
      origin: LOCAL,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,mcp-protocol-version',
    });
    expect([preflight.status, ...granted(preflight)]).toEqual([204, LOCAL, null]);
    expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type');
  });

  it.each([...OPEN, ...CLOSED])('%s %s is nothing for a page from elsewhere', async (method, path) => {
    for (const answer of [
      await ask(method, path, { origin: FOREIGN }),
      await ask('OPTIONS', path, { origin: FOREIGN, 'access-control-request-method': method }),
    ]) {
      expect([answer.status, ...granted(answer)]).toEqual([403, null, null]);
    }
  });

  it.each(CLOSED)('%s %s is nothing for any other page of this machine', async (method, path) => {
    for (const answer of [
      await ask(method, path, { origin: LOCAL }),
      await ask('OPTIONS', path, { origin: LOCAL, 'access-control-request-method': method }),
    ]) {
      expect([answer.status, ...granted(answer)]).toEqual([403, null, null]);
    }
  });

  it('get the pages for people in no frame and in no cache', async () => {
    const { url } = authorizationRequest(lab.address, { clientId });
    const { response } = await openBrowser().follow(url);
    for (const { headers } of [response, await fetch(`${lab.address}/device`)]) {
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toContain('no-store');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/s);
    }
  });
});
