import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { authorizationRequest, post, register } from '../support/oauth-client.ts';
import { FAILED_REQUEST, launchBrowser, NARROW, openPage } from './browser.ts';
import { findings } from './findings.ts';

/** The pages that the issuer itself shows, in the browser of the person who uses a client. */

let lab: IssuerLab;
let browser: Browser;
let client: Server;
let redirectUri: string;

beforeAll(async () => {
  [lab, browser] = await Promise.all([openIssuerLab(), launchBrowser()]);
  client = createServer((_request, response) => response.end('back at the client'));
  await new Promise<void>((done) => client.listen(0, '127.0.0.1', done));
  redirectUri = `http://127.0.0.1:${(client.address() as AddressInfo).port}/callback`;
});
afterAll(async () => {
  await browser.close();
  client.closeAllConnections();
  client.close();
  await lab.close();
});

async function request(options: { scope?: string; name?: string } = {}) {
  const { body } = await register(lab.address, {
    redirect_uris: [redirectUri],
    ...(options.name === undefined ? {} : { client_name: options.name }),
  });
  return authorizationRequest(lab.address, { clientId: body.client_id, redirectUri, scope: options.scope ?? 'openid' });
}

const theOneThatWaits = async () => {
  const [waiting] = await lab.issuer.approvals.list();
  if (waiting === undefined) throw new Error('Nothing waits.');
  return waiting;
};
const numberOn = async (page: Page) => Number(await page.locator('#approval-number').textContent());

async function decide(page: Page, decision: 'approve' | 'deny') {
  const { id } = await theOneThatWaits();
  if (decision === 'deny') await lab.issuer.approvals.deny(id);
  else await lab.issuer.approvals.approve({ id, number: await numberOn(page), rememberMs: null });
}

describe('the page with the number', () => {
  it('goes on to the client by itself as soon as the person has allowed it', async () => {
    const { page, picture } = await openPage(browser);
    await page.goto((await request({ scope: 'updates:read token:github' })).url);
    await picture('issuer-approval');
    await decide(page, 'approve');
    await page.waitForURL(`${redirectUri}?**`);
    expect(new URL(page.url()).searchParams.get('code')).toEqual(expect.any(String));
  });

  it('goes back to the client with an error as soon as the person has denied it', async () => {
    const { page } = await openPage(browser);
    await page.goto((await request()).url);
    await decide(page, 'deny');
    await page.waitForURL(`${redirectUri}?**`);
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
  });

  it('shows what a client says of itself as text, whatever it says', async () => {
    const { page } = await openPage(browser);
    await page.goto((await request({ name: '<img src=x onerror=alert(1)>' })).url);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('<img src=x onerror=alert(1)>');
    expect(await page.locator('img').count()).toBe(0);
    await decide(page, 'deny');
    await page.waitForURL(`${redirectUri}?**`);
  });

  it('still shows the number after it was loaded again', async () => {
    const { page } = await openPage(browser);
    await page.goto((await request()).url);
    const number = await numberOn(page);
    await page.reload();
    expect(await numberOn(page)).toBe(number);
    await decide(page, 'deny');
    await page.waitForURL(`${redirectUri}?**`);
  });
});

describe('a device', () => {
  it('is connected by its code and then by the number', async () => {
    const { page, picture } = await openPage(browser);
    const { body } = await post<Record<string, string>>(`${lab.address}/device/code`, {
      client_id: 'trackeep-cli',
      scope: 'updates:read',
    });
    await page.goto(body.verification_uri ?? '');
    await page.getByLabel('Code').fill('WRNG-CODE');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('That code is not known').waitFor();
    await page.getByLabel('Code').fill(body.user_code ?? '');
    await picture('issuer-device-code');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(body.user_code ?? '', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Yes, continue' }).click();
    await page.locator('#approval-number').waitFor();
    await decide(page, 'approve');
    await page.getByRole('heading', { name: 'The device is connected' }).waitFor();
  });

  it('is found without typing by the address that holds its code', async () => {
    const { page } = await openPage(browser);
    const { body } = await post<Record<string, string>>(`${lab.address}/device/code`, {
      client_id: 'trackeep-cli',
      scope: 'updates:read',
    });
    await page.goto(body.verification_uri_complete ?? '');
    await page.getByRole('button', { name: 'No, stop' }).click();
    await page.getByRole('heading', { name: 'Access was denied' }).waitFor();
  });
});

describe('in light colours and in dark ones', () => {
  it('no page has a fault that axe knows of, nor is one too narrow for a telephone', async () => {
    const { page, expectComplaint } = await openPage(browser, { viewport: NARROW });
    expectComplaint(FAILED_REQUEST);
    const { url } = await request({ scope: 'updates:read token:github' });
    await page.goto(url);
    expect(await findings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await decide(page, 'deny');
    await page.waitForURL(`${redirectUri}?**`);
    await page.goto(`${lab.address}/device`);
    expect(await findings(page)).toEqual([]);
    await page.goto(`${lab.address}/authorize?client_id=gone&response_type=code`);
    expect(await findings(page)).toEqual([]);
  });
});
