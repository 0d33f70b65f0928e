import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment, startApp } from '../test/support/app.ts';
import { compare, inTurns, type Result, timeProcess } from './measure.ts';

const ROUNDS = 15;

/** A warm start of the headless app until its ready line, in units of Node's own start. */
export async function measureStartToReady(): Promise<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-bench-start-'));
  const env = cleanEnvironment();
  const ours = async () => {
    const started = performance.now();
    const app = await startApp({ dataDir });
    const elapsed = performance.now() - started;
    await app.stop();
    return elapsed;
  };
  const peer = () => timeProcess(process.execPath, ['-e', '0'], env);
  try {
    const series = await inTurns(ROUNDS, { ours, peer });
    return compare('start to ready, headless / node -e 0', series, 'ms', { atMost: 25 });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
