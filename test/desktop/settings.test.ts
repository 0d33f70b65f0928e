import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDesk, type Desk, type DesktopApp, lineOf } from '../support/desktop.ts';

let desk: Desk;
beforeEach(() => {
  desk = createDesk();
});
afterEach(() => desk.clear());

async function openSettings(app: DesktopApp) {
  const page = await app.page();
  await page.getByRole('link', { name: 'Settings' }).click();
  return page;
}

it('settings are kept over a restart', async () => {
  const first = await desk.start();
  const page = await openSettings(first);
  await page.getByRole('switch', { name: 'Offer prereleases' }).press('Space');
  await page.getByLabel('Your Trackeep version').fill('1.2.6');
  await page.getByLabel('Your Trackeep version').press('Enter');
  await first.sees('both are saved', () => savedSettings().currentVersion === '1.2.6' && savedSettings().prereleases);
  expect(await first.quit()).toBe(0);

  const again = await openSettings(await desk.start());
  expect(await again.getByRole('switch', { name: 'Offer prereleases' }).isChecked()).toBe(true);
  expect(await again.getByLabel('Your Trackeep version').inputValue()).toBe('1.2.6');
});

it('the chosen colour scheme holds from the first paint after a restart', async () => {
  const first = await desk.start();
  const page = await openSettings(first);
  await page.getByText('Dark', { exact: true }).click();
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
  await first.quit();

  const again = await (await desk.start()).page();
  expect(await again.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true);
});

it.runIf(process.platform === 'linux')(
  '"Start at login" in the tray writes a desktop entry, and takes it away',
  async () => {
    const entry = join(desk.configHome, 'autostart', 'org.trackeep.tray.desktop');
    const app = await desk.start({ args: ['--hidden', '--vault', 'file'] });
    await app.clickTray('Start at login');
    await app.sees('it is checked', ({ tray }) => lineOf(tray.menu, 'Start at login')?.checked);
    expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=".+" ".+" "--hidden" "--vault=file"$/m);

    await app.clickTray('Start at login');
    await app.sees('it is not checked', ({ tray }) => lineOf(tray.menu, 'Start at login')?.checked === false);
    expect(existsSync(entry)).toBe(false);
  },
);

it('a settings file that cannot be read stops the start with a dialog, and is left as it is', async () => {
  const file = join(desk.dataDir, 'settings.json');
  mkdirSync(desk.dataDir, { recursive: true });
  writeFileSync(file, '{ "prereleases": tru');

  const { code, output } = await desk.runToEnd();
  expect(code).toBe(1);
  expect(output).toContain('error box: Trackeep Tray cannot start');
  expect(output).toContain(file);
  expect(readFileSync(file, 'utf8')).toBe('{ "prereleases": tru');
});

function savedSettings(): Record<string, unknown> {
  const file = join(desk.dataDir, 'settings.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
