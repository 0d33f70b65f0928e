import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { openDatabase } from '../src/main/storage/database.ts';
import { startApp } from '../test/support/app.ts';
import { chromiumOptions } from '../test/support/chromium.ts';
import { fillWithMany } from '../test/support/many-tracked-rows.ts';
import { createQuietLogger } from '../test/support/quiet-logger.ts';
import { compare, inTurns, type Result } from './measure.ts';
import { storeAccounts } from './stored-accounts.ts';

const ROUNDS = 15;
const REPOSITORIES = 100;
const EVENTS = 10_000;
const DAYS = 26 * 7;

/** The Activity page in Chromium from the first byte asked for to the first thing that happened, beside one without any. */
export async function measureActivityPage(): Promise<Result> {
  const cleanUps: (() => unknown)[] = [];
  try {
    const browser = await chromium.launch(chromiumOptions());
    cleanUps.push(() => browser.close());
    const ours = await openActivity(browser, EVENTS, cleanUps);
    const peer = await openActivity(browser, 0, cleanUps);
    const series = await inTurns(ROUNDS, { ours: () => firstContent(ours), peer: () => firstContent(peer) });
    return compare(`Activity page, ${EVENTS} events / none`, series, 'ms', { atMost: 2 });
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

/** @returns a page that is signed in to an app with so many events */
async function openActivity(browser: Browser, events: number, cleanUps: (() => unknown)[]): Promise<Page> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-bench-activity-'));
  cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
  await storeAccounts(dataDir, 1);
  if (events > 0) await fill(dataDir, events);
  // Nobody asks GitHub, whose answers would come in between.
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ tracking: { paused: true } }), { mode: 0o600 });
  const app = await startApp({ dataDir, env: { AUTO_UPDATE_CHECK: 'false' } });
  cleanUps.push(() => app.stop());
  const context = await browser.newContext({ viewport: { width: 900, height: 640 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.addInitScript(watchForContent);
  await page.goto(app.ready.ui);
  await page.getByRole('navigation').waitFor();
  return page;
}

/** @returns ms from the start of the navigation */
async function firstContent(page: Page): Promise<number> {
  const { origin } = new URL(page.url());
  // From elsewhere on the same origin, since a change of the fragment alone loads nothing.
  await page.goto(`${origin}/ui/favicon.svg`);
  await page.goto(`${origin}/ui/#/activity`);
  const at = await page.waitForFunction(() => Reflect.get(window, 'firstContent'));
  return Number(await at.jsonValue());
}

/** Runs in the page: notes when the first row is there, or the sentence that there is none. */
function watchForContent(): void {
  const observer = new MutationObserver(() => {
    const main = document.querySelector('main');
    if (!main?.querySelector('article') && !main?.textContent?.includes('Nothing has happened yet')) return;
    observer.disconnect();
    // Once it is painted.
    requestAnimationFrame(() => setTimeout(() => Object.assign(window, { firstContent: performance.now() })));
  });
  observer.observe(document, { childList: true, subtree: true });
}

async function fill(dataDir: string, events: number): Promise<void> {
  const { db, close } = await openDatabase({ dataDir, logger: createQuietLogger() });
  try {
    const { id } = await db.selectFrom('installations').select('id').executeTakeFirstOrThrow();
    await fillWithMany(db, { repositories: REPOSITORIES, events, days: DAYS, connectionId: id, now: Date.now() });
  } finally {
    await close();
  }
}
