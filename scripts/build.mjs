/**
 * Builds everything into out/: main (desktop and headless), preload and renderer by electron-vite, and the `trackeep`
 * command as one file. Runs on the clone's own Node after the installation; `scripts/setup.mjs` calls it when needed.
 */
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build as buildDesktop } from 'electron-vite';
import { build } from 'vite';
import { fingerprintInputs, isBuilt, markBuilt } from './build-stamp.mjs';
import { exitWith } from './steps.mjs';
import { ROOT } from './toolchain.mjs';

const CLI = join(ROOT, 'out', 'cli', 'trackeep.mjs');
const HEADLESS_SOURCE = join(ROOT, 'src', 'main', 'headless', 'main.ts');
/** Where the headless bundle lies as seen from the command. */
const HEADLESS_BUNDLE = '../main/headless.js';

async function main() {
  process.chdir(ROOT);
  const release = await takeLock(join(ROOT, 'out', '.building'));
  try {
    // Another build may have done it while this one waited for the lock.
    if (process.argv.includes('--if-needed') && isBuilt()) return;
    const fingerprint = fingerprintInputs();
    await buildDesktop({ root: ROOT, logLevel: 'warn' });
    await buildCli();
    markBuilt(fingerprint);
  } finally {
    release();
  }
}

/**
 * The command as one file: no chunk to find, nothing to resolve, so that it starts about as fast as Node does. Only
 * `serve` needs the whole app, and fetches the headless bundle when it comes to that.
 */
async function buildCli() {
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    plugins: [
      {
        name: 'headless-stays-outside',
        enforce: 'pre',
        resolveId(source, importer) {
          if (importer === undefined || !source.startsWith('.')) return null;
          const target = resolve(importer, '..', source);
          return target === HEADLESS_SOURCE ? { id: HEADLESS_BUNDLE, external: true } : null;
        },
      },
    ],
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: 'src/main/cli/main.ts',
      outDir: 'out/cli',
      target: 'node24',
      minify: true,
      rollupOptions: {
        output: { format: 'es', entryFileNames: 'trackeep.mjs', codeSplitting: false, banner: '#!/usr/bin/env node' },
      },
    },
  });
  chmodSync(CLI, 0o755);
}

/**
 * One build at a time in this clone: two at once would empty each other's folders.
 * @param {string} file holds the process id of the builder
 * @returns {Promise<() => void>} gives the lock back
 */
async function takeLock(file) {
  mkdirSync(join(file, '..'), { recursive: true });
  for (;;) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(file)) rmSync(file, { force: true });
    else await sleep(200);
  }
}

/** Whether the process that took the lock is gone. */
function isAbandoned(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

await exitWith(main);
