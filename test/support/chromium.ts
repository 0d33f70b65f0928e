import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** How every spec starts Chromium. `npm test` names the one it has found; by hand, the usual places are tried. */
export function chromiumOptions(): { executablePath: string; args: string[] } {
  const candidates = [
    process.env.TRACKEEP_CHROMIUM,
    '/usr/bin/chromium-headless-shell',
    '/usr/bin/chromium',
    chromium.executablePath(),
  ];
  const executablePath = candidates.find((path) => path && existsSync(path));
  if (!executablePath)
    throw new Error('There is no Chromium: run npm test, which installs one, or set TRACKEEP_CHROMIUM.');
  return { executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] };
}
