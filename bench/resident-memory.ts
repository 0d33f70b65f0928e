import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanEnvironment, startApp } from '../test/support/app.ts';
import { compare, type Result } from './measure.ts';

const ROUNDS = 5;
/** How long a process is left alone before it is looked at, in ms. */
const SETTLE_MS = 2000;

const ROOT = resolve(import.meta.dirname, '..');
const PEER = "import('oidc-provider').then(() => { console.log('ready'); setInterval(() => {}, 1e9); });";

/** The headless app doing nothing, beside a Node process that has loaded `oidc-provider` and does nothing with it. */
export async function measureResidentMemory(): Promise<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-bench-memory-'));
  const series = { ours: [] as number[], peer: [] as number[] };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      series.ours.push(await ours(dataDir));
      series.peer.push(await peer());
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
  return compare('memory, headless idle / Node with oidc-provider', series, 'MB', { atMost: 1.3 });
}

async function ours(dataDir: string): Promise<number> {
  const app = await startApp({ dataDir });
  try {
    await sleep(SETTLE_MS);
    return residentMegabytes(app.ready.pid);
  } finally {
    await app.stop();
  }
}

async function peer(): Promise<number> {
  const child = spawn(process.execPath, ['-e', PEER], {
    cwd: ROOT,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    await sleep(SETTLE_MS);
    if (child.pid === undefined) throw new Error('The peer process did not start.');
    return residentMegabytes(child.pid);
  } finally {
    child.kill();
  }
}

function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}
