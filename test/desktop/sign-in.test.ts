import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectByCode, createGitHubDesk, type GitHubDesk, settled } from '../support/desktop/github-desk.ts';

let desk: GitHubDesk;
beforeEach(async () => {
  desk = await createGitHubDesk();
});
afterEach(() => desk.clear());

describe('a newcomer in the desktop window', () => {
  it('connects GitHub with a code, and window and tray both know it', async () => {
    const app = await desk.start();
    const page = await app.page();
    await page.getByRole('heading', { name: 'Connect GitHub to begin' }).waitFor();
    expect((await app.read()).tray.tooltip).toBe('Trackeep Tray: Connect GitHub to begin.');

    await connectByCode(page, desk.github);
    await settled(app);
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.getByRole('heading', { name: 'octocat' }).waitFor();
  });

  it("opens GitHub's page in the browser, and nowhere else", async () => {
    const app = await desk.start();
    const page = await app.page();
    await page.getByRole('button', { name: 'Connect GitHub' }).click();
    await page.getByRole('link', { name: /^Open GitHub/ }).click();

    const [opened] = await app.sees('a link was opened', ({ opened }) => opened.length > 0 && opened);
    expect(opened).toBe(`${desk.github.url}/login/device`);
    expect(await app.address()).toMatch(/^app:\/\/trackeep\/index\.html/);
  });

  it('copies the code with the button beside it', async () => {
    const app = await desk.start();
    const page = await app.page();
    await page.getByRole('button', { name: 'Connect GitHub' }).click();
    await page.getByRole('button', { name: 'Copy code' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
  });
});

it('an account survives a restart of the app', async () => {
  const first = await desk.start();
  await connectByCode(await first.page(), desk.github);
  await settled(first);
  expect(await first.quit()).toBe(0);

  const second = await desk.start();
  await settled(second);
  await (await second.page()).getByText('octocat').first().waitFor();
});
