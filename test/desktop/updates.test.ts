import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { callRunningApp } from '../../src/main/http/socket-client.ts';
import { connectByCode, connectUnseen, createGitHubDesk, type GitHubDesk } from '../support/desktop/github-desk.ts';
import { pictured } from '../support/desktop.ts';

let desk: GitHubDesk;
beforeEach(async () => {
  desk = await createGitHubDesk({ APP_VERSION: '1.2.5' });
});
afterEach(() => desk.clear());

it('a newer Trackeep shows in the tray, and its menu leads to what is new', async () => {
  const app = await desk.start();
  const page = await app.page();
  await connectByCode(page, desk.github);

  await app.sees('the tray shows an update', (recorded) => pictured(recorded) === 'update');
  expect((await app.read()).tray.tooltip).toBe('Trackeep Tray: Trackeep 1.3.0 is out.');
  await app.clickTray('Trackeep 1.3.0 is out.');
  await page.getByRole('heading', { name: 'GitHub, without copying tokens' }).waitFor();
  expect(await app.address()).toBe('app://trackeep/index.html#/updates');
});

it('its file is downloaded, verified, and shown in the file manager', async () => {
  const app = await desk.start();
  const page = await app.page();
  await connectUnseen(app, desk);
  await app.clickTray('Trackeep 1.3.0 is out.');
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await page.getByRole('button', { name: 'Show in folder' }).click();

  const [path] = await app.sees('the file was shown', ({ revealed }) => revealed.length > 0 && revealed);
  const file = path ?? '';
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  expect(sha256).toBe(desk.github.sha256Of('v1.3.0', basename(file)));
});

it('"Check for updates" in the tray asks the feed and opens the page with the answer', async () => {
  const app = await desk.start({ args: ['--hidden'], env: { AUTO_UPDATE_CHECK: 'false' } });
  await connectUnseen(app, desk);
  expect(desk.github.count('GET /repos/**')).toBe(0);

  await app.clickTray('Check for updates');
  await (await app.page()).getByRole('heading', { name: 'Trackeep 1.3.0 is out' }).waitFor();
  expect(desk.github.count('GET /repos/**')).toBeGreaterThan(0);
});

it('a release that comes while no window is open is told by a notification, and a click on it opens the page', async () => {
  const app = await desk.start();
  await connectByCode(await app.page(), desk.github);
  await app.sees('the tray shows an update', (recorded) => pictured(recorded) === 'update');
  // Who looks at the window reads it there.
  const { windows, notifications } = await app.read();
  expect(notifications.map(({ title }) => title)).toEqual(windows[0]?.focused ? [] : ['Trackeep 1.3.0 is out']);

  await app.closeWindow();
  await desk.github.publish({ tag: 'v1.3.1', publishedAt: '2026-11-20T09:00:00Z', notes: 'Small things.' });
  await callRunningApp(desk.dataDir, 'updates.check', {});
  const told = 'Trackeep 1.3.1 is out';
  await app.sees('a notification', ({ notifications }) => notifications.some(({ title }) => title === told));
  await app.clickNotification(told);
  await (await app.page()).getByRole('heading', { name: told }).waitFor();
});
