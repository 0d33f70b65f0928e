/**
 * Brings a clone to the point where it can run: packages as the lockfile says, bundles as the sources say. Does only
 * what is not done yet, so that every other script begins with it. Plain JavaScript for Node 18 and later.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBuilt } from './build-stamp.mjs';
import { exitWith, isStarted, run, StepError, step } from './steps.mjs';
import { nodeBinary, npm, ROOT, toolEnvironment } from './toolchain.mjs';

/** Installs and builds where it is needed. One line for each step that had something to do, nothing otherwise. */
export async function setUp() {
  if (!isInstalled()) await step('Installing the packages (once, some 20 s)', install);
  if (!isBuilt()) {
    await step('Building the app', () =>
      run(nodeBinary(), ['scripts/build.mjs', '--if-needed'], { cwd: ROOT, env: toolEnvironment() }),
    );
  }
}

async function install() {
  const { command, args, shell } = npm();
  try {
    await run(command, [...args, 'ci', '--no-audit', '--no-fund'], { cwd: ROOT, shell });
  } catch (error) {
    throw new StepError(`The packages could not be installed. ${error.message}`, { cause: error });
  }
}

/**
 * Whether node_modules holds what package-lock.json says. npm writes `node_modules/.package-lock.json` as the last thing
 * of an installation, with what is really there: an interrupted one has none. Packages for other platforms are absent
 * from it; those are the optional ones.
 */
function isInstalled() {
  const wanted = readLock(join(ROOT, 'package-lock.json'));
  const present = readLock(join(ROOT, 'node_modules', '.package-lock.json'));
  if (wanted === null) throw new StepError('package-lock.json is missing or broken: this clone is not complete.');
  if (present === null) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = present[path];
    if (found === undefined) {
      if (entry.optional !== true && entry.devOptional !== true) return false;
    } else if (found.version !== entry.version || found.integrity !== entry.integrity) return false;
    else if (!existsSync(join(ROOT, path, 'package.json'))) return false;
  }
  return Object.keys(present).every((path) => path in wanted);
}

/** @param {string} file @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }> | null} */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

if (isStarted(import.meta.url)) await exitWith(setUp);
