import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cleanEnvironment, startApp } from '../test/support/app.ts';
import { compare, inTurns, type Result, timeProcess } from './measure.ts';

const ROUNDS = 40;
const CLI = resolve(import.meta.dirname, '../out/cli/trackeep.mjs');

/**
 * A token on standard output, as git and scripts ask for it: ours from the vault of the running app through its socket,
 * GitHub's own command from a file that lies there in clear text.
 */
export async function measureTokenCommand(): Promise<Result> {
  const app = await startApp({ args: ['--demo'] });
  const ghFolder = await mkdtemp(join(tmpdir(), 'trackeep-bench-gh-'));
  try {
    const connected = await app.cli('connect', 'github', '--device');
    if (connected.code !== 0) throw new Error(`The demo account could not be connected.\n${connected.stderr}`);
    await writeFile(
      join(ghFolder, 'hosts.yml'),
      'github.com:\n    user: octocat\n    oauth_token: gho_benchmark\n    git_protocol: https\n',
    );
    const env = cleanEnvironment();
    const ghEnv = cleanEnvironment({ GH_CONFIG_DIR: ghFolder });
    const ours = () => timeProcess(process.execPath, [CLI, 'token', 'github', '--data', app.dataDir], env);
    const peer = () => timeProcess('gh', ['auth', 'token'], ghEnv);
    const series = await inTurns(ROUNDS, { ours, peer });
    return compare('trackeep token github / gh auth token', series, 'ms', { atMost: 1 });
  } finally {
    await app.stop();
    await rm(ghFolder, { recursive: true, force: true });
  }
}
