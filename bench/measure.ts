/** What all benchmarks share: whole processes timed from spawn to exit, medians, and a ratio with its goal. */
import { spawn } from 'node:child_process';

/** One line of the report. */
export interface Result {
  name: string;
  /** What was measured, and the peer beside it: medians of one run. */
  ours: number;
  peer: number;
  unit: 'ms' | 'MB' | 'requests/s';
  ratio: number;
  goal: { atMost: number } | { atLeast: number };
  met: boolean;
  rounds: number;
}

/** @returns the median; of an even number of values, the mean of the middle two */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('There is no median of nothing.');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/**
 * Measures both in turns, so that whatever else the machine does, it does to both. The first of each is not counted: it
 * makes files and fills the caches of the disk and of V8.
 */
export async function inTurns(
  rounds: number,
  { ours, peer }: { ours: () => Promise<number>; peer: () => Promise<number> },
): Promise<{ ours: number[]; peer: number[] }> {
  await ours();
  await peer();
  const series = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    series.ours.push(await ours());
    series.peer.push(await peer());
  }
  return series;
}

/** A result from two series that were taken in turns. */
export function compare(
  name: string,
  series: { ours: readonly number[]; peer: readonly number[] },
  unit: Result['unit'],
  goal: Result['goal'],
): Result {
  const ours = median(series.ours);
  const peer = median(series.peer);
  const ratio = ours / peer;
  const met = 'atMost' in goal ? ratio <= goal.atMost : ratio >= goal.atLeast;
  return { name, ours, peer, unit, ratio, goal, met, rounds: series.ours.length };
}

/**
 * Runs a program to its end.
 *
 * @param talk what it gets on standard input, and how it must answer
 * @returns ms from before it was spawned until it was gone
 * @throws Error when it fails: the time of a failure says nothing
 */
export function timeProcess(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  talk?: { input: string; output: RegExp },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const pipe = talk === undefined ? 'ignore' : 'pipe';
    const child = spawn(command, args, { env, stdio: [pipe, pipe, 'ignore'] });
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    child.stdin?.end(talk?.input);
    child.on('error', reject);
    child.on('close', (code) => {
      const elapsed = performance.now() - started;
      if (code === 0 && (talk === undefined || talk.output.test(said))) resolve(elapsed);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}.`));
    });
  });
}
