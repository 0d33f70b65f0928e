/** The real app as a process, killed in the middle of a download. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEMO_CLIENT, type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import type { DownloadView } from '../../src/shared/release-views.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { until } from '../support/connections-lab.ts';

let github: EmulatedGitHub;
let dataDir: string;
let app: RunningApp;

async function start(): Promise<void> {
  const env = { GITHUB_URL: github.url, GITHUB_API_URL: github.apiUrl, GITHUB_CLIENT_ID: DEMO_CLIENT.clientId };
  app = await startApp({ env: { ...env, APP_VERSION: '1.2.5', AUTO_UPDATE_CHECK: 'false' }, dataDir });
}

beforeEach(async () => {
  github = await startEmulatedGitHub({ intervalSeconds: 1, autoApproveMs: 0, assetBytes: 2_000_000 });
  dataDir = await mkdtemp(join(tmpdir(), 'tt-kill-'));
});

afterEach(async () => {
  await app?.stop();
  await github.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function download(): Promise<DownloadView> {
  const { stdout } = await app.cli('updates', 'status', '--json');
  return JSON.parse(stdout).download;
}

it('goes on by itself at the next start, after each kill -9, and leaves no temporary file behind', async () => {
  await start();
  await app.cli('connect', 'github', '--device');
  await app.cli('updates', 'check');
  github.setFileTrouble({ bytesPerSecond: 100_000 });
  await app.cli('updates', 'download', '--no-wait');
  let before = 0;
  for (let kill = 0; kill < 2; kill += 1) {
    await until(async () => (await download()).receivedBytes > before);
    before = (await download()).receivedBytes;
    app.process.kill('SIGKILL');
    await app.ended;
    await start();
  }
  github.setFileTrouble({});

  await until(async () => (await download()).state === 'verified');

  const names = await readdir(join(dataDir, 'downloads'), { recursive: true });
  expect(names.filter((name) => /trackeep/.test(name))).toHaveLength(1);
  expect(names.filter((name) => /part|tmp/.test(name))).toEqual([]);
  const ranges = github.requests.filter(({ path }) => path.startsWith('/release-assets/')).map(({ range }) => range);
  expect(ranges).toEqual([null, expect.any(String), expect.any(String)]);
});
