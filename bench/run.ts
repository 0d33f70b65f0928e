/**
 * `npm run bench`: where we stand beside what people use today, as ratios of medians taken in turns in one run, since
 * absolute times say more about the machine than about the program. Exits with 1 when a goal is missed.
 *
 *     npm run bench [-- --json] [--large]
 *
 * `--large`: a thousand repositories and a hundred thousand commits where otherwise fewer do.
 */
import { measureActivityPage } from './activity-page.ts';
import { measureGitCredential } from './git-credential.ts';
import { measureIssuerThroughput } from './issuer-throughput.ts';
import type { Result } from './measure.ts';
import { measureResidentMemory } from './resident-memory.ts';
import { measureScrolling } from './scrolling.ts';
import { measureStartToReady } from './start-to-ready.ts';
import { measureStatusThroughput } from './status-throughput.ts';
import { measureTokenCommand } from './token-command.ts';
import { measureTokenRoute } from './token-route.ts';
import { measureTrackingRest } from './tracking-rest.ts';
import { measureTrackingSync } from './tracking-sync.ts';

const json = process.argv.includes('--json');
const results: Result[] = [];
const measures: (() => Promise<Result | Result[]>)[] = [
  measureTokenCommand,
  measureGitCredential,
  measureStatusThroughput,
  measureStartToReady,
  measureResidentMemory,
  measureIssuerThroughput,
  measureTokenRoute,
  measureTrackingSync,
  measureTrackingRest,
  measureActivityPage,
  measureScrolling,
];
for (const measure of measures) {
  for (const result of [await measure()].flat()) {
    results.push(result);
    if (!json) console.log(lines(result));
  }
}
if (json) console.log(JSON.stringify(results, null, 2));
process.exitCode = results.every((result) => result.met) ? 0 : 1;

function lines({ name, ours, peer, unit, ratio, goal, met, rounds, latency }: Result): string {
  const digits = unit === 'requests/s' || unit === 'rows/s' ? 0 : 1;
  const word = goal === null ? 'told  ' : met ? 'met   ' : 'MISSED';
  const wanted =
    goal === null ? 'no goal' : 'atMost' in goal ? `goal at most ${goal.atMost}` : `goal at least ${goal.atLeast}`;
  const text = [
    `${word} ${name}`,
    `       ratio ${ratio.toFixed(2)} (${wanted}), ${ours.toFixed(digits)} to ${peer.toFixed(digits)} ${unit}, medians of ${rounds}`,
  ];
  if (latency) text.push(`       p50 ${times('p50')}, p99 ${times('p99')}`);
  return text.join('\n');

  function times(quantile: 'p50' | 'p99'): string {
    return `${latency?.ours[quantile].toFixed(1)} to ${latency?.peer[quantile].toFixed(1)} ms`;
  }
}
