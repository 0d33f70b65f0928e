/**
 * Whether `out/` is what the sources say: a fingerprint of everything that goes into the build, kept beside what came
 * out. Contents, not times: a checkout, a copy or a cache gives files new times without changing a letter.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './toolchain.mjs';

const STAMP = join(ROOT, 'out', 'build-stamp.txt');

const INPUTS = [
  'src',
  'resources',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts/build.mjs',
];

const OUTPUTS = [
  'out/main/desktop.js',
  'out/main/headless.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
  'out/cli/trackeep.mjs',
  'out/cli/commands.mjs',
];

/** @returns {string} SHA-256 over the names and contents of all inputs, hex */
export function fingerprintInputs() {
  const hash = createHash('sha256');
  for (const input of INPUTS) {
    for (const file of filesOf(input)) {
      const content = readFileSync(join(ROOT, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/** Whether the last build was made from what the sources are now, and is still there. */
export function isBuilt() {
  if (!existsSync(STAMP) || !OUTPUTS.every((output) => existsSync(join(ROOT, output)))) return false;
  return readFileSync(STAMP, 'utf8') === fingerprintInputs();
}

/** @param {string} fingerprint taken before the build, so that what was edited meanwhile is built next time */
export function markBuilt(fingerprint) {
  writeFileSync(STAMP, fingerprint);
}

/** @param {string} path relative to the root @returns {string[]} it, or every file below it, in a fixed order */
function filesOf(path) {
  let entries;
  try {
    entries = readdirSync(join(ROOT, path), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .map((entry) => `${path}/${entry.name}`)
    .sort()
    .flatMap(filesOf);
}
