import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_CLIENT, SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { heading, openUi, PATIENCE, visit } from './browser.ts';
import { connectAccount, startLab, type WebLab } from './lab.ts';

describe('a connected account', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab({ clientId: DEMO_CLIENT.clientId, currentVersion: '1.2.5' });
    await connectAccount(lab);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('is shown with its state in words, its token and its exact times', async () => {
    const { page, picture } = await openUi(lab.browser, lab.app);
    await visit(page, 'Connections');
    const card = page.getByRole('article', { name: 'octocat' });
    await card.getByText('Connected', { exact: true }).first().waitFor();
    await card.getByText(/expires in 8 hours/).waitFor();
    await card
      .getByText(/expires in 8 hours/)
      .locator('time')
      .hover();
    const exact = await card.locator('time').first().getAttribute('datetime');
    const tooltip = await page.getByRole('tooltip').textContent();
    expect(tooltip).toContain(String(new Date(exact ?? '').getFullYear()));
    await picture('connections');
  });

  it('is refreshed when the person wants it', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Connections');
    const card = page.getByRole('article', { name: 'octocat' });
    await card.getByText('never').first().waitFor();
    const before = lab.github.count('POST /login/oauth/access_token');
    await card.getByRole('button', { name: 'Refresh now' }).click();
    await expect.poll(() => lab.github.count('POST /login/oauth/access_token'), PATIENCE).toBe(before + 1);
    await card.getByText('never').first().waitFor({ state: 'detached' });
  });

  it('that GitHub has turned away asks for a new sign-in', async () => {
    lab.github.revokeAll('octocat');
    const { page, expectComplaint } = await openUi(lab.browser, lab.app);
    expectComplaint(/^Failed to load resource/);
    await visit(page, 'Connections');
    const card = page.getByRole('article', { name: 'octocat' });
    await card.getByRole('button', { name: 'Refresh now' }).click();
    await card.getByText('Sign in again').waitFor();
    await visit(page, 'Status');
    await heading(page).getByText('GitHub needs you to sign in again as octocat.').waitFor();
    await visit(page, 'Connections');
    await card.getByRole('alert').getByRole('button', { name: 'Connect' }).click();
    const dialog = page.getByRole('dialog', { name: 'Connect GitHub' });
    const code = await dialog.locator('[data-code]').getAttribute('data-code');
    expect(lab.github.approve(code ?? '')).toBe(true);
    await dialog.getByText('Connected as octocat').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await card.getByText('Connected', { exact: true }).first().waitFor();
  });

  it('is let go only after the person has read what is lost, and says what GitHub could not do', async () => {
    const { page, picture } = await openUi(lab.browser, lab.app);
    await visit(page, 'Connections');
    await page.getByRole('button', { name: 'Disconnect' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/updates cannot be checked/).waitFor();
    await picture('disconnect');
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await dialog.getByText(/is gone from this machine/).waitFor();
    // Without a client secret GitHub offers no revocation, so the page for doing it by hand is there.
    await dialog.getByRole('link', { name: /Revoke it by hand/ }).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Nothing connected').waitFor();
  });
});

describe('two ways to sign in', () => {
  let lab: WebLab;
  beforeAll(async () => {
    const { clientId, clientSecret } = SECRET_CLIENT;
    lab = await startLab({ clientId, app: { env: { GITHUB_CLIENT_SECRET: clientSecret ?? '' } } });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('leads through the browser and back, and the page notices by itself', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Connections');
    await page.getByRole('button', { name: 'Connect in the browser' }).click();
    const dialog = page.getByRole('dialog', { name: 'Connect GitHub' });
    const link = dialog.getByRole('link', { name: /Go on at GitHub/ });
    const opening = page.context().waitForEvent('page');
    await link.click();
    const provider = await opening;
    await provider.getByRole('button', { name: /authorize/i }).click();
    await provider.getByText(/You are connected as/).waitFor();
    await dialog.getByText(/Connected as/).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('article').waitFor();
  });
});
