import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import { createDemoWorld } from '../../src/main/demo/demo-world.ts';
import type { World, WorldRepository } from '../../src/main/demo/tracked/world.ts';
import { callRunningApp } from '../../src/main/http/socket-client.ts';
import { openUi, PATIENCE, visit } from './browser.ts';
import { findingsAtBothWidths } from './findings.ts';
import { connectAccount, type WebLab } from './lab.ts';
import {
  focusInSight,
  lookNow,
  scrollUntil,
  startTrackingLab,
  unsafeLinks,
  untilCurrent,
  untilTracking,
} from './tracking-desk.ts';

const HTML = '<img src=x onerror="document.title=`run`"> & <b>bold</b>';
const ARABIC = 'إصلاح المضخة عندما تنقطع الشبكة';

describe('activity', () => {
  let lab: WebLab;
  let world: World;
  let garden: WorldRepository;
  beforeAll(async () => {
    world = createDemoWorld({ clock: systemClock() });
    garden = world.repository('octocat/garden');
    for (const [index, title] of [HTML, ARABIC].entries()) {
      world.createBranch(garden, `odd-${index}`);
      world.openPullRequest(garden, { head: `odd-${index}`, title, author: 'ada' });
    }
    lab = await startTrackingLab(world);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('says what to do while no account is connected', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    await page.getByText('No GitHub account is connected').waitFor();
    await page.getByRole('button', { name: 'Open Connections' }).click();
    await page.waitForFunction(() => document.title.startsWith('Connections'));
  });

  it('shows how far the first fetching has come, and lets the person pause it', async () => {
    const gate = Promise.withResolvers<void>();
    onTestFinished(() => gate.resolve());
    // Which repositories there are is told; what is in them has to wait.
    let asked = 0;
    const heal = lab.github.fail({
      match: 'POST /graphql',
      when: () => {
        asked += 1;
        return asked > 2;
      },
      answer: { passAfter: gate.promise },
    });
    await connectAccount(lab);
    const { page, picture } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    const banner = page.getByRole('main').getByRole('status').filter({ hasText: 'of 11 repositories fetched' });
    await banner.waitFor();
    await page.getByText('Nothing has happened yet').waitFor();
    await banner.getByRole('progressbar', { name: 'Fetched of octocat' }).waitFor({ state: 'attached' });
    await picture('activity-first-sync');

    await banner.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Nothing is fetched until you go on').waitFor();
    gate.resolve();
    heal();
    await untilTracking(lab.app, ({ state }) => state === 'paused');
    await page.getByRole('button', { name: 'Go on' }).click();
    await untilCurrent(lab.app);
    await banner.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Today' }).waitFor();
  });

  it('tells what happened, day by day, with the year before it and the busiest repositories', async () => {
    const web = await openUi(lab.browser, lab.app);
    const { page } = web;
    await visit(page, 'Activity');
    await page.getByRole('img', { name: /contributions in a year; most of them/ }).waitFor();
    await page.getByRole('heading', { name: 'Pushed to lately' }).waitFor();
    await page
      .getByRole('img', { name: /^\d+ commits in half a year$/ })
      .first()
      .waitFor();
    await page.getByRole('heading', { name: 'Yesterday' }).waitFor();
    expect(await findingsAtBothWidths(web, 'activity')).toEqual([]);
  });

  it('says of a square which day it is and how much was done', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    const squares = page.getByRole('img', { name: /contributions in a year/ }).locator('rect');
    await squares.last().hover();
    await page.getByText(/^\d+ contributions?, .*20\d\d$/).waitFor();
  });

  it('shows texts as they were written, and runs none of them', async () => {
    const { page, picture } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    await page.getByRole('searchbox').fill('<b>bold');
    await page.getByText(HTML).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    await page.getByRole('searchbox').fill('المضخة');
    const title = page.locator('bdi').filter({ hasText: ARABIC });
    await title.waitFor();
    expect(await title.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
    await picture('activity-right-to-left');
    expect(await page.title()).toMatch(/^Activity/);
  });

  it('leads to GitHub, and to the page of the repository', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    await page.getByRole('searchbox').fill('power cut');
    // Until then a row may be replaced under the pointer.
    await expect.poll(() => page.getByRole('article').filter({ hasNotText: 'power cut' }).count(), PATIENCE).toBe(0);
    const row = page.getByRole('article').filter({ hasText: 'Restart the pump after a power cut' });
    const link = row.getByRole('link', { name: /Restart the pump/ });
    expect(await link.getAttribute('href')).toMatch(`${lab.github.url}/orchard-labs/irrigation/pull/`);
    expect(await unsafeLinks(page)).toEqual([]);
    await row.getByRole('link', { name: 'orchard-labs/irrigation' }).click();
    await page.getByRole('heading', { level: 1, name: 'orchard-labs/irrigation' }).waitFor();
  });

  it('is narrowed by kind and by words, and shown whole again', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    await page.getByLabel('What happened').first().selectOption('Releases');
    await page
      .getByRole('link', { name: /^Released: v/ })
      .first()
      .waitFor();
    await expect.poll(() => page.getByRole('link', { name: /commit/ }).count(), PATIENCE).toBe(0);
    await page.getByRole('searchbox').fill('no such thing');
    await page.getByText('Nothing fits').waitFor();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
    expect(await page.getByLabel('What happened').first().inputValue()).toBe('all');
  });

  it('goes back to the beginning, however long that is, a part at a time', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    const items = page.getByRole('list', { name: 'What happened' }).locator('> li');
    await items.first().waitFor();
    const size = async () => Number(await items.first().getAttribute('aria-setsize'));
    const before = await size();
    await scrollUntil(page, async () => (await size()) > before + 250);
    // Only what is in sight is drawn.
    expect(await items.count()).toBeLessThan(60);
  });

  it('brings every row to who has only a keyboard', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    const items = page.getByRole('list', { name: 'What happened' });
    await items.waitFor();
    await page.getByRole('searchbox').focus();
    const places: number[] = [];
    for (let times = 0; times < 60; times += 1) {
      await page.keyboard.press('Tab');
      places.push(
        await page.evaluate(() => Number(document.activeElement?.closest('li')?.getAttribute('aria-posinset'))),
      );
      if (times % 10 === 0) await expect.poll(() => focusInSight(page), PATIENCE).toBe(true);
    }
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    // Two links each, and a heading for each day.
    expect(places.at(-1)).toBeGreaterThan(30);
    expect(Math.max(...places.slice(1).map((place, index) => place - (places[index] ?? 0)))).toBeLessThanOrEqual(2);
  });

  it('takes in what happens now, without moving what is being read', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    await page.getByRole('list', { name: 'What happened' }).waitFor();
    const main = page.getByRole('main');
    await main.evaluate((element) => element.scrollTo({ top: 1_500 }));
    const list = page.getByRole('list', { name: 'What happened' });
    const text = (await list.getByRole('article').nth(14).textContent()) ?? '';
    const row = list.getByRole('listitem').filter({ hasText: text }).first();
    const number = async () => Number(await row.getAttribute('aria-posinset'));
    const top = () => row.evaluate((element) => element.getBoundingClientRect().top);
    const before = { number: await number(), top: await top() };

    world.star(garden, 'grace');
    await lookNow(lab.app);
    await expect.poll(number, PATIENCE).toBe(before.number + 1);
    await expect.poll(async () => Math.abs((await top()) - before.top), PATIENCE).toBeLessThan(2);
    await main.evaluate((element) => element.scrollTo({ top: 0 }));
    await page.getByText('1,285 stars (+1)').waitFor();
  });

  it('that was read far begins anew once its reader is back at the top', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    const first = page.getByRole('list', { name: 'What happened' }).locator('> li').first();
    await first.waitFor();
    const size = async () => Number(await first.getAttribute('aria-setsize'));
    // More pages than are asked for anew as they are.
    await scrollUntil(page, async () => (await size()) > 420);
    // Away from the end, so that no more of it is read, yet far from the top.
    await page.getByRole('main').evaluate((main) => main.scrollTo({ top: main.scrollHeight / 2 }));
    await page.getByText('More is coming…').waitFor({ state: 'detached' });
    const before = await size();
    const { version } = await callRunningApp(lab.app.dataDir, 'tracking.get', {});
    world.unstar(garden, 'grace');
    await lookNow(lab.app);
    await untilTracking(lab.app, ({ state }, view) => state === 'current' && view.version > version);
    expect(await size()).toBe(before);
    await page.getByRole('main').evaluate((main) => main.scrollTo({ top: 0 }));
    await page.getByText('1,284 stars (−1)').waitFor();
    expect(await size()).toBeLessThan(before);
  });

  it('says what is in the way once GitHub has turned the account away', async () => {
    const { page, picture } = await openUi(lab.browser, lab.app);
    await visit(page, 'Activity');
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    lab.github.revokeAll('octocat');
    await lookNow(lab.app);
    const banner = page.getByRole('main').getByRole('status').filter({ hasText: 'Held up' });
    await banner.getByText(/GitHub no longer accepts the sign-in of octocat\./).waitFor();
    await banner.getByRole('link', { name: 'Open Connections' }).waitFor();
    // What has come stays.
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    await picture('activity-problem');
  });
});
