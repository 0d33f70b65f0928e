/**
 * `npm start`: from a bare clone to a running app. The desktop app where Electron and a display are there, else the
 * headless host with its web UI. What follows `--` goes to the app, except:
 *
 *     --headless   the headless host in any case
 *     --open       opens the web UI in the browser (headless; the desktop app has its window)
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { electronOrReason } from './electron-binary.mjs';
import { setUp } from './setup.mjs';
import { exitWith } from './steps.mjs';
import { nodeBinary, ROOT, toolEnvironment } from './toolchain.mjs';

const CLI = join(ROOT, 'out', 'cli', 'trackeep.mjs');

async function main() {
  const args = process.argv.slice(2);
  const take = (flag) => args.includes(flag) && args.splice(args.indexOf(flag), 1).length > 0;
  const open = take('--open');
  const headless = take('--headless');

  await setUp();

  const electron = headless ? { reason: '--headless was given' } : await electronOrReason();
  if ('binary' in electron) {
    const ended = await runToEnd(electron.binary, [ROOT, ...args]);
    // Chromium stops itself with a trap where the system denies it a sandbox; every other end is the app's own.
    if (ended.signal !== 'SIGTRAP' && ended.signal !== 'SIGABRT') return exitCode(ended);
    electron.reason = `Electron was stopped by ${ended.signal}`;
  }
  // On standard error, so that with --json the first line of standard output stays the ready line.
  process.stderr.write(`Starting headless, since ${electron.reason}.\n`);
  return exitCode(await runToEnd(nodeBinary(), [CLI, 'serve', ...args], open ? openFirstLink : null));
}

/**
 * Runs the app in the foreground and passes on the signals that this process gets.
 * @param {string} command
 * @param {string[]} args
 * @param {((output: string) => boolean) | null} [watch] sees the app's output until it answers true
 * @returns {Promise<{ code: number | null, signal: string | null }>}
 */
function runToEnd(command, args, watch = null) {
  const child = spawn(command, args, {
    env: toolEnvironment(),
    stdio: ['inherit', watch ? 'pipe' : 'inherit', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  let seen = '';
  let watching = true;
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    process.stdout.write(chunk);
    if (!watching) return;
    seen += chunk;
    watching = !watch?.(seen);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Opens the first complete link into the web UI. Where no browser can be opened, the link stands on the terminal. */
function openFirstLink(output) {
  const [link] = /http:\/\/[^\s"]+\/ui\/[^\s"]*(?=[\s"])/.exec(output) ?? [];
  if (link === undefined) return false;
  const [command, ...args] = {
    darwin: ['open', link],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', link],
  }[process.platform] ?? ['xdg-open', link];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
  return true;
}

/** A shell's exit code for the way a process ended. */
function exitCode({ code, signal }) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

await exitWith(main);
