/** Where the tools of this clone are. Plain JavaScript for Node 18 and later, with nothing installed. */
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the clone. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const WINDOWS = process.platform === 'win32';

/**
 * The Node that runs everything after the installation: the dev dependency `node@24`, which is the major that Electron
 * carries, so that a machine's older Node makes no difference. Where that package has no binary for the platform, the
 * Node that runs this script.
 */
export function nodeBinary() {
  const installed = join(ROOT, 'node_modules', 'node', 'bin', WINDOWS ? 'node.exe' : 'node');
  return existsSync(installed) ? installed : process.execPath;
}

/** The environment for child processes: the clone's own tools come first on the PATH. */
export function toolEnvironment() {
  // Windows spells the variable "Path", and an environment with both spellings is undefined behaviour there.
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const first = [dirname(nodeBinary()), join(ROOT, 'node_modules', '.bin')];
  return { ...process.env, [name]: [...first, process.env[name] ?? ''].join(delimiter) };
}

/**
 * How to run npm itself: under `npm start` npm says where it is, and running that file with Node needs no shell, which
 * Windows would otherwise want for `npm.cmd`.
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npm() {
  const script = process.env.npm_execpath;
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) {
    return { command: process.env.npm_node_execpath ?? process.execPath, args: [script], shell: false };
  }
  return { command: 'npm', args: [], shell: WINDOWS };
}
