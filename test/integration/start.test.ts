import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { cleanEnvironment } from '../support/app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** `npm start` in a clone that is set up already, without a display. */
function start(args: readonly string[], { bin = '' } = {}) {
  const clone = temporaryFolder();
  cpSync(join(ROOT, 'scripts'), join(clone, 'scripts'), { recursive: true });
  writeFileSync(join(clone, 'scripts/setup.mjs'), 'export async function setUp() {}');
  for (const name of ['out', 'node_modules']) symlinkSync(join(ROOT, name), join(clone, name), 'junction');
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...env } = cleanEnvironment();
  const child = spawn(process.execPath, [join(clone, 'scripts/start.mjs'), '--data', join(clone, 'data'), ...args], {
    env: { ...env, PATH: `${bin}:${env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Asked, not killed: the app is a process of its own, and only its parent knows it.
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'close');
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  return { child, output };
}

const HEADLESS = ['--port', '0', '--vault', 'file'];

function until(condition: () => boolean) {
  return vi.waitUntil(condition, { timeout: 20_000, interval: 20 });
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'close');
  return code;
}

it.runIf(process.platform === 'linux')(
  'without a display it starts headless, says why in one line, and gives the address of the web UI',
  async () => {
    const { output } = start(HEADLESS);
    await until(() => output.stdout.includes('Stop it with Ctrl-C.'));
    expect(output.stdout).toMatch(/Web UI +http:\/\/127\.0\.0\.1:\d+\/ui\/#login=/);
    expect(output.stderr.split('\n')[0]).toBe(
      'Starting headless, since there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).',
    );
  },
);

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends the app in good order, with exit code 0', async (signal) => {
  const { child, output } = start(['--headless', '--json', ...HEADLESS]);
  await until(() => output.stdout.includes('\n'));
  const { event, pid } = JSON.parse(output.stdout);
  expect(event).toBe('ready');
  child.kill(signal);
  expect(await exitCode(child)).toBe(0);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('passes on the exit code of an app that does not start', async () => {
  const { child, output } = start(['--headless', '--port', 'ninety']);
  expect(await exitCode(child)).toBe(1);
  expect(output.stderr).toContain('--port');
});

it.runIf(process.platform === 'linux')('--open shows the web UI in the browser', async () => {
  const bin = temporaryFolder();
  const seen = join(bin, 'seen.txt');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${seen}.part' && mv '${seen}.part' '${seen}'\n`);
  chmodSync(join(bin, 'xdg-open'), 0o755);
  const { output } = start(['--headless', '--open', ...HEADLESS], { bin });
  await until(() => existsSync(seen));
  expect(output.stdout).toContain(readFileSync(seen, 'utf8'));
  expect(readFileSync(seen, 'utf8')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ui\/#login=\S+$/);
});
