/**
 * A real Chromium with one rule for every page: an error on its console, an uncaught exception or anything that the
 * content security policy had to stop fails the test.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContextOptions, type ConsoleMessage, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { callRunningApp } from '../../src/main/http/socket-client.ts';
import type { RunningApp } from '../support/app.ts';
import { chromiumOptions } from '../support/chromium.ts';

const PICTURES = resolve(import.meta.dirname, '../../test-results/web');

/** The window of the desktop app, so that what is tested is what most people see. */
export const WINDOW = { width: 900, height: 640 };
export const NARROW = { width: 400, height: 720 };

/** How long a page may take to show what a test waits for, on a busy machine. Also for `expect.poll`. */
export const PATIENCE = { timeout: 10_000 };

/** What Chromium says of a request that fails, whoever wanted it to; expected where a test stops the app. */
export const FAILED_REQUEST = /^Failed to load resource/;

export interface WebPage {
  page: Page;
  /** From now on, what matches is no complaint. */
  expectComplaint(pattern: RegExp): void;
  /** Keeps a picture in test-results/web for a person to look at. */
  picture(name: string): Promise<void>;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch(chromiumOptions());
}

/** A page of its own browser profile that watches for complaints; it is closed, and they are judged, after the test. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WebPage> {
  const page = await newPage(browser, options);
  return watch(page, () => page.context().close());
}

/**
 * As `openPage`, for a test that does not ask who was here before: a new page costs more than all that most tests do on
 * it, so one that a test has left in order is gone on with. `options` always take a profile of their own.
 */
export async function takePage(browser: Browser, options: BrowserContextOptions = {}): Promise<WebPage> {
  if (Object.keys(options).length > 0) return openPage(browser, options);
  const idle = idlePages.get(browser) ?? [];
  idlePages.set(browser, idle);
  const page = idle.pop() ?? (await newPage(browser, {}));
  return watch(page, async (passed) => {
    if (passed && (await tidy(page))) idle.push(page);
    else await page.context().close();
  });
}

/** With an icon, lest the browser asks the app for one. */
const NOTHING = '<!doctype html><title>Nothing</title><link rel="icon" href="data:,">';

const idlePages = new WeakMap<Browser, Page[]>();

/** Leaves the app for a document of its origin that does nothing. @returns whether the page is as good as new */
async function tidy(page: Page): Promise<boolean> {
  if (page.isClosed() || page.context().pages().length > 1) return false;
  const url = new URL(page.url());
  if (url.pathname !== '/ui/') return false;
  // A clock that was once installed stays.
  if (await page.evaluate(() => '__pwClock' in window)) return false;
  await page.unrouteAll();
  const nothing = `${url.origin}/nothing`;
  await page.route(nothing, (route) => route.fulfill({ contentType: 'text/html', body: NOTHING }));
  await page.goto(nothing);
  await page.unrouteAll();
  await page.evaluate(() => localStorage.clear());
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WINDOW);
  await page.mouse.move(0, 0);
  return true;
}

async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({
    viewport: WINDOW,
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE.timeout);
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP: ${event.violatedDirective} stopped ${event.blockedURI}`);
    });
  });
  return page;
}

/** @param leave what becomes of the page after the test */
function watch(page: Page, leave: (passed: boolean) => Promise<void>): WebPage {
  const complaints: string[] = [];
  const expected: RegExp[] = [];
  const complain = (text: string) => {
    if (!expected.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  const onConsole = (message: ConsoleMessage) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complain(`${message.text()} ${message.location().url}`);
  };
  const onError = (error: Error) => complain(String(error));
  page.on('console', onConsole);
  page.on('pageerror', onError);
  onTestFinished(async ({ task }) => {
    const passed = task.result?.state !== 'fail';
    if (!passed) await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
    page.off('console', onConsole);
    page.off('pageerror', onError);
    await leave(passed && complaints.length === 0);
    expect(complaints, 'complaints of the page').toEqual([]);
  });
  return {
    page,
    expectComplaint: (pattern) => expected.push(pattern),
    picture: (name) => keepPicture(page, name),
  };
}

async function keepPicture(page: Page, name: string): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

/** A fresh one-time link into the web UI, as `trackeep open` gives it. */
export async function freshLink(app: RunningApp): Promise<string> {
  const { url } = await callRunningApp(app.dataDir, 'app.open', {});
  if (url === null) throw new Error('The app gave no link.');
  return url;
}

/** Opens the web UI, signed in, on a page of it. */
export async function openUi(browser: Browser, app: RunningApp, options?: BrowserContextOptions): Promise<WebPage> {
  const web = await takePage(browser, options);
  await web.page.goto(await freshLink(app));
  await web.page.getByRole('navigation').waitFor();
  // The app leads to its first page by itself, and would take a test back to it that is faster.
  await web.page.waitForURL(/#\/(status|welcome)$/);
  return web;
}

/** Follows the navigation to a page and waits until it has said its first sentence. */
export async function visit(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name }).click();
  await page.waitForFunction((title) => document.title.startsWith(title), name);
}

/** Clicks on a setting's label, as most people do; the native control itself is too small to hit. */
export async function clickLabel(page: Page, label: string): Promise<void> {
  await page.locator('label').filter({ hasText: label }).first().click();
}

/** The first thing that a page says. */
export function heading(page: Page) {
  return page.getByRole('heading', { level: 1 });
}
