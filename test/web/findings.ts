import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Everything that axe finds, as sentences; colours are judged as they are once nothing moves any more. */
export async function findings(page: Page): Promise<string[]> {
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** By how many pixels the page, or the dialog over it, is wider than its room. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const room = document.querySelector('[role="dialog"]') ?? document.querySelector('main');
    return room ? room.scrollWidth - room.clientWidth : Number.NaN;
  });
}
