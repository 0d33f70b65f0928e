import { afterEach, beforeEach, expect, it } from 'vitest';
import { callRunningApp } from '../../src/main/http/socket-client.ts';
import {
  connectByCode,
  connected,
  connectUnseen,
  createGitHubDesk,
  type GitHubDesk,
} from '../support/desktop/github-desk.ts';
import { lineOf, pictured } from '../support/desktop.ts';
import { authorizationRequest, numberOn, openApprovalPage, openBrowser, register } from '../support/oauth-client.ts';

let desk: GitHubDesk;
beforeEach(async () => {
  desk = await createGitHubDesk({ APP_VERSION: '1.3.0' });
});
afterEach(() => desk.clear());

it('the menu of a newcomer offers all there is to do, and nothing that cannot be done', async () => {
  const app = await desk.start({ args: ['--hidden'] });
  const { tray } = await app.sees('the tray is there', (recorded) => recorded.tray.menu.length > 0 && recorded);
  const offered = tray.menu.filter((line) => !line.separator && line.enabled).map(({ label }) => label);
  expect(offered).toEqual([
    'Connect GitHub to begin.',
    'Connect…',
    'Approvals',
    'Check for updates',
    'Open Trackeep Tray',
    'Start at login',
    'Quit',
  ]);
  expect(lineOf(tray.menu, 'Refresh now')?.enabled).toBe(false);
});

it('the picture tells the state: needs you, all good, busy, needs you again', async () => {
  const app = await desk.start();
  await app.sees('the tray asks for a first connection', (recorded) => pictured(recorded) === 'needs-you');

  const page = await app.page();
  await connectByCode(page, desk.github);
  await app.sees('all is good', (recorded) => pictured(recorded) === 'ok');
  expect((await app.read()).tray.tooltip).toBe('Trackeep Tray: All good');

  await page.getByRole('link', { name: 'Connections' }).click();
  await page.getByRole('button', { name: 'Add another account' }).click();
  await app.sees('a sign-in waits', (recorded) => pictured(recorded) === 'busy');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel sign-in' }).click();
  await app.sees('all is good again', (recorded) => pictured(recorded) === 'ok');

  desk.github.revokeAll('octocat');
  await app.clickTray('Refresh now');
  await app.sees('GitHub needs the person', (recorded) => pictured(recorded) === 'needs-you');
});

it('"Refresh now" gets a fresh token from GitHub', async () => {
  const app = await desk.start({ args: ['--hidden'] });
  await connectUnseen(app, desk);
  const before = desk.github.count('POST /login/oauth/access_token');
  await app.clickTray('Refresh now');
  await app.sees('it was refreshed', () => desk.github.count('POST /login/oauth/access_token') > before);
});

it('a refresh that fails opens the page that says why', async () => {
  const app = await desk.start({ args: ['--hidden'] });
  await connectUnseen(app, desk);
  desk.github.revokeAll('octocat');
  await app.clickTray('Refresh now');
  await (await app.page()).getByRole('heading', { name: 'Connections', level: 1 }).waitFor();
});

it('a sign-in that ends while no window is open is told by a notification, and a click on it opens the page', async () => {
  const app = await desk.start({ args: ['--hidden'] });
  await connectUnseen(app, desk);
  desk.github.revokeAll('octocat');
  const [connection] = await callRunningApp(desk.dataDir, 'connections.list', {});
  await expect(callRunningApp(desk.dataDir, 'connections.refresh', { id: connection?.id ?? '' })).rejects.toThrow();

  const told = 'GitHub needs you to sign in again';
  await app.sees('a notification', ({ notifications }) => notifications.some(({ title }) => title === told));
  await app.clickNotification(told);
  await (await app.page()).getByRole('heading', { name: 'Connections', level: 1 }).waitFor();
});

it('a program that asks for access is told by a notification and counted; a click leads to its approval', async () => {
  const app = await desk.start();
  await connectByCode(await app.page(), desk.github);
  await connected(app);
  await app.closeWindow();

  const { issuer } = await callRunningApp(desk.dataDir, 'status.get', {});
  const { body: client } = await register(issuer.address);
  const { url } = authorizationRequest(issuer.address, { clientId: client.client_id });
  const { page: browserPage } = await openApprovalPage(openBrowser(), url);
  await app.sees('it is counted', ({ tray }) => lineOf(tray.menu, 'Approvals (1)')?.enabled);
  await app.sees('the picture asks for the person', (recorded) => pictured(recorded) === 'needs-you');

  const told = 'A program asks for access';
  await app.sees('a notification', ({ notifications }) => notifications.some(({ title }) => title === told));
  await app.clickNotification(told);
  const page = await app.page();
  expect(await app.address()).toMatch(/#\/approvals$/);
  const dialog = page.getByRole('dialog', { name: told });
  await dialog.getByRole('button', { name: String(numberOn(browserPage)), exact: true }).click();
  await dialog.getByText('Allowed', { exact: true }).waitFor();
  await app.sees('nothing waits', ({ tray }) => lineOf(tray.menu, 'Approvals'));
});

it.runIf(process.platform === 'linux')('a dark panel gets the light picture', async () => {
  const app = await desk.start({ args: ['--hidden'], env: { XDG_CURRENT_DESKTOP: 'ubuntu:GNOME' } });
  await app.sees('a picture for a dark panel', ({ tray }) => tray.image === 'needs-you-on-dark.png');
});
