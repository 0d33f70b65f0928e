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

/** Ends it in good order, also one that is only just starting: killed, Chromium leaves its temporary files behind. */
export async function closeBrowser(): Promise<void> {
  if (!running) return;
  await running.context.then((context) => context.close()).catch(() => undefined);
  rmSync(running.profile, { recursive: true, force: true, maxRetries: 9 });
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
  return { context, profile };
}
