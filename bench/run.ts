/**
 * `npm run bench`: where we stand beside what people use today, as ratios of medians taken in turns in one run, since
 * absolute times say more about the machine than about the program. Exits with 1 when a goal is missed.
 *
 *     npm run bench [-- --json]
 */
import { measureGitCredential } from './git-credential.ts';
import type { Result } from './measure.ts';
import { measureResidentMemory } from './resident-memory.ts';
import { measureStartToReady } from './start-to-ready.ts';
import { measureStatusThroughput } from './status-throughput.ts';
import { measureTokenCommand } from './token-command.ts';

const json = process.argv.includes('--json');
const results: Result[] = [];
for (const measure of [
  measureTokenCommand,
  measureGitCredential,
  measureStatusThroughput,
  measureStartToReady,
  measureResidentMemory,
]) {
  const result = await measure();
  results.push(result);
  if (!json) console.log(line(result));
}
if (json) console.log(JSON.stringify(results, null, 2));
process.exitCode = results.every((result) => result.met) ? 0 : 1;

function line({ name, ours, peer, unit, ratio, goal, met, rounds }: Result): string {
  const digits = unit === 'requests/s' ? 0 : 1;
  const wanted = 'atMost' in goal ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
  return [
    `${met ? 'met   ' : 'MISSED'} ${name}`,
    `       ratio ${ratio.toFixed(2)} (goal ${wanted}), ${ours.toFixed(digits)} to ${peer.toFixed(digits)} ${unit}, medians of ${rounds}`,
  ].join('\n');
}
