import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { NARROW, type WebPage, WINDOW } from './browser.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Everything that axe finds, as sentences; colours are judged as they are once nothing moves any more. In dark colours only
 * the colours are judged: the rest of a page is the same as in light ones, where everything is.
 */
export async function findings(page: Page): Promise<string[]> {
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
  const dark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const axe = new AxeBuilder({ page });
  if (dark) axe.withRules(['color-contrast']);
  else axe.withTags(TAGS);
  const { violations } = await axe.analyze();
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
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
    for (const finding of await findings(page)) found.push(`${size.width}: ${finding}`);
    await picture(`${name}-${size.width}`);
  }
  return found;
}
