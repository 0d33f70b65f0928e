/**
 * How the scripts of this folder talk: one line a step with its duration, and a tool's own output only when it failed.
 * Plain JavaScript for Node 18 and later, with nothing installed: it runs before the first `npm ci`.
 */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** A step that failed in a way its message explains: printed without a stack. */
export class StepError extends Error {}

/** @param {number} ms @returns {string} such as "0.4 s" or "2 min 5 s" */
export function duration(ms) {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Runs `work` and prints one line: the title while it runs, the duration when it is done.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = performance.now();
  process.stderr.write(`${title} … `);
  try {
    const result = await work();
    process.stderr.write(`${duration(performance.now() - started)}\n`);
    return result;
  } catch (error) {
    process.stderr.write(`failed after ${duration(performance.now() - started)}\n`);
    throw error;
  }
}

/**
 * Runs a program to its end, keeping its output to itself.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<string>} everything it wrote
 * @throws {StepError} with its output when it does not exit with 0
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    // What is kept to be shown later is no terminal: colours would be noise in a log.
    const env = { ...(options.env ?? process.env), NO_COLOR: '1' };
    const child = spawn(command, args, { ...options, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (cause) => reject(new StepError(`${command} could not be run: ${cause.message}`, { cause })));
    child.on('close', (code, signal) => {
      const text = Buffer.concat(output).toString('utf8');
      if (code === 0) resolve(text);
      else reject(new StepError(`${[command, ...args].join(' ')} ended with ${signal ?? code}.\n\n${text.trimEnd()}`));
    });
  });
}

/**
 * Runs a program to its end, with its output on the terminal.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code
 */
export function runVisibly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Whether a script was started by itself, not imported by another.
 * @param {string} url its `import.meta.url`
 */
export function isStarted(url) {
  const started = process.argv[1];
  // Node resolves links in a module's address, but not in argv.
  return started !== undefined && pathToFileURL(realpathSync(started)).href === url;
}

/**
 * Runs a script's `main` and ends the process with its answer, or with 1 and the reason.
 * @param {() => Promise<number | undefined>} main
 */
export async function exitWith(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(`\n${error instanceof StepError ? error.message : (error?.stack ?? String(error))}\n`);
    process.exitCode = 1;
  }
}
