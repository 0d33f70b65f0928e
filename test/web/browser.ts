/**
 * A real Chromium with one rule for every page: an error on its console, an uncaught exception or anything that the
 * content security policy had to stop fails the test.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
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
  const context = await browser.newContext({
    viewport: WINDOW,
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
    ...options,
  });
  const complaints: string[] = [];
  const expected: RegExp[] = [];
  const complain = (text: string) => {
    if (!expected.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE.timeout);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complain(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complain(String(error)));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP: ${event.violatedDirective} stopped ${event.blockedURI}`);
    });
  });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
    await context.close();
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
export async function openUi(browser: Browser, app: RunningApp, options: BrowserContextOptions = {}): Promise<WebPage> {
  const web = await openPage(browser, options);
  await web.page.goto(await freshLink(app));
  await web.page.getByRole('navigation').waitFor();
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
