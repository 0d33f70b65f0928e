import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import type { World, WorldRepository } from '../../src/main/demo/tracked/world.ts';
import { callRunningApp } from '../../src/main/http/socket-client.ts';
import { generateAccount } from '../support/tracked-account.ts';
import { clickLabel, heading, openUi, PATIENCE, visit } from './browser.ts';
import { findingsAtBothWidths } from './findings.ts';
import { connectAccount, type WebLab } from './lab.ts';
import { focusInSight, scrollUntil, startTrackingLab, unsafeLinks, untilTracking } from './tracking-desk.ts';

const HTML = '<img src=x onerror="document.title=`run`"> & <b>bold</b>';
const HEBREW = 'מזג האוויר של היום';
const DAY_MS = 86_400_000;
const COMMITS = 260;

describe('a thousand repositories', () => {
  let lab: WebLab;
  let world: World;
  let garden: WorldRepository;
  let id: number;
  beforeAll(async () => {
    world = generateAccount({ seed: 5, repositories: 1_000, commits: 1_200, clock: systemClock() });
    garden = plant(world);
    lab = await startTrackingLab(world);
    await connectAccount(lab);
    // All are listed within seconds. To fetch what is in each takes longer, and one is enough here.
    await untilTracking(lab.app, (_, { stored }) => stored.repositories === 1_001);
    const { items } = await callRunningApp(lab.app.dataDir, 'tracking.repositories', { search: 'garden' });
    id = items[0]?.id ?? 0;
    await callRunningApp(lab.app.dataDir, 'tracking.refresh', { repositoryId: id });
    await vi.waitFor(async () => {
      expect((await callRunningApp(lab.app.dataDir, 'tracking.repository', { id })).commits).toBe(COMMITS);
    }, PATIENCE);
    await pause(lab, true);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  describe('in a table', () => {
    it('have nothing to find fault with, and are a table to assistive technology', async () => {
      const web = await openTable(lab);
      const { page } = web;
      await page.getByText(/^\d{3} repositories\.$/).waitFor();
      const roles = await rolesOf(page);
      expect(roles).toEqual(expect.arrayContaining(['table', 'row', 'columnheader', 'cell']));
      expect(Number(await page.getByRole('table').getAttribute('aria-rowcount'))).toBeGreaterThan(800);
      expect(await findingsAtBothWidths(web, 'repositories')).toEqual([]);
    });

    it('are sorted by their headings, and by a list where there is no room for those', async () => {
      const { page } = await openTable(lab);
      const column = (name: string) => page.getByRole('columnheader', { name });
      expect(await column('Last push').getAttribute('aria-sort')).toBe('descending');
      await column('Stars').getByRole('button').click();
      await expect.poll(() => column('Stars').getAttribute('aria-sort'), PATIENCE).toBe('descending');
      expect(await column('Last push').getAttribute('aria-sort')).toBe('none');
      await expect.poll(async () => isFalling(await stars(page)), PATIENCE).toBe(true);
      await column('Stars').getByRole('button').press('Enter');
      await expect.poll(async () => (await stars(page))[0], PATIENCE).toBe(0);
      expect(await column('Stars').getAttribute('aria-sort')).toBe('ascending');

      expect(await column('Pull requests').isVisible()).toBe(false);
      await page.getByLabel('Sorted by').selectOption('Most pull requests');
      await column('Pull requests').waitFor();
      await expect.poll(() => column('Pull requests').getAttribute('aria-sort'), PATIENCE).toBe('descending');
      expect(await column('Stars').isVisible()).toBe(false);
    });

    it('are found by name and description, and told apart by their state', async () => {
      const { page } = await openTable(lab);
      const search = page.getByRole('searchbox', { name: 'Search by name or description' });
      await search.fill('title=`run`');
      await page.getByText('1 repository of what is here.').waitFor();
      await page.getByText(HTML).waitFor();
      expect(await page.title()).toMatch(/^Repositories/);
      // The focus is not lost, so that one can write on.
      expect(await search.evaluate((field) => field === document.activeElement)).toBe(true);
      await search.fill('no such thing');
      await page.getByText('Nothing fits').waitFor();
      await page.getByRole('button', { name: 'Show everything' }).click();
      await page.getByLabel('Which repositories').selectOption('Left out');
      await page.getByText(/^\d+ repositories of what is here\.$/).waitFor();
      await page.getByText('left out', { exact: true }).first().waitFor();
    });

    it('are all reached by scrolling, while only those in sight are drawn', async () => {
      const { page } = await openTable(lab);
      await page.getByLabel('Sorted by').selectOption('Name');
      const total = Number(await page.getByRole('table').getAttribute('aria-rowcount'));
      const last = page.locator(`tr[aria-rowindex="${total}"]`);
      await scrollUntil(page, () => last.isVisible());
      expect(await page.locator('tr').count()).toBeLessThan(50);
    });

    it('are reached one after the other by the keyboard', async () => {
      const { page } = await openTable(lab);
      await page.getByRole('columnheader', { name: 'Last push' }).getByRole('button').focus();
      const places: number[] = [];
      for (let times = 1; times <= 40; times += 1) {
        await page.keyboard.press('Tab');
        // Rows ahead are drawn as one goes on; a busy machine is a little behind a key that is held.
        await page.waitForFunction(() => document.activeElement?.closest('tr')?.nextElementSibling);
        places.push(
          await page.evaluate(() => Number(document.activeElement?.closest('tr')?.getAttribute('aria-rowindex'))),
        );
      }
      expect(places).toEqual(Array.from(places, (_, index) => index + 2));
      await expect.poll(() => focusInSight(page), PATIENCE).toBe(true);
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.title.includes('/'));
    });
  });

  describe('and one of them', () => {
    it('shows what it is, with every number, its languages and its weeks', async () => {
      const web = await openRepository(lab, id);
      const { page } = web;
      await page.getByText(HTML).first().waitFor();
      for (const [label, value] of [
        ['Stars', '1,200'],
        ['Commits', String(COMMITS)],
        ['Open pull requests', '1'],
      ] as const) {
        const figure = page.locator('dl > div').filter({ has: page.getByText(label, { exact: true }) });
        expect(await figure.locator('dd').innerText()).toMatch(value);
      }
      await page.getByRole('img', { name: /^260 commits in \d+ weeks; most of them/ }).waitFor();
      await page.getByText('TypeScript').waitFor();
      expect(await page.getByRole('link', { name: /^Open at GitHub/ }).getAttribute('href')).toBe(
        `${lab.github.url}/octocat/garden`,
      );
      expect(await unsafeLinks(page)).toEqual([]);
      expect(await findingsAtBothWidths(web, 'repository')).toEqual([]);
    });

    it('tells its commits to the first one', async () => {
      const { page } = await openRepository(lab, id);
      await page.getByRole('list', { name: 'Commits' }).waitFor();
      const first = page.getByRole('link', { name: /^Commit 0 / });
      await scrollUntil(page, () => first.isVisible());
      await page.getByRole('main').evaluate((main) => main.scrollTo({ top: 0 }));
      await page.getByRole('searchbox', { name: 'Search commits' }).fill('Commit 25');
      const link = page.getByRole('link', { name: /^Commit 255 / });
      await link.waitFor();
      expect(await link.getAttribute('href')).toMatch(`${lab.github.url}/octocat/garden/commit/`);
    });

    it('has its pull requests, branches, releases and what happened', async () => {
      const { page, picture } = await openRepository(lab, id);
      await clickLabel(page, 'Pull requests');
      await page.getByRole('link').filter({ hasText: HEBREW }).waitFor();
      await clickLabel(page, 'Branches');
      await page.getByText('2 branches').waitFor();
      await page.getByText('default', { exact: true }).waitFor();
      await picture('repository-branches');
      await clickLabel(page, 'Releases');
      await page.getByText('prerelease', { exact: true }).waitFor();
      await clickLabel(page, 'Activity');
      await page
        .getByRole('link', { name: /^Released: v1/ })
        .first()
        .waitFor();
    });

    it('is muted, here and in the table', async () => {
      const { page } = await openRepository(lab, id);
      // The switch has its place once the chart above it is here.
      await page.getByRole('img', { name: /commits in \d+ weeks/ }).waitFor();
      const muted = page.getByRole('switch', { name: 'No notifications of this repository' });
      await clickLabel(page, 'No notifications of this repository');
      await expect.poll(() => muted.isChecked(), PATIENCE).toBe(true);
      await page.getByRole('link', { name: 'Repositories' }).last().click();
      await page.getByRole('searchbox').fill('octocat/garden');
      await page.getByRole('row').filter({ hasText: 'garden' }).getByText('muted').waitFor({ state: 'attached' });
      expect((await callRunningApp(lab.app.dataDir, 'tracking.repository', { id })).muted).toBe(true);
    });

    it('is looked at as soon as the person wants it', async () => {
      await pause(lab, false);
      const { page } = await openRepository(lab, id);
      await page.getByText('1,200', { exact: true }).waitFor();
      world.star(garden, 'grace');
      await page.getByRole('button', { name: 'Look now' }).click();
      await page.getByText('1,201').waitFor();
      await pause(lab, true);
    });

    it('that is not there says so, and leads back', async () => {
      const { page, expectComplaint } = await openRepository(lab, 999_999);
      expectComplaint(/^Failed to load resource/);
      await page.getByRole('alert').getByText('This repository is not tracked.').waitFor();
      await page.getByRole('link', { name: 'All repositories' }).click();
      await heading(page).getByText('Repositories').waitFor();
    });
  });
});

async function openTable(lab: WebLab) {
  const web = await openUi(lab.browser, lab.app);
  await visit(web.page, 'Repositories');
  await web.page.getByRole('row').nth(1).waitFor();
  return web;
}

async function openRepository(lab: WebLab, id: number) {
  const web = await openUi(lab.browser, lab.app);
  await web.page.evaluate((to) => {
    location.hash = `#/repositories/${to}`;
  }, id);
  return web;
}

async function pause({ app }: WebLab, paused: boolean): Promise<void> {
  await callRunningApp(app.dataDir, 'settings.set', { tracking: { paused } });
}

/** The roles that Chromium itself hands to assistive technology. */
async function rolesOf(page: Page): Promise<unknown[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return [...new Set(nodes.map(({ role }) => role?.value))];
}

async function stars(page: Page): Promise<number[]> {
  const texts = await page.locator('tbody td:nth-child(2)').allInnerTexts();
  return texts.map((text) => Number(text.replaceAll(',', '')));
}

function isFalling(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number < (numbers[index - 1] ?? 0));
}

/** One with something of everything. */
function plant(world: World): WorldRepository {
  const now = world.now();
  const repository = world.addRepository({
    ...{ owner: 'octocat', name: 'garden', description: HTML, topics: ['plants', '<b>'], license: 'MIT' },
    ...{ languages: { TypeScript: 900, CSS: 80, Shell: 20 }, stars: 1_200, forks: 9, watchers: 7, openIssues: 3 },
    createdAt: now - COMMITS * DAY_MS,
  });
  const commits = Array.from({ length: COMMITS }, (_, index) => ({
    message: `Commit ${index} ${HTML}`,
    committedAt: now - (COMMITS - index) * DAY_MS,
  }));
  world.push(repository, { commits, at: now - DAY_MS });
  world.push(repository, { branch: 'weather', commits: 1, at: now - DAY_MS });
  world.openPullRequest(repository, { head: 'weather', title: HEBREW, author: 'ada', at: now - DAY_MS });
  world.publishRelease(repository, { tag: 'v1.0.0', at: now - 2 * DAY_MS });
  world.publishRelease(repository, { tag: 'v1.1.0-rc.1', prerelease: true, at: now - DAY_MS });
  return repository;
}
