/**
 * `npm run demo`: plays the main job against local emulators, through the real command and the real web UI, without an
 * account or the internet. Prints each step with its outcome; exits with 1 and the name of the step when one fails.
 *
 *     npm run demo              everything, about ten seconds, nothing is left behind
 *     npm run demo -- --keep    leaves the app running, still connected, to click through; Ctrl-C ends it
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setUp } from './setup.mjs';
import { duration, exitWith, run, StepError } from './steps.mjs';
import { nodeBinary, ROOT, toolEnvironment } from './toolchain.mjs';

const CLI = join(ROOT, 'out', 'cli', 'trackeep.mjs');
const START_TIMEOUT_MS = 30_000;

const keep = process.argv.includes('--keep');
const dataDir = mkdtempSync(join(tmpdir(), 'trackeep-demo-'));
/** @type {import('node:child_process').ChildProcess | null} */
let app = null;

async function main() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => app?.kill('SIGTERM'));
  try {
    await setUp();
    console.log(`\nTrackeep Tray, played against an emulated GitHub (data in ${dataDir})\n`);
    const ready = await play('Start the headless app', start);
    await play('Connect GitHub by device code', connect);
    await play('Check for updates, running 1.2.5', check);
    await play('Download the release and verify it', download);
    await play('Hand a token to a program', handOutToken);
    await play('Let an MCP client in', () => letAgentIn(ready.mcp));
    await play('Ask for the status', status);
    await play('Log in to the web UI', () => logIn(ready.ui));
    if (keep) {
      const { url } = await trackeep('open');
      console.log(`\nWeb UI  ${url}\n        (a one-time link; Ctrl-C ends the demo)\n`);
      await once(app, 'close');
      return 0;
    }
    await play('Disconnect', disconnect);
    console.log(
      `\nIt works. The web UI was at ${new URL('/ui/', ready.issuer)}; npm run demo -- --keep leaves it there.\n`,
    );
    return 0;
  } finally {
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/**
 * Runs one step and prints its outcome.
 * @template T
 * @param {string} title
 * @param {() => Promise<T & { outcome: string }>} step
 */
async function play(title, step) {
  const started = performance.now();
  try {
    const result = await step();
    console.log(`✓ ${title.padEnd(36)} ${duration(performance.now() - started).padStart(6)}  ${result.outcome}`);
    return result;
  } catch (error) {
    throw new StepError(`✗ ${title} failed after ${duration(performance.now() - started)}: ${error.message}`);
  }
}

async function start() {
  app = spawn(nodeBinary(), [CLI, 'serve', '--json', '--demo', '--vault', 'file', '--port', '0', '--data', dataDir], {
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: app.stdout });
  const [line] = await Promise.race([
    once(lines, 'line', { signal: AbortSignal.timeout(START_TIMEOUT_MS) }),
    once(app, 'close').then(([code]) => Promise.reject(new Error(`the app ended with ${code}`))),
  ]);
  const ready = JSON.parse(line);
  if (ready.event !== 'ready') throw new Error(ready.message ?? line);
  return { ...ready, outcome: `ready at ${ready.issuer}` };
}

async function connect() {
  const output = await run(...command('connect', 'github', '--device'));
  const [code, login] = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(login.event === 'connected', `it ended as ${JSON.stringify(login)}`);
  return { outcome: `code ${code.userCode}, approved, connected as ${login.login}` };
}

async function check() {
  const view = await trackeep('updates', 'check');
  expect(view.state === 'available' && view.latest.version === '1.3.0', `the state is ${view.state}`);
  return { outcome: `${view.latest.version} is out` };
}

async function download() {
  const { latest, download: done } = await trackeep('updates', 'download');
  expect(done.state === 'verified', `the file is ${done.state}`);
  const sha256 = createHash('sha256').update(readFileSync(done.path)).digest('hex');
  expect(sha256 === latest.asset.checksum.sha256, 'the file on the disk has another SHA-256');
  return {
    outcome: `${done.assetName}, ${(done.totalBytes / 1e6).toFixed(1)} MB, SHA-256 ${sha256.slice(0, 12)}… is right`,
  };
}

async function handOutToken() {
  const { token, host } = await trackeep('token', 'github');
  const { address } = await trackeep('provider', 'github');
  const answer = await fetch(new URL('/user', address), { headers: { authorization: `Bearer ${token}` } });
  const user = await answer.json();
  expect(answer.ok, `GitHub answered ${answer.status}`);
  return { outcome: `${host} takes it for ${user.login}` };
}

/** A local agent finds the server, registers, is approved by the number on its page, and calls a tool. */
async function letAgentIn(mcp) {
  // Installed by now, which it is not when this file is loaded.
  const { runAgent } = await import('./demo-agent.mjs');
  const { tools, result } = await runAgent(new URL(mcp), async (number) => {
    const [waiting] = await trackeep('approvals');
    await trackeep('approvals', 'approve', waiting.id, '--number', number);
  });
  return { outcome: `${tools.length} tools, and ${result.repositories.length} repositories listed for it` };
}

async function status() {
  const view = await trackeep('status');
  return { outcome: `${view.connections.length} account, vault ${view.vault.state} (${view.vault.backend})` };
}

/** What the page does with the link: the one-time token becomes a cookie and a key, and both go with each call. */
async function logIn(link) {
  const { origin, hash } = new URL(link);
  const login = await fetch(`${origin}/ui/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: new URLSearchParams(hash.slice(1)).get('login') }),
  });
  expect(login.ok, `the login was answered with ${login.status}`);
  const cookie = login.headers.getSetCookie()[0].split(';')[0];
  const { key } = await login.json();
  const answer = await fetch(`${origin}/ui/api/status.get`, { headers: { cookie, 'x-trackeep-key': key } });
  expect(answer.ok, `the status was answered with ${answer.status}`);
  const { attention } = await answer.json();
  return { outcome: attention[0]?.text ?? 'nothing needs you' };
}

async function disconnect() {
  const { login, message } = await trackeep('disconnect', 'github');
  const { connections } = await trackeep('status');
  expect(connections.length === 0, 'the account is still there');
  return { outcome: `${login}. ${message}` };
}

/** Runs a command with --json and reads its answer. */
async function trackeep(...args) {
  return JSON.parse(await run(...command(...args)));
}

function command(...args) {
  return [nodeBinary(), [CLI, ...args, '--json', '--data', dataDir], { env: toolEnvironment() }];
}

function expect(condition, problem) {
  if (!condition) throw new Error(problem);
}

async function stop() {
  if (app === null || app.exitCode !== null || app.signalCode !== null) return;
  const ended = once(app, 'close');
  app.kill('SIGTERM');
  await ended;
}

await exitWith(main);
