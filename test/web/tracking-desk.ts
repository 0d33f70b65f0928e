/** What the specs about repositories share: an account whose repositories are fetched from the emulated GitHub. */
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { DEMO_CLIENT } from '../../src/main/demo/emulated-github.ts';
import type { World } from '../../src/main/demo/tracked/world.ts';
import { callRunningApp } from '../../src/main/http/socket-client.ts';
import type { TrackedAccountView, TrackingView } from '../../src/shared/tracking-views.ts';
import type { RunningApp } from '../support/app.ts';
import { PATIENCE } from './browser.ts';
import { startLab, type WebLab } from './lab.ts';

/** The app beside a GitHub with these repositories. Nobody is connected yet. */
export function startTrackingLab(world: World): Promise<WebLab> {
  return startLab({ clientId: DEMO_CLIENT.clientId, currentVersion: '1.3.0', github: { world } });
}

/** Waits until the tracking stands so, as the app itself tells it. */
export async function untilTracking(
  app: RunningApp,
  stands: (account: TrackedAccountView, view: TrackingView) => boolean,
): Promise<void> {
  await vi.waitFor(
    async () => {
      const view = await callRunningApp(app.dataDir, 'tracking.get', {});
      const [account] = view.accounts;
      expect(account !== undefined && stands(account, view), JSON.stringify(view)).toBe(true);
    },
    { timeout: 30_000, interval: 100 },
  );
}

/** Everything is fetched. */
export function untilCurrent(app: RunningApp): Promise<void> {
  return untilTracking(app, ({ state, firstSyncDone }) => state === 'current' && firstSyncDone);
}

/** Has GitHub asked at once, as the button does. */
export async function lookNow(app: RunningApp): Promise<void> {
  await callRunningApp(app.dataDir, 'tracking.refresh', {});
}

/** Scrolls the page to its end, and on as long as more comes, until something holds. */
export async function scrollUntil(page: Page, holds: () => Promise<boolean>): Promise<void> {
  await expect
    .poll(async () => {
      await page.getByRole('main').evaluate((main) => main.scrollTo({ top: main.scrollHeight }));
      return holds();
    }, PATIENCE)
    .toBe(true);
}

/** Whether the focused element is in sight, as far as its page scrolls. */
export function focusInSight(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { top, bottom, height } = document.activeElement?.getBoundingClientRect() ?? new DOMRect();
    return height > 0 && top >= 0 && bottom <= innerHeight;
  });
}

/** Every attribute that a link to a page outside must have. @returns what is missing, as the links themselves */
export function unsafeLinks(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>('main a[href^="http"]')]
      .filter(({ rel, target }) => target !== '_blank' || !rel.split(' ').includes('noopener'))
      .map(({ outerHTML }) => outerHTML),
  );
}
