/** `npm run bench`: sets up, makes sure of the peer to measure against, and runs bench/ on the clone's own Node. */
import { setUp } from './setup.mjs';
import { exitWith, runVisibly } from './steps.mjs';
import { GITHUB_CLI, provideByApt } from './system-parts.mjs';
import { nodeBinary, ROOT, toolEnvironment } from './toolchain.mjs';

await exitWith(async () => {
  await setUp();
  await provideByApt([GITHUB_CLI]);
  return runVisibly(nodeBinary(), ['bench/run.ts', ...process.argv.slice(2)], { cwd: ROOT, env: toolEnvironment() });
});
