import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { openDatabase } from '../src/main/storage/database.ts';
import { startApp } from '../test/support/app.ts';
import { chromiumOptions } from '../test/support/chromium.ts';
import { createQuietLogger } from '../test/support/quiet-logger.ts';
import { compare, inTurns, type Result } from './measure.ts';
import { storeTracked } from './stored-tracked.ts';

const ROUNDS = 5;
const REPOSITORIES = 1_000;
const COMMITS = 100_000;
/** Of one repository. */
const MANY_COMMITS = 20_000;
/** Shown while a list is scrolled, and so much farther each, px. */
const FRAMES = 180;
const STEP = 90;

/** Long lists, scrolled as fast as a wheel goes, beside nothing at all of the same height: frames that are missing take time. */
export async function measureScrolling(): Promise<Result[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-bench-scroll-'));
  const browser = await chromium.launch(chromiumOptions());
  try {
    const [most = 0] = await storeTracked(dataDir, { repositories: REPOSITORIES, commits: COMMITS });
    await gather(dataDir, most);
    const app = await startApp({ dataDir, env: { AUTO_UPDATE_CHECK: 'false' } });
    try {
      const page = await browser.newPage({ viewport: { width: 900, height: 640 } });
      await page.goto(app.ready.ui);
      await page.getByRole('navigation').waitFor();
      const { origin } = new URL(page.url());
      const results: Result[] = [];
      for (const [name, path, items] of [
        [`scrolling ${REPOSITORIES} repositories / an empty page`, '#/repositories', REPOSITORIES],
        [`scrolling ${MANY_COMMITS} commits / an empty page`, `#/repositories/${most}`, MANY_COMMITS],
      ] as const) {
        await page.goto(`${origin}/ui/${path}`);
        const height = await readWhole(page, items);
        const empty = await browser.newPage({ viewport: { width: 900, height: 640 } });
        await empty.setContent(
          `<main style="height: 640px; overflow: auto"><div style="height: ${height}px"></div></main>`,
        );
        const scroll = (on: Page) => on.evaluate(scrollThrough, { frames: FRAMES, step: STEP });
        const series = await inTurns(ROUNDS, { ours: () => scroll(page), peer: () => scroll(empty) });
        results.push(compare(name, series, 'ms', { atMost: 1.25 }));
        await empty.close();
      }
      return results;
    } finally {
      await app.stop();
    }
  } finally {
    await browser.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Makes the commits of many repositories those of one. */
async function gather(dataDir: string, repositoryId: number): Promise<void> {
  const { db, close } = await openDatabase({ dataDir, logger: createQuietLogger() });
  try {
    const newest = db.selectFrom('tracked_commits').select('oid').orderBy('oid').limit(MANY_COMMITS);
    await db.updateTable('tracked_commits').set({ repository_id: repositoryId }).where('oid', 'in', newest).execute();
  } finally {
    await close();
  }
}

/** Scrolls to the end until all of it is there. @returns how high it is, px */
async function readWhole(page: Page, items: number): Promise<number> {
  const read = await page.waitForFunction(
    (wanted) => {
      const main = document.querySelector('main');
      const last = [...(main?.querySelectorAll('[aria-setsize], [aria-rowindex]') ?? [])].at(-1);
      const place = Number(last?.getAttribute('aria-posinset') ?? Number(last?.getAttribute('aria-rowindex')) - 1);
      if (main) main.scrollTop = main.scrollHeight;
      return place >= wanted && main ? main.scrollHeight : null;
    },
    items,
    { timeout: 120_000 },
  );
  return Number(await read.jsonValue());
}

/** Runs in the page. @returns ms that so many frames took */
function scrollThrough({ frames, step }: { frames: number; step: number }): Promise<number> {
  const main = document.querySelector('main');
  if (!main) throw new Error('There is nothing to scroll.');
  main.scrollTop = 0;
  return new Promise((resolve) => {
    let shown = 0;
    let began = 0;
    const next = (at: number) => {
      if (shown === 0) began = at;
      if (shown === frames) return resolve(at - began);
      shown += 1;
      main.scrollTop += step;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
}
