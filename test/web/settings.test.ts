import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickLabel, openUi, PATIENCE, visit } from './browser.ts';
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
});
