import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from '../support/app.ts';
import { FAILED_REQUEST, freshLink, heading, launchBrowser, openPage, openUi, PATIENCE } from './browser.ts';

describe("the web UI's session", () => {
  let browser: Browser;
  let app: RunningApp;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'trackeep-web-'));
    [browser, app] = await Promise.all([launchBrowser(), startApp({ dataDir })]);
  });
  afterAll(async () => {
    await browser.close();
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('begins with the link that the ready line carries', async () => {
    const { page } = await openPage(browser);
    await page.goto(app.ready.ui);
    await heading(page).getByText('Connect GitHub to begin').waitFor();
    expect(page.url()).not.toContain('login');
    await page.reload();
    await heading(page).getByText('Connect GitHub to begin').waitFor();
  });

  it('is asked for, calmly, where there is none', async () => {
    const { page, picture } = await openPage(browser);
    await page.goto(`${app.ready.issuer}/ui/`);
    await page.getByText('trackeep open').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    await picture('session-required');
  });

  it('does not begin with a link that was used before', async () => {
    const link = await freshLink(app);
    const first = await openPage(browser);
    await first.page.goto(link);
    await first.page.getByRole('navigation').waitFor();
    const { page, expectComplaint } = await openPage(browser);
    expectComplaint(FAILED_REQUEST);
    await page.goto(link);
    await page.getByText('trackeep open').waitFor();
  });

  it('is shared by the tabs of a browser: a waiting one goes on when another opens the fresh link', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${app.ready.issuer}/ui/`);
    await page.getByText('trackeep open').waitFor();
    const other = await page.context().newPage();
    await other.goto(await freshLink(app));
    await page.getByRole('navigation').waitFor();
  });

  it('waits for the app when it is gone, and asks for a fresh link when it is back', async () => {
    const { page, expectComplaint, picture } = await openUi(browser, app);
    expectComplaint(FAILED_REQUEST);
    expectComplaint(/net::ERR/);
    await heading(page).getByText('Connect GitHub to begin').waitFor();
    const { port } = new URL(app.ready.issuer);
    await app.stop();
    const banner = page.getByText('Trackeep Tray is not running', { exact: true });
    await banner.waitFor();
    // It fades in after a moment, so that a short break is not worth a word.
    await expect
      .poll(
        () => banner.evaluate((text) => getComputedStyle(text.closest('.mantine-Paper-root') ?? text).opacity),
        PATIENCE,
      )
      .toBe('1');
    await picture('not-running');
    // The page below the banner stays as it was.
    await heading(page).getByText('Connect GitHub to begin').waitFor();

    app = await startApp({ dataDir, args: ['--port', port] });
    // Sessions live in the app's memory only, so the old one is over.
    await page.getByText('trackeep open').waitFor();
    await page.goto(await freshLink(app));
    await page.getByRole('navigation').waitFor();
  });
});
