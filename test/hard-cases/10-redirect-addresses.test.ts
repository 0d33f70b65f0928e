import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import {
  approve,
  authorizationRequest,
  openApprovalPage,
  openBrowser,
  post,
  REDIRECT_URI,
  redeem,
  register,
  signIn,
} from '../support/oauth-client.ts';

/** What an address is registered as, and what the program asks for when it has got another port today. */
const ACCEPTED = [
  ['http://127.0.0.1:3118/callback', 'http://127.0.0.1:3118/callback'],
  ['http://127.0.0.1:3118/callback', 'http://127.0.0.1:51000/callback'],
  ['http://127.0.0.1:3118/callback', 'http://127.0.0.1/callback'],
  ['http://localhost:3118/callback', 'http://localhost:51000/callback'],
  ['http://[::1]:3118/callback', 'http://[::1]:51000/callback'],
  ['http://127.0.0.1/', 'http://127.0.0.1:59656/'],
  ['http://127.0.0.1:33418', 'http://127.0.0.1:59656'],
  ['http://127.0.0.1:3118/callback?from=editor', 'http://127.0.0.1:51000/callback?from=editor'],
  ['https://vscode.dev/redirect', 'https://vscode.dev/redirect'],
  ['cursor://anysphere.cursor-mcp/oauth/callback', 'cursor://anysphere.cursor-mcp/oauth/callback'],
  ['com.example.editor:/callback', 'com.example.editor:/callback'],
] as const;

/** Against `http://127.0.0.1:3118/callback`. */
const REFUSED = [
  ['another path', 'http://127.0.0.1:3118/other'],
  ['a path below', 'http://127.0.0.1:3118/callback/more'],
  ['a slash more', 'http://127.0.0.1:3118/callback/'],
  ['the path in capitals', 'http://127.0.0.1:3118/CALLBACK'],
  ['a path that leads back', 'http://127.0.0.1:3118/callback/../other'],
  ['a path that leads there', 'http://127.0.0.1:3118/other/../callback'],
  ['an escaped path', 'http://127.0.0.1:3118/%63allback'],
  ['a query', 'http://127.0.0.1:3118/callback?next=evil'],
  ['a fragment', 'http://127.0.0.1:3118/callback#fragment'],
  ['an empty fragment', 'http://127.0.0.1:3118/callback#'],
  ['a user name', 'http://someone@127.0.0.1:3118/callback'],
  ['a user name and a password', 'http://someone:secret@127.0.0.1:3118/callback'],
  ['the host as a user name', 'http://127.0.0.1:3118@evil.test/callback'],
  ['the host as a user name, behind a backslash', 'http://127.0.0.1:3118\\@evil.test/callback'],
  ['the host with more behind it', 'http://127.0.0.1.evil.test:3118/callback'],
  ['another host', 'http://evil.test:3118/callback'],
  ['another name of this machine', 'http://localhost:3118/callback'],
  ['the other address of this machine', 'http://[::1]:3118/callback'],
  ['another address of this machine', 'http://127.0.0.2:3118/callback'],
  ['the address with a dot', 'http://127.0.0.1.:3118/callback'],
  ['the address in short', 'http://127.1:3118/callback'],
  ['the address as a number', 'http://2130706433:3118/callback'],
  ['the address in hexadecimal', 'http://0x7f.0.0.1:3118/callback'],
  ['every address', 'http://0.0.0.0:3118/callback'],
  ['https', 'https://127.0.0.1:3118/callback'],
  ['no scheme', '//127.0.0.1:3118/callback'],
  ['no address at all', 'callback'],
  ['a script', 'javascript:alert(1)'],
  ['a port that is none', 'http://127.0.0.1:99999/callback'],
  ['a port with text', 'http://127.0.0.1:31a18/callback'],
  ['a tab', 'http://127.0.0.1:3118/call\tback'],
  ['a line break', 'http://127.0.0.1:3118/callback\r\nLocation: https://evil.test/'],
  ['a space before it', ' http://127.0.0.1:3118/callback'],
  ['a zero byte', 'http://127.0.0.1:3118/callback\0'],
] as const;

describe('the address a client wants the browser to be sent back to', () => {
  let lab: IssuerLab;
  let clientId: string;
  beforeAll(async () => {
    lab = await openIssuerLab({ config: { registrationsPerHour: 1_000 } });
    clientId = (await register(lab.address)).body.client_id;
  });
  afterAll(() => lab.close());

  const registered = async (...uris: string[]) => {
    const { status, body } = await register(lab.address, { redirect_uris: uris });
    expect(status).toBe(201);
    return body.client_id;
  };

  it.each(ACCEPTED)('registered as %s is good as %s', async (known, asked) => {
    const id = await registered(known);
    const { url, verifier } = authorizationRequest(lab.address, { clientId: id, redirectUri: asked });
    const back = await approve(openBrowser(), url, lab.issuer.approvals);

    expect(back.href.startsWith(new URL(asked).href)).toBe(true);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      state: 'state-of-the-client',
      iss: lab.address,
      code: expect.any(String),
    });
    const code = back.searchParams.get('code') ?? '';
    expect((await redeem(lab.address, { clientId: id, code, verifier, redirectUri: asked })).status).toBe(200);
  });

  /** An error page for the person, from which nothing leads on, and no question to them. */
  const expectPage = async (response: Response, asked: string) => {
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(response.headers.get('refresh')).toBeNull();
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    const page = await response.text();
    expect(page).toContain('wrong address to come back to');
    expect(page).not.toMatch(/<(?:a|form|script|meta http-equiv|iframe|img)\b/);
    expect(page).not.toContain(asked);
    expect(await lab.issuer.approvals.list()).toEqual([]);
  };

  it.each(REFUSED)('ends on an error page when it has %s', async (_what, redirectUri) => {
    const { url } = authorizationRequest(lab.address, { clientId, redirectUri });
    await expectPage((await openBrowser().visit(url)).response, redirectUri);
  });

  const WRONG = 'http://127.0.0.1.evil.test:3118/callback';

  it('ends on an error page also at the start page, which old clients ask', async () => {
    const { url } = authorizationRequest(lab.address, { clientId, redirectUri: WRONG });
    await expectPage((await openBrowser().visit(url.replace('/authorize?', '/?'))).response, WRONG);
  });

  it.each([
    ['no PKCE', { code_challenge: null, code_challenge_method: null }],
    ['plain PKCE', { code_challenge_method: 'plain' }],
    ['an unknown response type', { response_type: 'token' }],
    ['an unknown response mode', { response_mode: 'web_message' }],
    ['an answer as a form', { response_mode: 'form_post' }],
    ['an answer in the fragment', { response_mode: 'fragment' }],
    ['an unknown resource', { resource: 'https://elsewhere.test' }],
    ['no question to the person', { prompt: 'none' }],
  ])('is looked at first: wrong, and with %s, it gets nothing either', async (_what, extra) => {
    const { url } = authorizationRequest(lab.address, { clientId, redirectUri: WRONG, extra });
    const { response } = await openBrowser().visit(url);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(await response.text()).not.toContain('evil.test');
  });

  it.each(['http://127.0.0.1:51000/callback', WRONG])(
    'leads nowhere new when it is there twice, with %s',
    async (also) => {
      const { url } = authorizationRequest(lab.address, { clientId });
      const { away } = await openBrowser().follow(`${url}&${new URLSearchParams({ redirect_uri: also })}`);
      // With one registered address there is no doubt where the client is told of its mistake.
      expect(`${away?.origin}${away?.pathname}`).toBe(REDIRECT_URI);
      expect(away?.searchParams.get('error')).toBe('invalid_request');
      expect(away?.searchParams.has('code')).toBe(false);
      expect(await lab.issuer.approvals.list()).toEqual([]);
    },
  );

  it.each([
    ['missing', null],
    ['empty', ''],
  ])('is the registered one when it is %s, if there is but one', async (_what, redirectUri) => {
    const { url } = authorizationRequest(lab.address, { clientId, extra: { redirect_uri: redirectUri } });
    const browser = openBrowser();
    const { url: page } = await openApprovalPage(browser, url);
    const [asked] = await lab.issuer.approvals.list();
    expect(asked).toMatchObject({ way: 'browser', redirectHost: '127.0.0.1' });
    await lab.issuer.approvals.deny(asked?.id ?? '');
    const { away } = await browser.follow(`${page}/continue`);
    expect(`${away?.origin}${away?.pathname}`).toBe(REDIRECT_URI);
  });

  it('ends on an error page when it is missing, and there are several', async () => {
    const id = await registered(REDIRECT_URI, 'https://vscode.dev/redirect');
    const { url } = authorizationRequest(lab.address, { clientId: id, extra: { redirect_uri: null } });
    const { response, away } = await openBrowser().follow(url);
    expect({ status: response.status, away }).toEqual({ status: 400, away: null });
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('sends an error of the request to a good address, and only the error', async () => {
    const { url } = authorizationRequest(lab.address, { clientId, extra: { response_type: 'token' } });
    const { away } = await openBrowser().follow(url);
    expect(away?.origin).toBe('http://127.0.0.1:3118');
    const answer = Object.fromEntries(new URLSearchParams(away?.search || away?.hash.slice(1)));
    expect(answer).toMatchObject({ error: expect.any(String), state: 'state-of-the-client', iss: lab.address });
    expect(answer).not.toHaveProperty('code');
  });

  it.each([
    ['https://vscode.dev/redirect', 'https://vscode.dev:8443/redirect'],
    ['https://vscode.dev/redirect', 'https://vscode.dev/redirect/'],
    ['https://vscode.dev/redirect', 'http://vscode.dev/redirect'],
    ['https://vscode.dev/redirect', 'https://insiders.vscode.dev/redirect'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'cursor://anysphere.cursor-mcp/oauth/callback/'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'cursor://anysphere.cursor-mcp:1/oauth/callback'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'cursor-evil://anysphere.cursor-mcp/oauth/callback'],
  ])('away from this machine must be %s to the letter, not %s', async (known, asked) => {
    const { url } = authorizationRequest(lab.address, { clientId: await registered(known), redirectUri: asked });
    await expectPage((await openBrowser().visit(url)).response, asked);
  });

  it.each([
    'http://evil.test/callback',
    'http://127.0.0.1.evil.test/callback',
    'http://127.0.0.1@evil.test/callback',
    'http://someone@127.0.0.1:3118/callback',
    'http://127.0.0.1:3118/callback#fragment',
    'https://localhost/callback',
    'javascript:alert(1)',
    'data:text/html,hello',
    'file:///etc/passwd',
    'callback',
  ])('cannot be registered as %s', async (uri) => {
    const { status, body } = await register(lab.address, { redirect_uris: [REDIRECT_URI, uri] });
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_redirect_uri' });
  });

  it('is part of the code: redeemed with another, the code is refused', async () => {
    const { url, verifier } = authorizationRequest(lab.address, { clientId, redirectUri: REDIRECT_URI });
    const back = await approve(openBrowser(), url, lab.issuer.approvals);
    const code = back.searchParams.get('code') ?? '';
    const redirectUri = 'http://127.0.0.1:51000/callback';
    expect(await redeem(lab.address, { clientId, code, verifier, redirectUri })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('of one client is not that of another', async () => {
    const other = await registered('http://127.0.0.1:4000/other');
    const { url } = authorizationRequest(lab.address, { clientId: other, redirectUri: REDIRECT_URI });
    await expectPage((await openBrowser().visit(url)).response, REDIRECT_URI);
    // The first one still gets in.
    await signIn(lab.address, lab.issuer.approvals, { clientId });
    expect((await post(`${lab.address}/token`, {})).status).toBe(400);
  });
});
