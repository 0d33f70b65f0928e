import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  connectByCode,
  connected,
  connectUnseen,
  createGitHubDesk,
  type GitHubDesk,
} from '../support/desktop/github-desk.ts';

let desk: GitHubDesk;
beforeEach(async () => {
  desk = await createGitHubDesk();
});
afterEach(() => desk.clear());

it('a newcomer connects GitHub with a code, and window and tray both know it', async () => {
  const app = await desk.start({ args: ['--hidden'] });
  await app.clickTray('Connect…');
  const page = await app.page();
  await page.getByRole('heading', { name: 'Connect GitHub to begin' }).waitFor();
  expect((await app.read()).tray.tooltip).toBe('Trackeep Tray: Connect GitHub to begin.');

  await connectByCode(page, desk.github);
  await connected(app);
  await page.getByRole('link', { name: 'Connections' }).click();
  await page.getByRole('heading', { name: 'octocat' }).waitFor();
});

it("GitHub's page opens in the browser, and the window stays where it is", async () => {
  const app = await desk.start();
  const page = await app.page();
  await page.getByRole('button', { name: 'Connect GitHub' }).click();
  await page.getByRole('link', { name: /^Open GitHub/ }).click();

  const opened = await app.sees('a link was opened', ({ opened }) => opened.length > 0 && opened);
  expect(opened).toEqual([`${desk.github.url}/login/device`]);
  expect(await app.address()).toMatch(/^app:\/\/trackeep\/index\.html/);
});

it('the code can be copied with the button beside it', async () => {
  const page = await (await desk.start()).page();
  await page.getByRole('button', { name: 'Connect GitHub' }).click();
  await page.getByRole('button', { name: 'Copy code' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
});

it('an account survives a restart of the app', async () => {
  const first = await desk.start({ args: ['--hidden'] });
  await connectUnseen(first, desk);
  expect(await first.quit()).toBe(0);

  const second = await desk.start();
  await connected(second);
  await (await second.page()).getByText('octocat').first().waitFor();
});
