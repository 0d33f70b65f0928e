import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from '../support/app.ts';
import { heading, launchBrowser, openPage, openUi, visit } from './browser.ts';

describe('the demo', () => {
  let browser: Browser;
  let app: RunningApp;
  beforeAll(async () => {
    [browser, app] = await Promise.all([launchBrowser(), startApp({ args: ['--demo'] })]);
  });
  afterAll(async () => {
    await browser.close();
    await app.stop();
  });

  it('leads from the first page to a verified update, approving its own code', async () => {
    const { page } = await openPage(browser);
    await page.goto(app.ready.ui);
    await heading(page).getByText('Connect GitHub to begin').waitFor();
    await page.getByText('Demo: nothing here is real.').waitFor();
    await page.getByRole('button', { name: 'Connect GitHub' }).click();
    const dialog = page.getByRole('dialog', { name: 'Connect GitHub' });
    await dialog.getByText('Connected as octocat').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await heading(page).getByText('Trackeep 1.3.0 is out.').waitFor();
    await page.getByRole('button', { name: 'See the update' }).click();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText(/Checked just now/).waitFor();
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    await page.getByText('Verified', { exact: true }).waitFor();

    await visit(page, 'Doctor');
    await page.getByRole('button', { name: 'Copy report' }).click();
    const report = await page.evaluate(() => navigator.clipboard.readText());
    expect(report).toMatch(/^Trackeep Tray doctor, \d{4}-/);
    expect(report.split('\n').filter((line) => line.startsWith('['))).not.toHaveLength(0);
  });

  it('says which providers are no part of it, and leads to none of their real addresses', async () => {
    const { page } = await openUi(browser, app);
    await visit(page, 'Connections');
    const section = (name: string) => page.getByRole('main').getByRole('region', { name, exact: true });
    for (const name of ['Jira and Confluence', 'Slack']) {
      await section(name).getByText('Not part of the demo.').waitFor();
      expect(await section(name).getByRole('button').count()).toBe(0);
    }
    await section('GitHub').getByRole('button', { name: 'Set up GitHub' }).waitFor();
    expect(await section('GitHub').getByText('Not part of the demo.').count()).toBe(0);
  });
});
