import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { heading, openUi, PATIENCE } from './browser.ts';
import { startLab, type WebLab } from './lab.ts';

describe('with the keyboard alone', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab({ clientId: DEMO_CLIENT.clientId, currentVersion: '1.2.5' });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('the first stop leads past the navigation', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await page.getByRole('button', { name: 'Connect GitHub' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Connect GitHub');
  });

  it('a person connects, downloads the update and disconnects again', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await heading(page).getByText('Connect GitHub to begin').waitFor();
    await press(page, 'Connect GitHub');
    const dialog = page.getByRole('dialog', { name: 'Connect GitHub' });
    const code = (await dialog.locator('[data-code]').getAttribute('data-code')) ?? '';
    expect(lab.github.approve(code)).toBe(true);
    await dialog.getByText('Connected as octocat').waitFor();
    await press(page, 'Done');

    await press(page, 'Updates');
    await heading(page).getByText('Trackeep 1.3.0 is out').waitFor();
    // The focus goes where the news is: to the heading of the new page.
    await expect.poll(() => focused(page), PATIENCE).toBe('Trackeep 1.3.0 is out');
    await press(page, 'Download');
    await page.getByText('Verified', { exact: true }).waitFor();

    await press(page, 'Connections');
    await press(page, 'Disconnect…');
    await page.getByRole('dialog').waitFor();
    // The safe answer has the focus; Escape is another way to give it.
    await expect.poll(() => focused(page), PATIENCE).toBe('Keep it');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await expect.poll(() => focused(page), PATIENCE).toBe('Disconnect…');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await press(page, 'Disconnect');
    await press(page, 'Done');
    await page.getByText('Nothing connected').waitFor();
    // The button that opened the dialog went with its card: the focus is not lost, it is on the heading.
    await expect.poll(() => focused(page), PATIENCE).toBe('Connections');
  });

  it.each([
    ['Status', ["Copy the issuer's address", 'Copy the path of the data folder']],
    ['Approvals', ['Copy the address of the MCP server']],
    ['Settings', ['Check for updates', 'How often', 'Offer prereleases', 'Notifications', 'System']],
    ['Doctor', ['Copy report', 'Run again']],
  ])('every stop on %s has a name and shows where the focus is', async (name, expected) => {
    const { page } = await openUi(lab.browser, lab.app);
    await press(page, name);
    await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
    await page.getByRole('main').focus();
    const stops: string[] = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const stop = await focused(page);
      if (stop === '' || (await wasHere(page))) break;
      stops.push(stop);
      expect(await showsFocus(page), `focus on "${stop}"`).toBe(true);
    }
    expect(stops).toEqual(expect.arrayContaining(expected));
  });
});

/** Tabs to what carries this name and presses Enter there. */
async function press(page: Page, name: string): Promise<void> {
  const named = { name: new RegExp(`^${name}( \\(waits for you\\))?$`) };
  await page.getByRole('button', named).or(page.getByRole('link', named)).first().waitFor();
  for (let stop = 0; stop < 60; stop += 1) {
    if ((await focused(page)) === name) return page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
  }
  throw new Error(`The Tab key does not lead to "${name}".`);
}

/** What the focused element is called: its label, its name for assistive technology, or its text. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return '';
    const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels : null;
    const name = element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent ?? '';
    return name.replace(/\s*\(waits for you\)$/, '').trim();
  });
}

/** Whether the focus has been on this element before; remembers that it has now. */
function wasHere(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement)) return true;
    const before = element.dataset.visited !== undefined;
    element.dataset.visited = '';
    return before;
  });
}

/** Whether anything around the focused element looks different when it loses the focus. */
async function showsFocus(page: Page): Promise<boolean> {
  const picture = async () => page.screenshot({ animations: 'disabled' });
  const focusedPicture = await picture();
  const element = await page.evaluateHandle(() => document.activeElement);
  await element.evaluate((one) => one instanceof HTMLElement && one.blur());
  const blurredPicture = await picture();
  await element.evaluate((one) => one instanceof HTMLElement && one.focus({ preventScroll: true }));
  return !focusedPicture.equals(blurredPicture);
}
