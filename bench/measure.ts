/** What all benchmarks share: whole processes timed from spawn to exit, medians, and a ratio with its goal. */
import { spawn } from 'node:child_process';

/** How long an answer took, ms: medians over the rounds. */
export interface Latency {
  p50: number;
  p99: number;
}

/** One line of the report. */
export interface Result {
  name: string;
  /** What was measured, and the peer beside it: medians of one run. */
  ours: number;
  peer: number;
  unit: 'ms' | 'MB' | 'requests/s' | 'rows/s' | 'requests' | 'points';
  ratio: number;
  /** Null: the peer shows how much there is to be had, and nobody promises it. */
  goal: Goal | null;
  met: boolean;
  rounds: number;
  latency?: { ours: Latency; peer: Latency };
}

export type Goal = { atMost: number } | { atLeast: number };

/** @returns the median; of an even number of values, the mean of the middle two */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('There is no median of nothing.');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/**
 * Measures all parties in turns, so that whatever else the machine does, it does to each. The first of each is not
 * counted: it makes files and fills the caches of the disk and of V8.
 */
export async function inTurns<Party extends string>(
  rounds: number,
  parties: Record<Party, () => Promise<number>>,
): Promise<Record<Party, number[]>> {
  const names = Object.keys(parties) as Party[];
  const series = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Party, number[]>;
  for (const name of names) await parties[name]();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) series[name].push(await parties[name]());
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
  const met = goal === null || ('atMost' in goal ? ratio <= goal.atMost : ratio >= goal.atLeast);
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
