import { request as rawRequest } from 'node:http';
import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import {
  approve,
  authorizationRequest,
  openApprovalPage,
  openBrowser,
  REDIRECT_URI,
  redeem,
  refresh,
  register,
  type TokenAnswer,
} from '../support/oauth-client.ts';
import { askWell, faultOfError } from '../support/oauth-fault.ts';
import { recordPrinted } from '../support/printed.ts';

const FORM = 'application/x-www-form-urlencoded';
const VERIFIER = 'v'.repeat(43);

let lab: IssuerLab;
let clientId: string;
let printed: ReturnType<typeof recordPrinted>;
beforeAll(async () => {
  printed = recordPrinted();
  lab = await openIssuerLab({ config: { introspectionToken: INTROSPECTION_TOKEN, registrationsPerHour: 1_000 } });
  clientId = (await register(lab.address)).body.client_id;
});
afterAll(async () => {
  await lab.close();
  printed.stop();
  expect(printed.lines).toEqual([]);
  expect(lab.log.filter((line) => /^(?:error|warn) /.test(line))).toEqual([]);
});

const send = (path: string, init: RequestInit = {}) => askWell(lab.address + path, { method: 'POST', ...init });
const sendForm = (path: string, body: string, headers: Record<string, string> = {}) =>
  send(path, { body, headers: { 'content-type': FORM, ...headers } });

describe('the token endpoint', () => {
  it.each([
    ['nothing', '', 400, 'invalid_request'],
    ['no client', 'grant_type=authorization_code&code=x', 400, 'invalid_request'],
    ['no grant type', 'client_id=CLIENT', 400, 'invalid_request'],
    ['a client that is not known', 'grant_type=refresh_token&refresh_token=x&client_id=nobody', 401, 'invalid_client'],
    ['a client with a zero byte', 'grant_type=refresh_token&refresh_token=x&client_id=%00', 401, 'invalid_client'],
    ['a secret that nobody gave out', 'grant_type=x&client_id=CLIENT&client_secret=x', 401, 'invalid_client'],
    ['a password', 'grant_type=password&username=a&password=b&client_id=CLIENT', 400, 'unsupported_grant_type'],
    ['the client for the person', 'grant_type=client_credentials&client_id=CLIENT', 400, 'unsupported_grant_type'],
    ['a grant type of no one', 'grant_type=__proto__&client_id=CLIENT', 400, 'unsupported_grant_type'],
    [
      'a grant type that the client did not register for',
      'grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=x&client_id=CLIENT',
      ...([400, 'unauthorized_client'] as const),
    ],
    ['no code', 'grant_type=authorization_code&client_id=CLIENT', 400, 'invalid_request'],
    [
      'a made-up code',
      `grant_type=authorization_code&client_id=CLIENT&code=x&code_verifier=${VERIFIER}`,
      400,
      'invalid_grant',
    ],
    ['no refresh token', 'grant_type=refresh_token&client_id=CLIENT', 400, 'invalid_request'],
    [
      'a made-up refresh token',
      'grant_type=refresh_token&client_id=CLIENT&refresh_token=%ff%00x',
      400,
      'invalid_grant',
    ],
    [
      'a parameter twice',
      'grant_type=refresh_token&client_id=CLIENT&refresh_token=x&refresh_token=y',
      400,
      'invalid_request',
    ],
    [
      'a client twice',
      'grant_type=refresh_token&refresh_token=x&client_id=CLIENT&client_id=CLIENT',
      400,
      'invalid_request',
    ],
    ['half an escape', 'grant_type=%&client_id=CLIENT&%zz=%', 400, 'unsupported_grant_type'],
  ])('answers %s', async (_what, form, status, error) => {
    const answer = await sendForm('/token', form.replaceAll('CLIENT', clientId));
    expect([answer.status, answer.error]).toEqual([status, error]);
  });

  it.each([
    ['no secret', 'Basic', 'invalid_request'],
    ['no base64', 'Basic !!!', 'invalid_request'],
    ['no colon', `Basic ${btoa('client')}`, 'invalid_request'],
    ['half an escape', `Basic ${btoa('%zz:%zz')}`, 'invalid_request'],
    ['another scheme', 'Digest x', 'invalid_request'],
    ['a token', 'Bearer x', 'invalid_request'],
    ['the secret of nobody', `Basic ${btoa('nobody:x')}`, 'invalid_client'],
  ])('answers an authorization header with %s', async (_what, authorization, error) => {
    const answer = await sendForm('/token', 'grant_type=refresh_token&refresh_token=x', { authorization });
    expect(answer.error).toBe(error);
    // RFC 6749 §5.2: a client that tried this way is told that this way is right.
    if (error === 'invalid_client') expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense', ''])(
    'takes no body of the type "%s"',
    async (type) => {
      const body = `grant_type=refresh_token&refresh_token=x&client_id=${clientId}`;
      for (const path of ['/token', '/revoke', '/device/code', '/introspect']) {
        const headers = { 'content-type': type, authorization: `Bearer ${INTROSPECTION_TOKEN}` };
        expect(await send(path, { body, headers })).toMatchObject({ status: 400, error: 'invalid_request' });
      }
    },
  );

  it('answers a program that prefers HTML in JSON all the same', async () => {
    const answer = await sendForm('/token', '', { accept: 'text/html' });
    expect(answer).toMatchObject({ status: 400, error: 'invalid_request' });
  });
});

describe('a body that is too long', () => {
  const PATHS = ['/token', '/register', '/revoke', '/introspect', '/device/code', '/device'];

  it.each(PATHS)('is a 413 at %s, and ends the connection', async (path) => {
    const answer = await sendForm(path, `a=${'x'.repeat(64 * 1024)}`);
    expect([answer.status, answer.error]).toEqual([413, 'invalid_request']);
    expect(answer.headers.get('connection')).toBe('close');
  });

  it('is a 413 before its end has come', async () => {
    const { status, body } = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const request = rawRequest(`${lab.address}/token`, { method: 'POST', headers: { 'content-type': FORM } });
      request.once('error', reject);
      request.once('response', async (response) => {
        resolve({ status: response.statusCode, body: await readText(response) });
        request.destroy();
      });
      // Never ended.
      request.write(`a=${'x'.repeat(70_000)}`);
    });
    expect(status).toBe(413);
    expect(JSON.parse(body)).toMatchObject({ error: 'invalid_request' });
  });

  it('is refused at the head where that alone is too long', async () => {
    const { url } = authorizationRequest(lab.address, { clientId, state: 'x'.repeat(20_000) });
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(431);
  });
});

describe('a method that an endpoint does not have', () => {
  it.each([
    ['/token', 'POST, OPTIONS', ['GET', 'PUT', 'DELETE', 'PATCH']],
    ['/register', 'POST, OPTIONS', ['GET', 'PUT', 'DELETE', 'PATCH']],
    ['/revoke', 'POST, OPTIONS', ['GET', 'PUT']],
    ['/device/code', 'POST, OPTIONS', ['GET', 'PUT']],
    ['/introspect', 'POST', ['GET', 'PUT', 'OPTIONS']],
    ['/userinfo', 'GET, POST, OPTIONS', ['PUT', 'DELETE']],
    ['/jwks', 'GET, OPTIONS', ['POST', 'DELETE']],
    ['/.well-known/oauth-authorization-server', 'GET, OPTIONS', ['POST', 'PUT']],
    ['/authorize', 'GET', ['POST', 'PUT', 'DELETE', 'OPTIONS']],
    ['/approve/x', 'GET', ['POST', 'PUT', 'DELETE', 'OPTIONS']],
    ['/device', 'GET, POST', ['PUT', 'DELETE', 'OPTIONS']],
  ] as const)('at %s is a 405 that names %s', async (path, allow, methods) => {
    for (const method of methods) {
      const answer = await send(path, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    }
  });

  it.each(['/token/x', '/register/x', '/revoke/', '/.well-known/openid-configuration/x'])(
    'is no matter below an endpoint, at %s',
    async (path) => {
      expect((await fetch(lab.address + path, { method: 'POST' })).status).toBe(404);
      expect((await fetch(lab.address + path)).status).toBe(404);
    },
  );
});

describe('a code', () => {
  async function codeFor(id = clientId) {
    const { url, verifier } = authorizationRequest(lab.address, { clientId: id });
    const back = await approve(openBrowser(), url, lab.issuer.approvals);
    return { clientId: id, code: back.searchParams.get('code') ?? '', verifier };
  }
  const tokensOf = async (code: Awaited<ReturnType<typeof codeFor>>) =>
    (await redeem(lab.address, code)).body as unknown as TokenAnswer;
  const refusal = { status: 400, body: { error: 'invalid_grant' } };
  const isGood = async (token: string) => (await lab.issuer.checkAccessToken(token, null)) !== null;

  it.each([
    ['another verifier', { verifier: VERIFIER }],
    ['a verifier that is too short', { verifier: 'x' }],
    ['the challenge for the verifier', 'challenge'],
    ['another redirect address', { redirectUri: 'http://127.0.0.1:9999/callback' }],
  ] as const)('is refused with %s', async (_what, change) => {
    const { url, verifier } = authorizationRequest(lab.address, { clientId });
    const back = await approve(openBrowser(), url, lab.issuer.approvals);
    const code = { clientId, code: back.searchParams.get('code') ?? '', verifier };
    const challenge = new URL(url).searchParams.get('code_challenge') ?? '';
    const wrong = change === 'challenge' ? { verifier: challenge } : change;
    const answer = await redeem(lab.address, { ...code, ...wrong });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatch(/^invalid_(?:grant|request)$/);
    expect(answer.body).not.toHaveProperty('access_token');
  });

  it('is refused to another client, and still good for its own', async () => {
    const code = await codeFor();
    const other = (await register(lab.address)).body.client_id;
    expect(await redeem(lab.address, { ...code, clientId: other })).toMatchObject(refusal);
    expect((await redeem(lab.address, code)).status).toBe(200);
  });

  it('is refused after a minute', async () => {
    const code = await codeFor();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect(await redeem(lab.address, code)).toMatchObject(refusal);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that comes again takes back all that it gave, and what came of that', async () => {
    const code = await codeFor();
    const first = await tokensOf(code);
    const second = (await refresh(lab.address, clientId, first.refresh_token ?? '')).body;
    expect(await redeem(lab.address, code)).toMatchObject(refusal);
    for (const { access_token: token, refresh_token: next } of [first, second]) {
      expect(await isGood(token)).toBe(false);
      expect(await refresh(lab.address, clientId, next ?? '')).toMatchObject(refusal);
    }
  });

  it('that comes again takes back nothing when it is another client that brings it', async () => {
    const code = await codeFor();
    const { access_token: token } = await tokensOf(code);
    const other = (await register(lab.address)).body.client_id;
    expect(await redeem(lab.address, { ...code, clientId: other })).toMatchObject(refusal);
    expect(await isGood(token)).toBe(true);
  });

  it('that comes ten times at once gives tokens at most once', async () => {
    const code = await codeFor();
    const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(lab.address, code)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) expect(answer).toMatchObject(refusal);
  });
});

describe('the authorization endpoint', () => {
  const ask = async (extra: Record<string, string | null>, more = '') => {
    const { url } = authorizationRequest(lab.address, { clientId, extra });
    return openBrowser().follow(url + more);
  };
  /** The parameters that the client gets, wherever they stand. */
  const toldBy = (away: URL | null) => Object.fromEntries(new URLSearchParams(away?.search || away?.hash.slice(1)));

  it.each<[string, Record<string, string | null>, string]>([
    ['no PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['a challenge by no method', { code_challenge_method: null }, 'invalid_request'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['an unknown method', { code_challenge_method: 'S512' }, 'invalid_request'],
    ['a short challenge', { code_challenge: 'abc' }, 'invalid_request'],
    ['a challenge with spaces', { code_challenge: 'x y'.repeat(15) }, 'invalid_request'],
    ['no response type', { response_type: null }, 'invalid_request'],
    ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['the hybrid flow', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['an unknown response mode', { response_mode: 'jwt' }, 'unsupported_response_mode'],
    ['no question to the person', { prompt: 'none' }, 'consent_required'],
    ['no question, and a question', { prompt: 'none consent' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'shout' }, 'invalid_request'],
    ['scopes of which none is known', { scope: 'of:nobody admin' }, 'invalid_scope'],
    ['no scope', { scope: null }, 'invalid_scope'],
    ['an unknown resource', { resource: 'http://127.0.0.1:1/mcp' }, 'invalid_target'],
    ['a resource that is a script', { resource: 'javascript:alert(1)' }, 'invalid_target'],
    ['a request object', { request: 'a.b.c' }, 'request_not_supported'],
    ['the address of one', { request_uri: 'https://a.test/' }, 'request_uri_not_supported'],
    ['a negative age', { max_age: '-1' }, 'invalid_request'],
    ['a hint that is no token', { id_token_hint: 'a.b.c' }, 'invalid_request'],
  ])('tells the client that it sent %s', async (_what, extra, error) => {
    const { away } = await ask(extra);
    expect(`${away?.origin}${away?.pathname}`).toBe(REDIRECT_URI);
    const told = toldBy(away);
    expect(told).toMatchObject({ error, state: 'state-of-the-client', iss: lab.address });
    expect(faultOfError(told)).toBeNull();
    expect(await lab.issuer.approvals.list()).toEqual([]);
  });

  it.each(['state', 'scope', 'code_challenge', 'code_challenge_method', 'response_type', 'redirect_uri'])(
    'tells the client that it sent %s twice',
    async (name) => {
      const { away } = await ask({}, `&${name}=x`);
      expect(`${away?.origin}${away?.pathname}`).toBe(REDIRECT_URI);
      expect(toldBy(away)).toMatchObject({ error: 'invalid_request', iss: lab.address });
    },
  );

  it('tells the client that it sent two resources', async () => {
    const { away } = await ask({ resource: `${lab.address}/mcp` }, `&resource=${lab.address}`);
    expect(toldBy(away).error).toBe('invalid_target');
  });

  it('takes one resource under two names for one', async () => {
    const { port } = new URL(lab.address);
    const { away } = await ask({ resource: `${lab.address}/mcp` }, `&resource=http://localhost:${port}/mcp/`);
    expect(away).toBeNull();
    for (const { id } of await lab.issuer.approvals.list()) await lab.issuer.approvals.deny(id);
  });

  it.each([
    ['not known', 'nobody'],
    ['missing', ''],
    ['a zero byte', '\0'],
    ['an address of nobody', 'https://nobody.invalid/client'],
    ['an address in here', 'https://127.0.0.1/client'],
  ])('shows the person a page, and sends nothing anywhere, for a client that is %s', async (_what, id) => {
    const { url } = authorizationRequest(lab.address, { clientId: id });
    const page = await askWell(url, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('location')]).toEqual([400, null]);
    expect(page.text).not.toContain(REDIRECT_URI);
  });

  it('shows the person a page for a client that is there twice', async () => {
    const { response, away } = await ask({}, '&client_id=x');
    expect([response.status, away]).toEqual([400, null]);
  });

  it.each(['a\r\nSet-Cookie: stolen=1', '\0', '€ ü "quoted" <b>', ' leading', '%0d%0a'])(
    'gives the state %j back as it was, and in no header of its own',
    async (state) => {
      const { url } = authorizationRequest(lab.address, { clientId, state, extra: { prompt: 'none' } });
      const { response, away } = await openBrowser().follow(url);
      expect(away?.searchParams.get('state')).toBe(state);
      expect(response.headers.getSetCookie().join()).not.toContain('stolen');
    },
  );

  it('shows a name that is markup as the text that it is', async () => {
    const { body } = await register(lab.address, { client_name: '<img src=x onerror=alert(1)>"\r\nX-Header: 1' });
    const { url } = authorizationRequest(lab.address, { clientId: body.client_id });
    const { page } = await openApprovalPage(openBrowser(), url);
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    for (const { id } of await lab.issuer.approvals.list()) await lab.issuer.approvals.deny(id);
  });

  it.each([
    ['a line break in the target', 'GET /authorize?state=a\rb HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['a byte beyond ASCII in the target', 'GET /authorize?state=\xff HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['two lengths', 'POST /token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST /token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a header folded over lines', 'GET /jwks HTTP/1.1\r\nHost: HOST\r\nX-A: a\r\n b\r\n\r\n'],
  ])('survives %s', async (_what, head) => {
    const { host, hostname, port } = new URL(lab.address);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.end(Buffer.from(head.replace('HOST', host), 'latin1'));
    const answer = await readText(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 [234]\d\d /);
    expect(answer).not.toMatch(/node_modules|at /);
  });
});

describe('the page to type a code', () => {
  it('says so when the form comes without what the page gave the browser', async () => {
    const answer = await sendForm('/device', 'user_code=BBBB-BBBB&confirm=yes', { accept: 'text/html' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Open the page again');
  });

  it.each(['/device/x', '/authorize/x', '/approve/x', '/approve/x/state', '/approve/x/y/z'])(
    'leads nobody on who makes up a place, such as %s',
    async (path) => {
      const answer = await send(path, { method: 'GET', headers: { accept: 'text/html' } });
      expect([400, 404]).toContain(answer.status);
      expect(answer.headers.get('location')).toBeNull();
    },
  );
});
