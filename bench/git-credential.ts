import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cleanEnvironment, startApp } from '../test/support/app.ts';
import { compare, inTurns, type Result, timeProcess } from './measure.ts';

const ROUNDS = 40;
const CLI = resolve(import.meta.dirname, '../out/cli/trackeep.mjs');

/**
 * The two helpers as git runs them: on our side the choice of the account, the token from the vault and its row in the
 * audit log, on the other a file in clear text.
 */
export async function measureGitCredential(): Promise<Result> {
  const app = await startApp({ args: ['--demo'] });
  const ghFolder = await mkdtemp(join(tmpdir(), 'trackeep-bench-gh-'));
  try {
    const connected = await app.cli('connect', 'github', '--device', '--json');
    if (connected.code !== 0) throw new Error(`The demo account could not be connected.\n${connected.stderr}`);
    const [{ host }] = JSON.parse((await app.cli('status', '--json')).stdout).connections;
    await writeFile(
      join(ghFolder, 'hosts.yml'),
      'github.com:\n    user: octocat\n    oauth_token: gho_benchmark\n    git_protocol: https\n',
    );
    const asked = (protocol: string, name: string) => `protocol=${protocol}\nhost=${name}\npath=octocat/garden.git\n\n`;
    const ours = () =>
      timeProcess(process.execPath, [CLI, 'git-credential', 'get', '--data', app.dataDir], cleanEnvironment(), {
        input: asked('http', host),
        output: /^password=/m,
      });
    const peer = () =>
      timeProcess('gh', ['auth', 'git-credential', 'get'], cleanEnvironment({ GH_CONFIG_DIR: ghFolder }), {
        input: asked('https', 'github.com'),
        output: /^password=/m,
      });
    const series = await inTurns(ROUNDS, { ours, peer });
    return compare('trackeep git-credential get / gh auth git-credential get', series, 'ms', { atMost: 1 });
  } finally {
    await app.stop();
    await rm(ghFolder, { recursive: true, force: true });
  }
}
