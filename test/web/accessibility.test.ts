import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { freshLink, heading, NARROW, openPage, openUi, visit } from './browser.ts';
import { findings, overflow } from './findings.ts';
import { connectAccount, startLab, type WebLab } from './lab.ts';

const PAGES = ['Status', 'Connections', 'Updates', 'Settings', 'Doctor'];

describe('in light colours and in dark ones', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab({ clientId: DEMO_CLIENT.clientId, currentVersion: '1.2.5' });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('the first page and its sign-in have nothing to find fault with', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await heading(page).getByText('Connect GitHub to begin').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Connect GitHub' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('[data-code]').waitFor();
    expect(await findings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel sign-in' }).click();
    await dialog.getByText('Sign-in cancelled').waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it('the page without a session has nothing to find fault with', async () => {
    const { page } = await openPage(lab.browser);
    await page.goto(`${lab.app.ready.issuer}/ui/`);
    await page.getByText('trackeep open').waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it('setting up GitHub has nothing to find fault with', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Connections');
    await page.getByRole('button', { name: 'Set up GitHub' }).click();
    await page.getByRole('textbox', { name: 'Client ID' }).waitFor();
    expect(await findings(page)).toEqual([]);
  });

  describe('with an account and a finished download', () => {
    beforeAll(async () => {
      await connectAccount(lab);
      const answer = await lab.app.cli('updates', 'check', '--json');
      expect(answer.code, answer.stderr).toBe(0);
    });

    it.each(PAGES)('%s has nothing to find fault with, nor in 400 pixels, into which it fits', async (name) => {
      const { page, picture } = await openUi(lab.browser, lab.app);
      await visit(page, name);
      await settle(page, name);
      expect(await findings(page, (colours) => picture(`${name.toLowerCase()}-${colours}`))).toEqual([]);

      await page.setViewportSize(NARROW);
      expect(await overflow(page)).toBe(0);
      expect(await findings(page, (colours) => picture(`${name.toLowerCase()}-${colours}-narrow`))).toEqual([]);
    });

    it('the question before disconnecting has nothing to find fault with', async () => {
      const { page } = await openUi(lab.browser, lab.app);
      await visit(page, 'Connections');
      await page.getByRole('button', { name: 'Disconnect' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).waitFor();
      expect(await findings(page)).toEqual([]);
    });
  });
});

describe('for who wants nothing to move', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab({ clientId: DEMO_CLIENT.clientId });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('no animation runs on, not even while a sign-in waits', async () => {
    const { page } = await openPage(lab.browser, { reducedMotion: 'reduce' });
    await page.goto(await freshLink(lab.app));
    await page.getByRole('button', { name: 'Connect GitHub' }).click();
    await page.getByRole('dialog').locator('[data-code]').waitFor();
    await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
  });
});

/** Waits until a page shows what it asked the app for. */
async function settle(page: Page, name: string): Promise<void> {
  await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
  if (name === 'Updates') await page.getByRole('heading', { name: 'GitHub, without copying tokens' }).waitFor();
  if (name === 'Doctor') await page.getByRole('button', { name: 'Copy report' }).waitFor();
}
