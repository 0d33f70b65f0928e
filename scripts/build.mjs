/**
 * Builds everything into out/: main (desktop and headless), preload and renderer by electron-vite, and the `trackeep`
 * command. Runs on the clone's own Node after the installation; `scripts/setup.mjs` calls it when needed.
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
    // What V8 made of earlier bundles; `trackeep serve` keeps it there.
    rmSync(join(ROOT, 'out', 'compile-cache'), { recursive: true, force: true });
    await buildDesktop({ root: ROOT, logLevel: 'warn' });
    await buildCli();
    markBuilt(fingerprint);
  } finally {
    release();
  }
}

/**
 * The command in two files: in the first what `token` and `git-credential` need, so that they start about as fast as Node
 * does, in the second all others. Reading the code of those takes a tenth of a whole `trackeep token`. V8's compile cache
 * is no way around that: finding and checking it takes as long. Only `serve` needs the whole app, and fetches the headless
 * bundle when it comes to that.
 */
async function buildCli() {
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    plugins: [
      builtinsWithoutFacade(),
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
        output: {
          format: 'es',
          entryFileNames: 'trackeep.mjs',
          chunkFileNames: 'commands.mjs',
          banner: ({ isEntry }) => (isEntry ? '#!/usr/bin/env node' : ''),
        },
      },
    },
  });
  chmodSync(CLI, 0o755);
}

/**
 * Node makes an ES module of each of its own modules that is imported, reading all its exports and so loading whatever
 * stands behind them. For the six that every command needs, that takes longer than the command's own work. Asked for
 * with `process.getBuiltinModule` (Node 20.16), a module costs only what is used of it: a tenth of a whole `trackeep
 * token`. Dynamic imports stay as they are.
 */
function builtinsWithoutFacade() {
  const marker = '\0builtin:';
  return {
    name: 'builtins-without-facade',
    enforce: 'pre',
    resolveId(source, importer, { kind }) {
      const isOurs = importer !== undefined && !importer.startsWith('\0');
      return isOurs && kind === 'import-statement' && source.startsWith('node:') ? marker + source : null;
    },
    load(id) {
      if (!id.startsWith(marker)) return null;
      const name = id.slice(marker.length);
      const exported = Object.keys(process.getBuiltinModule(name)).filter((key) => key !== 'default');
      return [
        `const builtin = process.getBuiltinModule('${name}');`,
        'const take = (key) => builtin[key];',
        // What nobody imports is dropped, and then nobody reads it either.
        ...exported.map((key, index) => `const export${index} = /* @__PURE__ */ take('${key}');`),
        `export { ${exported.map((key, index) => `export${index} as ${key}`).join(', ')} };`,
      ].join('\n');
    },
  };
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
