import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_CLIENT, type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { type CommandResult, type RunningApp, startApp } from './app.ts';

/** The real app against an emulated GitHub that outlives it, on one data folder or several. */
export interface VaultApp {
  readonly github: EmulatedGitHub;
  readonly dataDir: string;
  /** Starts the app; `stop` ends whatever still runs. */
  start(vault: 'keychain' | 'passphrase' | 'file', env: Record<string, string>, dataDir?: string): Promise<RunningApp>;
  stop(): Promise<void>;
}

export async function vaultApp(): Promise<VaultApp> {
  const github = await startEmulatedGitHub({ clients: [DEMO_CLIENT], intervalSeconds: 1, autoApproveMs: 1 });
  const dataDir = await mkdtemp(join(tmpdir(), 'tt-vault-app-'));
  const started: RunningApp[] = [];
  return {
    github,
    dataDir,
    async start(vault, env, folder = dataDir) {
      const app = await startApp({
        args: ['--vault', vault],
        dataDir: folder,
        env: {
          GITHUB_URL: github.url,
          GITHUB_API_URL: github.apiUrl,
          GITHUB_CLIENT_ID: DEMO_CLIENT.clientId,
          AUTO_UPDATE_CHECK: 'false',
          ...env,
        },
      });
      started.push(app);
      return app;
    },
    async stop() {
      for (const app of started) await app.stop();
      await github.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What a command printed with `--json`: its answer, or its error. */
export function answerOf({ stdout, stderr }: CommandResult): Record<string, unknown> {
  const answer: unknown = JSON.parse(stdout.trim() === '' ? stderr : stdout);
  return typeof answer === 'object' && answer !== null ? { ...answer } : {};
}
