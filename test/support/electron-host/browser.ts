import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { chromiumOptions } from '../chromium.ts';

let running: { context: Promise<BrowserContext>; profile: string } | undefined;

/** The Chromium of this process, started for its first window. */
export function browserContext(): Promise<BrowserContext> {
  running ??= launch();
  return running.context;
}

/** Where the specs reach the same Chromium (the DevTools protocol), or null before the first window. */
export async function browserEndpoint(): Promise<string | null> {
  if (!running) return null;
  await running.context;
  const [port] = readFileSync(join(running.profile, 'DevToolsActivePort'), 'utf8').split('\n');
  return `http://127.0.0.1:${port}`;
}

/** Resolves when a browser that is being started has come up, or has failed to: before, it cannot be taken along. */
export async function browserSettled(): Promise<void> {
  await Promise.allSettled([running?.context]);
}

function launch() {
  const profile = mkdtempSync(join(tmpdir(), 'electron-stand-in-'));
  const { args, ...options } = chromiumOptions();
  const context = chromium.launchPersistentContext(profile, {
    ...options,
    args: [...args, '--remote-debugging-port=0'],
    viewport: { width: 900, height: 640 },
    // This process ends as the app says, signal or not.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  // After Playwright's own listener, which kills the browser: before, it would still write there.
  const clearUp = () => process.on('exit', () => rmSync(profile, { recursive: true, force: true, maxRetries: 9 }));
  context.then(clearUp, clearUp);
  return { context, profile };
}
