/**
 * `npm test`: everything, from a bare clone. Sets up, makes sure of the system's parts, checks the code (lint, types,
 * layers, dead code) and runs every test. Whatever fails, the rest still runs, so that one run tells all.
 * Arguments go to Vitest, which then runs alone: `npm test -- test/unit/vault`.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { setUp } from './setup.mjs';
import { duration, exitWith, run, runVisibly } from './steps.mjs';
import { findChromium, provideTestParts } from './system-parts.mjs';
import { nodeBinary, ROOT, toolEnvironment } from './toolchain.mjs';

/** Everything but `soak`, which takes minutes and has a share of itself among the integration tests. */
const PROJECTS = ['unit', 'integration', 'hard-cases', 'desktop', 'web'];

const RESULTS = join(ROOT, 'test-results', 'vitest.json');

/** Several times what the temporary folders of a whole run come to at once. */
const BYTES_FOR_TESTS = 6 * 1024 ** 3;

/** Each is a program of node_modules, run by the clone's own Node. */
const CHECKS = [
  { title: 'Lint and format (biome)', args: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'] },
  { title: 'Types (tsc)', args: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { title: 'Layers', args: ['scripts/check-layers.mjs'] },
  { title: 'Dead code (knip)', args: ['node_modules/knip/bin/knip.js', '--no-progress'] },
];

async function main() {
  const started = performance.now();
  const only = process.argv.slice(2);
  await setUp();
  await provideTestParts();

  const failedChecks = only.length === 0 ? await runChecks() : 0;
  const tests = await runTests(only);

  const failed = failedChecks + tests.failed;
  console.log(`All of it took ${duration(performance.now() - started)}.`);
  console.log(`${tests.passed} passed, ${failed} failed`);
  return failed === 0 && tests.clean ? 0 : 1;
}

/** Runs all checks side by side; each prints its line, and its output when it failed. @returns how many failed */
async function runChecks() {
  const outcomes = await Promise.all(
    CHECKS.map(async ({ title, args }) => {
      const started = performance.now();
      try {
        await run(nodeBinary(), args, { cwd: ROOT, env: toolEnvironment() });
        console.log(`${title} … ${duration(performance.now() - started)}`);
        return 0;
      } catch (error) {
        console.log(`${title} … FAILED after ${duration(performance.now() - started)}\n${error.message}\n`);
        return 1;
      }
    }),
  );
  return outcomes.reduce((sum, one) => sum + one, 0);
}

/**
 * @param {string[]} only what to hand on to Vitest
 * @returns {Promise<{ passed: number, failed: number, clean: boolean }>} `clean` is Vitest's own verdict
 */
async function runTests(only) {
  const inMemory = folderInMemory();
  const temporary = inMemory === null ? {} : { TMPDIR: inMemory };
  rmSync(RESULTS, { force: true });
  mkdirSync(join(RESULTS, '..'), { recursive: true });
  const code = await runVisibly(
    nodeBinary(),
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${RESULTS}`,
      ...(only.length > 0 ? only : PROJECTS.flatMap((project) => ['--project', project])),
    ],
    { cwd: ROOT, env: { ...toolEnvironment(), ...temporary, TRACKEEP_CHROMIUM: findChromium() ?? '' } },
  );
  if (!existsSync(RESULTS)) return { passed: 0, failed: 1, clean: false };
  const { numPassedTests, testResults } = JSON.parse(readFileSync(RESULTS, 'utf8'));
  return { passed: numPassedTests, failed: countFailures(testResults), clean: code === 0 };
}

/**
 * For the thousands of data folders that the tests make: a disk makes them wait for every commit, a tenth of the whole
 * time. `npm run soak` uses the disk.
 *
 * @returns {string | null} null where there is no such file system, or little room in it
 */
function folderInMemory() {
  const place = '/dev/shm';
  if (!existsSync(place)) return null;
  const { bavail, bsize } = statfsSync(place);
  const free = Math.min(bavail * bsize, freemem());
  if (free < BYTES_FOR_TESTS) return null;
  const folder = mkdtempSync(join(place, 'trackeep-'));
  // Other users of the system pass through it, as through /tmp: some tests are about what they find there.
  chmodSync(folder, 0o755);
  // Memory is not given back by itself, whichever way the run ends.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  // A signal goes to the whole group: the tests end by it, and then this does.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => undefined);
  return folder;
}

/** A file that could not even be loaded has no test that failed: it counts as one. */
function countFailures(files) {
  let failed = 0;
  for (const file of files) {
    const tests = file.assertionResults.filter((test) => test.status === 'failed').length;
    failed += tests === 0 && file.status === 'failed' ? 1 : tests;
  }
  return failed;
}

await exitWith(main);
