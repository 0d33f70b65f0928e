/**
 * Whether Electron can run here, and where it is. Since version 42 its package carries no binary: `install.js` beside it
 * fetches one, which needs the network. Plain JavaScript for Node 18 and later.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, step } from './steps.mjs';
import { nodeBinary, ROOT, toolEnvironment } from './toolchain.mjs';

const PACKAGE = join(ROOT, 'node_modules', 'electron');

/** @returns {string | null} the path of the binary, where it is installed */
export function installedElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const pathFile = join(PACKAGE, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  const binary = override ? join(override, name) : join(PACKAGE, 'dist', name);
  return existsSync(binary) ? binary : null;
}

/**
 * The binary, fetched first where it is missing.
 * @returns {Promise<{ binary: string } | { reason: string }>} why there is none, as the rest of a sentence
 */
export async function electronOrReason() {
  const obstacle = displayObstacle();
  if (obstacle !== null) return { reason: obstacle };
  const present = installedElectron();
  if (present !== null) return { binary: present };
  try {
    await step('Fetching Electron (once, about 120 MB)', () =>
      run(nodeBinary(), [join(PACKAGE, 'install.js')], { cwd: ROOT, env: toolEnvironment(), timeout: 10 * 60_000 }),
    );
  } catch (error) {
    const [firstLine = ''] = error.message.split('\n\n')[1]?.split('\n') ?? [];
    return { reason: `Electron could not be fetched (${firstLine || 'no answer'})` };
  }
  const fetched = installedElectron();
  return fetched === null ? { reason: 'Electron could not be fetched' } : { binary: fetched };
}

/** Why no window can open here, or null. */
function displayObstacle() {
  if (process.platform !== 'linux') return null;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)';
  }
  // Chromium's sandbox does not work for root, and the app does not run without it.
  if (process.getuid?.() === 0) return 'Electron does not run as root';
  return null;
}
