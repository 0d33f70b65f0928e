/**
 * `npm run soak`: the tests of test/soak, at full count; `npm test` runs a share of each (test/integration).
 *
 *     npm run soak [-- --seed=NUMBER]     the seed that a failed run printed, to see the same instants again
 */
import { setUp } from './setup.mjs';
import { exitWith, runVisibly } from './steps.mjs';
import { nodeBinary, ROOT, toolEnvironment } from './toolchain.mjs';

await exitWith(async () => {
  const seed = process.argv.find((arg) => arg.startsWith('--seed='))?.slice('--seed='.length);
  await setUp();
  return runVisibly(nodeBinary(), ['node_modules/vitest/vitest.mjs', 'run', '--project', 'soak'], {
    cwd: ROOT,
    env: { ...toolEnvironment(), ...(seed ? { TRACKEEP_SOAK_SEED: seed } : {}) },
  });
});
