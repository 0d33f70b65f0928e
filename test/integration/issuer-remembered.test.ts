import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import {
  approve,
  authorizationRequest,
  type Browser,
  openBrowser,
  redeem,
  refresh,
  register,
} from '../support/oauth-client.ts';

const DAY_MS = 24 * 3_600_000;

describe('where the system does not tell whose connection it is, a remembered approval', () => {
  let lab: IssuerLab;
  let browser: Browser;
  let clientId: string;
  beforeEach(async () => {
    lab = await openIssuerLab({ platform: 'darwin', config: { refreshGraceMs: 0 } });
    browser = openBrowser();
    clientId = (await register(lab.address)).body.client_id;
    await approve(browser, authorizationRequest(lab.address, { clientId }).url, lab.issuer.approvals, {
      rememberMs: DAY_MS,
    });
  });
  afterEach(() => lab.close());

  const come = (by: Browser) => by.follow(authorizationRequest(lab.address, { clientId }).url);

  it('is given to the browser that it was agreed to in', async () => {
    expect((await come(browser)).away?.searchParams.get('code')).toEqual(expect.any(String));
  });

  it('is given to no other one, which anybody on the machine may have started', async () => {
    const { away, response } = await come(openBrowser());
    expect(away).toBeNull();
    expect(await response.text()).toContain('approval-number');
  });

  it('is forgotten when a token is used twice', async () => {
    const { url, verifier } = authorizationRequest(lab.address, { clientId });
    const code = (await browser.follow(url)).away?.searchParams.get('code') ?? '';
    const { body } = await redeem(lab.address, { clientId, code, verifier });
    const token = String(body.refresh_token);
    expect((await refresh(lab.address, clientId, token)).status).toBe(200);
    expect((await refresh(lab.address, clientId, token)).body.error).toBe('invalid_grant');
    expect((await come(browser)).away).toBeNull();
  });
});
