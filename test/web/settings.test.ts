import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callRunningApp } from '../../src/main/http/socket-client.ts';
import type { TrackeepInstance } from '../../src/shared/settings-views.ts';
import { clickLabel, NARROW, openUi, PATIENCE, visit } from './browser.ts';
import { findings, overflow } from './findings.ts';
import { startLab, type WebLab } from './lab.ts';

describe('settings', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab({ app: { env: { PRERELEASE_UPDATES: 'true' } } });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('are saved at once and there again after a reload', async () => {
    const { page, picture } = await openUi(lab.browser, lab.app);
    await visit(page, 'Settings');
    await clickLabel(page, 'Notifications');
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.getByLabel('How often').selectOption('every 7 days');
    await page.getByLabel('Your Trackeep version').fill('1.2.6');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByText('Saved', { exact: true }).count(), PATIENCE).toBe(3);
    await picture('settings');

    await page.reload();
    await page.getByLabel('Notifications').waitFor();
    expect(await page.getByLabel('Notifications').isChecked()).toBe(false);
    expect(await page.getByLabel('How often').inputValue()).toBe(String(7 * 24 * 3_600_000));
    expect(await page.getByLabel('Your Trackeep version').inputValue()).toBe('1.2.6');
  });

  it('can be taken back', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Settings');
    const often = page.getByLabel('How often');
    const before = await often.inputValue();
    await often.selectOption('every hour');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => often.inputValue(), PATIENCE).toBe(before);
  });

  it('reach every page that is open', async () => {
    const one = await openUi(lab.browser, lab.app);
    const other = await openUi(lab.browser, lab.app);
    await visit(one.page, 'Settings');
    await visit(other.page, 'Settings');
    const checks = one.page.getByLabel('Check for updates');
    const wanted = !(await checks.isChecked());
    await clickLabel(other.page, 'Check for updates');
    await expect.poll(() => checks.isChecked(), PATIENCE).toBe(wanted);
  });

  it('that the environment fixes are shown with its name and cannot be changed', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Settings');
    expect(await page.getByLabel('Offer prereleases').isDisabled()).toBe(true);
    expect(await page.getByLabel('Offer prereleases').isChecked()).toBe(true);
    await page.getByText('PRERELEASE_UPDATES').waitFor();
  });

  it('choose the colour scheme against the system, and with it again', async () => {
    const { page } = await openUi(lab.browser, lab.app, { colorScheme: 'light' });
    const scheme = () => page.evaluate(() => document.documentElement.dataset.mantineColorScheme);
    await visit(page, 'Settings');
    expect(await scheme()).toBe('light');
    await clickLabel(page, 'Dark');
    await expect.poll(scheme, PATIENCE).toBe('dark');
    await clickLabel(page, 'System');
    await expect.poll(scheme, PATIENCE).toBe('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(scheme, PATIENCE).toBe('dark');
  });

  it('say what guards the tokens, and leave the new key to the window', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Settings');
    await page.getByText('Whoever can copy your files can read your tokens.').waitFor();
    expect(await page.getByRole('button', { name: /new master key/ }).count()).toBe(0);
    await page.getByText('trackeep doctor --rotate-key').waitFor();
  });

  it('say which repositories are tracked, for how long, and what the person is told of', async () => {
    // An earlier test has turned them off, and then there is nothing to choose.
    await callRunningApp(lab.app.dataDir, 'settings.set', { notifications: true });
    const { page, picture } = await openUi(lab.browser, lab.app);
    await visit(page, 'Settings');
    const section = page.getByRole('region', { name: 'Repositories' });
    const saved = async (change: () => Promise<unknown>) => {
      const before = (await tracking(lab)).version;
      await change();
      await expect.poll(async () => (await tracking(lab)).version, PATIENCE).not.toBe(before);
    };
    await saved(() => section.getByLabel('Which').selectOption('Those that I starred'));
    await section.getByText('Saved', { exact: true }).waitFor();
    await saved(async () => {
      await section.getByLabel('Only of these owners').fill('acme');
      await page.keyboard.press('Enter');
    });
    await saved(() => clickLabel(page, 'Forks too'));
    await saved(() => clickLabel(page, 'Something is released'));
    await saved(() => section.getByLabel(/^Keep commits/).selectOption('90 days'));

    const channel = section.getByLabel('Webhook channel');
    await channel.fill('no address');
    await page.keyboard.press('Enter');
    await section.getByText('Enter an address such as https://smee.io/abc123.').waitFor();
    // Nobody listens there.
    await channel.fill('http://127.0.0.1:9/channel');
    await saved(() => section.getByRole('button', { name: 'Save' }).click());
    await section.getByText(/Connecting|Not reachable/).waitFor();
    await section.scrollIntoViewIfNeeded();
    await picture('settings-repositories');

    await page.reload();
    expect(await section.getByLabel('Which').inputValue()).toBe('starred');
    await section.getByText('acme', { exact: true }).waitFor();
    expect(await section.getByLabel('Forks too').isChecked()).toBe(true);
    expect(await section.getByLabel('Something is released').isChecked()).toBe(true);
    expect(await section.getByLabel('My review is asked for').isChecked()).toBe(true);
    expect(await section.getByLabel(/^Keep commits/).inputValue()).toBe('90');
    expect(await channel.inputValue()).toBe('http://127.0.0.1:9/channel');
    expect((await tracking(lab)).settings).toMatchObject({
      choice: { from: 'starred', owners: ['acme'], forks: true, archived: false },
      notices: { releases: true, reviewRequested: true },
      keepDays: 90,
    });
  });
});

async function tracking({ app }: WebLab) {
  const { tracking: settings } = await callRunningApp(app.dataDir, 'settings.get', {});
  return { settings, version: JSON.stringify(settings) };
}

describe('the Trackeep instances', () => {
  const KEEP = 'https://keep.example.com';
  const LOCAL = 'http://localhost:5173';
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const section = (page: Page) => page.getByRole('region', { name: 'Trackeep instances' });
  const address = (page: Page) => section(page).getByLabel('Address of a Trackeep');
  const instance = (page: Page, origin: string) => section(page).getByRole('group', { name: origin });
  const token = (page: Page, origin: string) =>
    instance(page, origin).getByRole('switch', { name: 'Give it the GitHub token itself' });
  const dialog = (page: Page) => page.getByRole('dialog', { name: 'Give it your GitHub token?' });
  const stored = async () => (await callRunningApp(lab.app.dataDir, 'settings.get', {})).trackeepInstances;
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

  /** The page of Settings, with `instances` on the list. */
  async function open(...instances: TrackeepInstance[]): Promise<Awaited<ReturnType<typeof openUi>>> {
    await callRunningApp(lab.app.dataDir, 'settings.set', { trackeepInstances: instances });
    const web = await openUi(lab.browser, lab.app);
    await visit(web.page, 'Settings');
    await section(web.page).waitFor();
    return web;
  }

  it('are added in the one form that is compared, and get no token', async () => {
    const { page } = await open();
    await address(page).fill('HTTPS://Keep.Example.com:443/');
    await page.keyboard.press('Enter');
    await instance(page, KEEP).waitFor();
    expect(await token(page, KEEP).isChecked()).toBe(false);
    expect(await address(page).inputValue()).toBe('');
    expect(await stored()).toEqual([{ origin: KEEP, passGitHubToken: false }]);
  });

  it.each([
    ['https://keep.example.com/auth', 'Enter scheme and host alone'],
    ['http://keep.example.com', 'Plain http is for this machine only.'],
    ['keep.example.com', 'Enter scheme and host alone'],
    [KEEP.toUpperCase(), 'This instance is in the list already.'],
  ])('are not added as %s', async (text, complaint) => {
    const { page } = await open({ origin: KEEP, passGitHubToken: false });
    await address(page).fill(text);
    await section(page).getByRole('button', { name: 'Add' }).click();
    await section(page).getByRole('alert').getByText(complaint).waitFor();
    expect(await address(page).getAttribute('aria-invalid')).toBe('true');
    expect(await stored()).toEqual([{ origin: KEEP, passGitHubToken: false }]);
  });

  it('are removed by one click, and brought back by another as they were', async () => {
    const both = [
      { origin: KEEP, passGitHubToken: true },
      { origin: LOCAL, passGitHubToken: false },
    ];
    const { page } = await open(...both);
    await section(page)
      .getByRole('button', { name: `Remove ${KEEP}` })
      .click();
    await instance(page, KEEP).waitFor({ state: 'detached' });
    await expect.poll(stored, PATIENCE).toEqual([both[1]]);
    await section(page).getByRole('button', { name: 'Undo' }).click();
    await instance(page, KEEP).waitFor();
    await expect.poll(stored, PATIENCE).toEqual(both);
  });

  it('get the GitHub token only after the person has read what that means, by keyboard alone', async () => {
    const { page } = await open({ origin: KEEP, passGitHubToken: false }, { origin: LOCAL, passGitHubToken: false });
    await token(page, KEEP).focus();
    await page.keyboard.press('Space');
    await dialog(page)
      .getByText(/keep\.example\.com then gets a GitHub token that works/)
      .waitFor();
    await expect.poll(() => focused(page), PATIENCE).toBe('Keep the token here');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor({ state: 'detached' });
    expect(await token(page, KEEP).isChecked()).toBe(false);
    await expect.poll(() => token(page, KEEP).evaluate((one) => one === document.activeElement), PATIENCE).toBe(true);
    expect(await stored()).toContainEqual({ origin: KEEP, passGitHubToken: false });

    await page.keyboard.press('Space');
    await expect.poll(() => focused(page), PATIENCE).toBe('Keep the token here');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor({ state: 'detached' });
    await instance(page, KEEP).getByText('It can act at GitHub in your name, with or without you.').waitFor();
    expect(await stored()).toEqual([
      { origin: KEEP, passGitHubToken: true },
      { origin: LOCAL, passGitHubToken: false },
    ]);
  });

  it('lose it again without a question', async () => {
    const { page } = await open({ origin: KEEP, passGitHubToken: true });
    expect(await token(page, KEEP).isChecked()).toBe(true);
    await token(page, KEEP).press('Space');
    await instance(page, KEEP).getByText('It gets a reference that only Trackeep Tray can use.').waitFor();
    await expect.poll(stored, PATIENCE).toEqual([{ origin: KEEP, passGitHubToken: false }]);
    expect(await dialog(page).count()).toBe(0);
  });

  it('have nothing to find fault with, in light colours and in dark ones', async () => {
    const { page, picture } = await open(
      { origin: KEEP, passGitHubToken: true },
      { origin: LOCAL, passGitHubToken: false },
    );
    await section(page).scrollIntoViewIfNeeded();
    expect(await findings(page, (colours) => picture(`trackeep-instances-${colours}`))).toEqual([]);
    await token(page, LOCAL).press('Space');
    await dialog(page).waitFor();
    expect(await findings(page, (colours) => picture(`trackeep-instances-question-${colours}`))).toEqual([]);
    await page.setViewportSize(NARROW);
    expect(await overflow(page)).toBe(0);
    await picture('trackeep-instances-question-narrow');
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    expect(await overflow(page)).toBe(0);
    await section(page).scrollIntoViewIfNeeded();
    await picture('trackeep-instances-narrow');
  });
});
