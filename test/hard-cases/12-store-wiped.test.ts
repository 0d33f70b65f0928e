import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import {
  approve,
  authorizationRequest,
  type Browser,
  openBrowser,
  post,
  redeem,
  refresh,
  register,
  signIn,
  type TokenAnswer,
} from '../support/oauth-client.ts';

/** The data folder is another one, or was deleted; the programs know nothing of that. */
describe('a client that comes with what an earlier store gave it', () => {
  let lab: IssuerLab;
  let clientId: string;
  let tokens: TokenAnswer;
  let browser: Browser;

  beforeAll(async () => {
    const before = await openIssuerLab({ config: { introspectionToken: INTROSPECTION_TOKEN } });
    clientId = (await register(before.address)).body.client_id;
    browser = openBrowser();
    const { url, verifier } = authorizationRequest(before.address, { clientId });
    const back = await approve(browser, url, before.issuer.approvals);
    const code = back.searchParams.get('code') ?? '';
    tokens = (await redeem(before.address, { clientId, code, verifier })).body as unknown as TokenAnswer;

    lab = await before.restart({ dataDir: await mkdtemp(join(tmpdir(), 'tt-issuer-')) });
    await rm(before.dataDir, { recursive: true });
    expect(lab.address).toBe(before.address);
  });
  afterAll(() => lab.close());

  it('is shown a page that says what happened and how to go on, and is sent nowhere', async () => {
    const { response, away } = await browser.follow(authorizationRequest(lab.address, { clientId }).url);
    expect({ status: response.status, away }).toEqual({ status: 400, away: null });
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const page = await response.text();
    expect(page).toContain('This program is not known here');
    expect(page).toContain('connect again');
    expect(page).not.toMatch(/<(?:a|form|script)\b/);
    expect(await lab.issuer.approvals.list()).toEqual([]);
  });

  it('gets 401 invalid_client for its refresh token, which tells it to register again', async () => {
    const { status, body, headers } = await refresh(lab.address, clientId, tokens.refresh_token ?? '');
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' });
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('location')).toBeNull();
  });

  it('gets 401 invalid_client for a code, a device code, a new device code and a revocation', async () => {
    const asks: [string, Record<string, string>][] = [
      ['/token', { grant_type: 'authorization_code', code: 'old', code_verifier: 'x'.repeat(43) }],
      ['/token', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'old' }],
      ['/device/code', { scope: 'openid' }],
      ['/revoke', { token: tokens.refresh_token ?? '' }],
    ];
    for (const [path, parameters] of asks) {
      const { status, body } = await post(`${lab.address}${path}`, { client_id: clientId, ...parameters });
      expect({ path, status, error: body.error }).toEqual({ path, status: 401, error: 'invalid_client' });
    }
  });

  it('gets nothing for its access token, although nobody revoked it', async () => {
    const userinfo = await fetch(`${lab.address}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(userinfo.status).toBe(401);
    expect(userinfo.headers.get('www-authenticate')).toContain('invalid_token');
    const headers = { authorization: `Bearer ${INTROSPECTION_TOKEN}` };
    for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
      expect((await post(`${lab.address}/introspect`, { token }, headers)).body).toEqual({ active: false });
    }
  });

  it('gets in by registering anew, in the same browser with its old cookies', async () => {
    const { body } = await register(lab.address);
    expect(body.client_id).not.toBe(clientId);
    const { url, verifier } = authorizationRequest(lab.address, { clientId: body.client_id });
    const back = await approve(browser, url, lab.issuer.approvals);
    const code = back.searchParams.get('code') ?? '';
    const answer = await redeem(lab.address, { clientId: body.client_id, code, verifier });
    expect(answer.status).toBe(200);
    // What was issued under the old store is not good under the new identity either.
    expect((await refresh(lab.address, body.client_id, tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');
  });

  it('is treated the same when the person removed it in the app', async () => {
    const { clientId: removed, tokens: its } = await signIn(lab.address, lab.issuer.approvals);
    await lab.issuer.clients.remove(removed);
    const page = await browser.follow(authorizationRequest(lab.address, { clientId: removed }).url);
    expect(await page.response.text()).toContain('This program is not known here');
    expect(await refresh(lab.address, removed, its.refresh_token ?? '')).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect(await lab.issuer.checkAccessToken(its.access_token, null)).toBeNull();
  });
});
