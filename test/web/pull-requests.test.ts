import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import { createWorld, type World, type WorldRepository } from '../../src/main/demo/tracked/world.ts';
import { clickLabel, openUi, PATIENCE, visit } from './browser.ts';
import { findingsAtBothWidths } from './findings.ts';
import { connectAccount, type WebLab } from './lab.ts';
import { lookNow, scrollUntil, startTrackingLab, unsafeLinks, untilCurrent } from './tracking-desk.ts';

const HTML = '<script>document.title = "run"</script> & <b>bold</b>';

describe('pull requests', () => {
  let lab: WebLab;
  let world: World;
  let garden: WorldRepository;
  beforeAll(async () => {
    world = createWorld({ clock: systemClock() });
    garden = plant(world);
    lab = await startTrackingLab(world);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('are none while no account is connected, and the page says what to do', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Pull requests');
    await page.getByText('No GitHub account is connected').waitFor();
    await connectAccount(lab);
    await untilCurrent(lab.app);
    // The page notices by itself.
    await page.getByText('4 pull requests wait for you.').waitFor();
  });

  it('that wait for the person come first, each with what it waits for and how it stands', async () => {
    const web = await openUi(lab.browser, lab.app);
    const { page } = web;
    await visit(page, 'Pull requests');
    const row = (title: string) => page.getByRole('article').filter({ hasText: title });
    await row('Review me').getByText('Your review is asked for').waitFor();
    await row('Review me').getByText('Checks passed').waitFor();
    await row('Mend me').getByText('Changes are asked of you').waitFor();
    await row('Untangle me').getByText('It has conflicts to settle').waitFor();
    await row('Merge me').getByText('Ready to be merged').waitFor();
    await row('Merge me').getByText('Approved').waitFor();
    // What it waits for is not said a second time.
    expect(await row('Mend me').getByText('Changes asked for').count()).toBe(0);
    expect(await page.getByRole('article').count()).toBe(4);
    expect(await findingsAtBothWidths(web, 'pull-requests')).toEqual([]);
  });

  it('lead to GitHub with one click, and by the keyboard', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Pull requests');
    const link = page.getByRole('link', { name: /^Review me/ });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe(`${lab.github.url}/octocat/garden/pull/1`);
    expect(await unsafeLinks(page)).toEqual([]);
    await page.getByRole('searchbox').focus();
    const titles = await page.getByRole('article').getByRole('link').allTextContents();
    for (const title of titles) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(title);
    }
    const opening = page.context().waitForEvent('page');
    await link.focus();
    await page.keyboard.press('Enter');
    const opened = await opening;
    expect(opened.url()).toBe(`${lab.github.url}/octocat/garden/pull/1`);
    await opened.close();
  });

  it('are shown by whose they are and how they ended', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Pull requests');
    await clickLabel(page, 'Mine');
    const list = (name: string) => page.getByRole('list', { name }).getByRole('article');
    await expect.poll(() => list('Mine').count(), PATIENCE).toBe(4);
    await list('Mine').filter({ hasText: 'Not ready' }).getByText('Draft', { exact: true }).waitFor();
    await clickLabel(page, 'Merged');
    await list('Merged')
      .filter({ hasText: 'Done' })
      .getByText(/merged/)
      .first()
      .waitFor();
    expect(await list('Merged').count()).toBe(1);
    await clickLabel(page, 'All');
    await page.getByRole('searchbox').fill('Thrown');
    await list('All').filter({ hasText: 'Thrown away' }).getByText('Closed', { exact: true }).waitFor();
    await page.getByRole('searchbox').fill('الأخطاء');
    await page.getByText('an account that is gone').waitFor();
  });

  it('are found by their titles, which are shown as they were written', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Pull requests');
    await clickLabel(page, 'All');
    await page.getByRole('list', { name: 'All' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search by title' }).fill('</script>');
    const odd = page.getByRole('link').filter({ hasText: HTML });
    await odd.waitFor();
    await expect.poll(() => page.getByRole('article').count(), PATIENCE).toBe(1);
    expect(await page.title()).toMatch(/^Pull requests/);
    await page.getByRole('searchbox').fill('nobody wrote this');
    await page.getByText('Nothing fits').waitFor();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await expect.poll(() => page.getByRole('article').count(), PATIENCE).toBeGreaterThan(5);
  });

  it('are read on while one scrolls, and never drawn all at once', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Pull requests');
    await clickLabel(page, 'All');
    const items = page.getByRole('list', { name: 'All' }).locator('> li');
    await items.first().waitFor();
    await scrollUntil(page, async () => (await items.last().getAttribute('aria-posinset')) === '69');
    expect(await items.count()).toBeLessThan(40);
  });

  it('that wait no longer leave the list and the badge, and the last one leaves a good word', async () => {
    const { page, picture } = await openUi(lab.browser, lab.app);
    await visit(page, 'Pull requests');
    const badge = page.getByRole('navigation').getByText('(4 wait for you)');
    await badge.waitFor({ state: 'attached' });
    for (const number of [1, 2, 3, 4]) world.close(garden, number);
    await lookNow(lab.app);
    await page.getByText('Nothing waits for you', { exact: true }).waitFor();
    await badge.waitFor({ state: 'detached' });
    await picture('pull-requests-nothing');
  });
});

/** Two repositories: one with a pull request of every sort, one with many. */
function plant(world: World): WorldRepository {
  const repository = world.addRepository({ owner: 'octocat', name: 'garden', languages: { TypeScript: 1 } });
  world.push(repository, { commits: 3 });
  const open = (title: string, author: string | null, reviewers: string[] = []) => {
    const head = `topic-${repository.lastNumber + 1}`;
    world.push(repository, { branch: head, commits: 1 });
    return world.openPullRequest(repository, { head, title, author, reviewers }).number;
  };
  world.setChecks(repository, open('Review me', 'ada', ['octocat']), 'SUCCESS');
  world.review(repository, open('Mend me', 'octocat'), { author: 'ada', state: 'CHANGES_REQUESTED' });
  world.setMergeable(repository, open('Untangle me', 'octocat'), 'CONFLICTING');
  const ready = open('Merge me', 'octocat');
  world.setChecks(repository, ready, 'SUCCESS');
  world.review(repository, ready, { author: 'ada', state: 'APPROVED' });
  const draft = repository.pullRequests.get(open('Not ready', 'octocat'));
  if (draft) draft.draft = true;
  world.merge(repository, open('Done', 'octocat'), {});
  world.close(repository, open('Thrown away', 'ada'), {});
  open(HTML, 'ada');
  open('إصلاح الأخطاء في الواجهة', null);
  const many = world.addRepository({ owner: 'octocat', name: 'quilt' });
  world.push(many, { commits: 1 });
  for (let index = 0; index < 60; index += 1) {
    world.push(many, { branch: `patch-${index}`, commits: 1 });
    world.openPullRequest(many, { head: `patch-${index}`, title: `Patch ${index}`, author: 'hubot' });
  }
  return repository;
}
