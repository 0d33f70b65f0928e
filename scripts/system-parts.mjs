/**
 * The parts of the system that the tests need beside node_modules: a Chromium, and on Linux a real Secret Service. What
 * is missing is installed where that can be done without asking (apt as root or with a password-less sudo; Playwright's
 * own Chromium elsewhere); where it cannot, the tests fail with the command to type. They never skip.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { run, StepError, step } from './steps.mjs';
import { nodeBinary, ROOT, toolEnvironment } from './toolchain.mjs';

const LINUX = process.platform === 'linux';

/** @typedef {{ what: string, apt: string, isPresent: () => boolean }} Part */

/** `npm run bench` measures against it, too. @type {Part} */
export const GITHUB_CLI = { what: 'GitHub CLI', apt: 'gh', isPresent: () => hasPrograms('gh') };

/** @type {Part[]} */
const LINUX_PARTS = [
  { what: 'D-Bus', apt: 'dbus', isPresent: () => hasPrograms('dbus-run-session', 'dbus-daemon', 'dbus-send') },
  { what: 'GNOME Keyring', apt: 'gnome-keyring', isPresent: () => hasPrograms('gnome-keyring-daemon') },
  { what: 'libsecret', apt: 'libsecret-1-0', isPresent: () => hasLibrary('libsecret-1.so.0') },
  { what: 'OpenSSL', apt: 'openssl', isPresent: () => hasPrograms('openssl') },
  { what: 'Git', apt: 'git', isPresent: () => hasPrograms('git') },
  GITHUB_CLI,
];

/** @type {Part} */
const CHROMIUM = { what: 'Chromium', apt: 'chromium', isPresent: () => findChromium() !== null };

/** Chromium without windows and profiles: the specs that need one take two thirds of the time with it. @type {Part} */
const HEADLESS_SHELL = {
  what: 'Chromium',
  apt: 'chromium-headless-shell',
  isPresent: () => hasPrograms('chromium-headless-shell'),
};

/** Makes sure of everything that `npm test` needs. @throws {StepError} naming what is missing and how to get it */
export async function provideTestParts() {
  if (LINUX) await provideByApt(LINUX_PARTS);
  if (LINUX && hasPrograms('apt-get')) await provideChromiumByApt();
  if (!CHROMIUM.isPresent()) await installPlaywrightChromium();
}

async function provideChromiumByApt() {
  // Where it takes a password, or is not to be had, whatever Chromium there is will do.
  const isOffered = () => run('apt-cache', ['show', HEADLESS_SHELL.apt]).catch(() => null);
  if (CHROMIUM.isPresent() && (process.getuid?.() !== 0 || (await isOffered()) === null)) return;
  try {
    await provideByApt([HEADLESS_SHELL]);
  } catch {
    // Not every Debian has it, nor those that come from it.
    await provideByApt([CHROMIUM]);
  }
}

/** @param {Part[]} parts */
export async function provideByApt(parts) {
  const missing = parts.filter((part) => !part.isPresent());
  if (missing.length === 0) return;
  const packages = missing.map((part) => part.apt);
  const byHand = `Install ${missing.map((part) => part.what).join(', ')} and run this again, for example:\n  sudo apt-get install ${packages.join(' ')}`;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (!hasPrograms('apt-get', ...sudo.slice(0, 1))) throw new StepError(`The tests need more than is here. ${byHand}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => {
    const [command, ...rest] = [...sudo, 'apt-get', ...args];
    return run(command, rest, { env });
  };
  try {
    await step(`Installing ${packages.join(', ')} with apt-get`, async () => {
      await apt('update');
      await apt('install', '-y', '--no-install-recommends', ...packages);
    });
  } catch (error) {
    throw new StepError(`${error.message}\n\n${byHand}`, { cause: error });
  }
  const still = missing.filter((part) => !part.isPresent());
  if (still.length > 0) throw new StepError(`apt-get went well, yet ${still[0].what} is not to be found. ${byHand}`);
}

async function installPlaywrightChromium() {
  await step("Installing Playwright's Chromium", () =>
    run(nodeBinary(), [join(ROOT, 'node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium'], {
      cwd: ROOT,
      env: toolEnvironment(),
    }),
  );
  if (!CHROMIUM.isPresent())
    throw new StepError('The tests need a Chromium. Install one, or name it in TRACKEEP_CHROMIUM.');
}

/** @returns {string | null} a Chromium that the tests can drive: one named, one of the system, or Playwright's own */
export function findChromium() {
  const named = process.env.TRACKEEP_CHROMIUM;
  if (named) return named;
  for (const name of [
    'chromium-headless-shell',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
  ]) {
    const path = LINUX ? findProgram(name) : null;
    if (path !== null) return path;
  }
  const { chromium } = createRequire(import.meta.url)('playwright-core');
  const own = chromium.executablePath();
  return existsSync(own) ? own : null;
}

function hasPrograms(...names) {
  return names.every((name) => findProgram(name) !== null);
}

function findProgram(name) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']) {
    if (folder !== '' && existsSync(join(folder, name))) return join(folder, name);
  }
  return null;
}

function hasLibrary(name) {
  const triple = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch] ?? '';
  return ['/usr/lib', '/lib', '/usr/lib64', '/lib64', '/usr/local/lib'].some(
    (folder) => existsSync(join(folder, name)) || existsSync(join(folder, triple, name)),
  );
}
