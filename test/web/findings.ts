import axe, { type RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { NARROW, type WebPage, WINDOW } from './browser.ts';

const EVERYTHING: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};
const COLOURS: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast'] } };

export type Colours = 'light' | 'dark';

/**
 * Everything that axe finds in light colours and in dark ones, as sentences; colours are judged as they are once nothing
 * moves any more. In dark colours only the colours are judged: the rest of a page is the same. A page that was opened in
 * dark colours is judged in those alone.
 *
 * @param look called once in each of the colours, to keep a picture
 */
export async function findings(page: Page, look?: (colours: Colours) => Promise<void>): Promise<string[]> {
  const found: string[] = [];
  if (!(await isDark(page))) {
    found.push(...(await judge(page, EVERYTHING)));
    await look?.('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    found.push(...(await findings(page, look)).map((finding) => `in dark colours: ${finding}`));
    await page.emulateMedia({ colorScheme: 'light' });
    await follows(page, 'light');
    return found;
  }
  await follows(page, 'dark');
  found.push(...(await judge(page, COLOURS)));
  await look?.('dark');
  return found;
}

/** Runs axe in the page itself, where it is brought once: no page of ours has frames, for which alone it takes more. */
async function judge(page: Page, options: RunOptions): Promise<string[]> {
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async (wanted) => {
    const run: typeof axe.run = Reflect.get(window, 'axe').run;
    const { violations } = await run(wanted);
    return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }, options);
}

function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
}

/** Waits until the page shows the colours that the system has now. The issuer's pages need no script for it. */
async function follows(page: Page, colours: Colours): Promise<void> {
  await page.waitForFunction((wanted) => {
    const { mantineColorScheme = wanted } = document.documentElement.dataset;
    return mantineColorScheme === wanted && matchMedia(`(prefers-color-scheme: ${wanted})`).matches;
  }, colours);
}

/** By how many pixels the page, or the dialog over it, is wider than its room. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const room = document.querySelector('[role="dialog"]') ?? document.querySelector('main');
    return room ? room.scrollWidth - room.clientWidth : Number.NaN;
  });
}

/**
 * What there is to find fault with in a wide and in a narrow window. Keeps a picture of each.
 *
 * @param name of the pictures
 */
export async function findingsAtBothWidths({ page, picture }: WebPage, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const size of [WINDOW, NARROW]) {
    await page.setViewportSize(size);
    const excess = await overflow(page);
    if (excess > 0) found.push(`${size.width}: ${excess} pixels too wide`);
    for (const finding of await findings(page, (colours) => picture(`${name}-${colours}-${size.width}`)))
      found.push(`${size.width}: ${finding}`);
  }
  return found;
}
