import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEMO_CLIENT, NO_DEVICE_FLOW_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { heading, openUi, PATIENCE } from './browser.ts';
import { startLab, type WebLab } from './lab.ts';

describe('a newcomer with nothing but the page', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('is led from making an app at GitHub to a connected account', async () => {
    const { page, picture } = await openUi(lab.browser, lab.app);
    await heading(page).getByText('Connect GitHub to begin').waitFor();
    expect(page.url()).not.toContain('login=');

    // What GitHub asks for can be copied.
    await page.getByRole('button', { name: 'Copy the callback URL' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(`${lab.app.ready.issuer}/oauth/callback/github`);
    const register = page.getByRole('link', { name: /Make a GitHub App/ });
    expect(await register.getAttribute('href')).toMatch(/\/settings\/apps\/new/);
    expect(await register.getAttribute('target')).toBe('_blank');
    await picture('welcome');

    await page.getByRole('textbox', { name: 'Client ID' }).fill(DEMO_CLIENT.clientId);
    await page.getByRole('button', { name: 'Save and connect' }).click();

    const dialog = page.getByRole('dialog', { name: 'Connect GitHub' });
    const code = await readCode(dialog);
    await dialog.getByRole('link', { name: /Open GitHub/ }).waitFor();
    await picture('device-code');
    expect(lab.github.approve(code)).toBe(true);

    await dialog.getByText('Connected as octocat').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('octocat', { exact: true }).waitFor();
    expect(page.url()).toMatch(/#\/status$/);
    await page.getByRole('link', { name: 'Get started' }).waitFor({ state: 'detached' });
  });
});

describe('a sign-in by code', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab({ clientId: DEMO_CLIENT.clientId });
  });
  afterAll(() => lab[Symbol.asyncDispose]());
  beforeEach(() => lab.github.heal());

  const begin = async () => {
    const web = await openUi(lab.browser, lab.app);
    await web.page.getByRole('button', { name: 'Connect GitHub' }).click();
    const dialog = web.page.getByRole('dialog', { name: 'Connect GitHub' });
    return { ...web, dialog, code: await readCode(dialog) };
  };

  it('says that it was declined, and begins anew with another code', async () => {
    const { dialog, code } = await begin();
    lab.github.deny(code);
    await dialog.getByText('You declined at GitHub').waitFor();
    await dialog.getByRole('button', { name: 'Start again' }).click();
    const next = await readCode(dialog);
    expect(next).not.toBe(code);
    await dialog.getByRole('button', { name: 'Cancel sign-in' }).click();
    await dialog.getByText('Sign-in cancelled').waitFor();
  });

  it('says that the code has expired', async () => {
    const { dialog, code } = await begin();
    lab.github.expire(code);
    await dialog.getByText('The code has expired').waitFor();
  });

  it('finds its dialog again after a reload, with the same code', async () => {
    const { page, code } = await begin();
    await page.reload();
    const dialog = page.getByRole('dialog', { name: 'Connect GitHub' });
    expect(await readCode(dialog)).toBe(code);
    await dialog.getByRole('button', { name: 'Cancel sign-in' }).click();
    await dialog.getByText('Sign-in cancelled').waitFor();
  });

  it('waits in the background when its dialog is closed', async () => {
    const { page, dialog, code } = await begin();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('navigation').getByRole('link', { name: 'Connections' }).click();
    await page.getByRole('button', { name: 'Show the code' }).click();
    expect(await readCode(dialog)).toBe(code);
    await dialog.getByRole('button', { name: 'Cancel sign-in' }).click();
    await page.getByRole('heading', { name: /waits for you/ }).waitFor({ state: 'detached' });
  });

  it('counts down while the code is good', async () => {
    const { dialog } = await begin();
    const left = dialog.getByRole('timer');
    expect(await left.textContent()).toMatch(/1[45]:\d\d$/);
    const before = await left.textContent();
    await expect.poll(() => left.textContent(), PATIENCE).not.toBe(before);
    await dialog.getByRole('button', { name: 'Cancel sign-in' }).click();
    await dialog.getByText('Sign-in cancelled').waitFor();
  });
});

describe('an app whose device flow is switched off at GitHub', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab({ clientId: NO_DEVICE_FLOW_CLIENT.clientId });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('is told with the way to change it', async () => {
    const { page, expectComplaint } = await openUi(lab.browser, lab.app);
    expectComplaint(/^Failed to load resource/);
    await page.getByRole('button', { name: 'Connect GitHub' }).click();
    const dialog = page.getByRole('dialog', { name: 'Connect GitHub' });
    await dialog.getByText(/Enable Device Flow/).waitFor();
    await dialog.getByRole('button', { name: 'Set up GitHub' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await heading(page).getByText('Set up GitHub').waitFor();
    // The client ID comes from the environment here: it is shown, and cannot be changed.
    expect(await page.getByRole('textbox', { name: 'Client ID' }).isDisabled()).toBe(true);
    await page.getByText('GITHUB_CLIENT_ID').waitFor();
  });
});

/** The code that the dialog shows now. */
async function readCode(dialog: Locator): Promise<string> {
  const code = dialog.locator('[data-code]');
  await code.waitFor();
  return (await code.getAttribute('data-code')) ?? '';
}
