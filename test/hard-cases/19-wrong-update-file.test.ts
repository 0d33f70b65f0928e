/**
 * Case 19: a truncated or altered update file; a target that the user may not write. The real app as a process of its
 * own, towards a GitHub that hands out bad files over real HTTP.
 */
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DEMO_CLIENT,
  type EmulatedGitHub,
  type FileTrouble,
  type PublishedRelease,
  startEmulatedGitHub,
} from '../../src/main/demo/emulated-github.ts';
import type { UpdatesView } from '../../src/shared/release-views.ts';
import { type RunningApp, startApp } from '../support/app.ts';

const SIZE = 300_000;
const SYSTEM = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string];
const NAME = `trackeep-${SYSTEM}-${process.arch === 'x64' ? 'amd64' : process.arch}.zip`;

const release = (tag: string, publishedAt: string): PublishedRelease => ({
  tag,
  publishedAt,
  files: [
    { name: NAME, content: { noise: SIZE } },
    { name: 'checksums.txt', content: { checksums: true } },
  ],
});

let github: EmulatedGitHub;
let app: RunningApp;

beforeEach(async () => {
  github = await startEmulatedGitHub({
    releases: [release('v1.2.7', '2026-08-19T00:00:00Z')],
    intervalSeconds: 1,
    autoApproveMs: 0,
  });
  app = await startApp({
    env: {
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_CLIENT_ID: DEMO_CLIENT.clientId,
      APP_VERSION: '1.2.5',
      AUTO_UPDATE_CHECK: 'false',
    },
  });
  expect(await app.cli('connect', 'github', '--device')).toMatchObject({ code: 0 });
});

afterEach(async () => {
  await app?.stop();
  await github.close();
});

async function check(): Promise<UpdatesView> {
  const { stdout } = await app.cli('updates', 'check', '--json');
  return JSON.parse(stdout);
}

async function state(): Promise<UpdatesView> {
  const { stdout } = await app.cli('updates', 'status', '--json');
  return JSON.parse(stdout);
}

async function files(): Promise<string[]> {
  const root = join(app.dataDir, 'downloads');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

describe('an update file that is not what was published', () => {
  const BAD: [string, FileTrouble][] = [
    ['is altered in one byte', { altered: true }],
    ['is truncated', { truncateTo: SIZE - 1 }],
    ['ends early without a word', { excess: -1 }],
    ['is longer than announced', { excess: 1 }],
    ['matches no digest of GitHub', { digest: 'wrong' }],
    ['matches no line of the checksum file', { digest: 'absent', checksums: 'wrong' }],
  ];

  it.each(BAD)('is rejected and deleted when it %s; the old version stays', async (_, trouble) => {
    const older = join('1.2.7', NAME);
    await check();
    expect(await app.cli('updates', 'download')).toMatchObject({ code: 0 });
    expect(await files()).toEqual([older]);

    await github.publish(release('v1.3.0', '2026-10-14T00:00:00Z'));
    github.setFileTrouble(trouble);
    expect(await check()).toMatchObject({ state: 'available', latest: { version: '1.3.0' } });
    const { code, stderr } = await app.cli('updates', 'download');

    expect(code).toBe(1);
    expect(stderr).toContain('Try the download again; if it fails again, tell the maintainers.');
    expect(await state()).toMatchObject({
      currentVersion: '1.2.5',
      download: { state: 'failed', path: null, error: { code: 'checksum_mismatch' } },
    });
    expect(await files()).toEqual([older]);

    github.setFileTrouble({});
    await check();
    expect(await app.cli('updates', 'download')).toMatchObject({ code: 0 });
    expect(await files()).toEqual([join('1.3.0', NAME)]);
  });
});

describe('a target that cannot be written', () => {
  async function refused(): Promise<void> {
    await check();
    const { code, stderr } = await app.cli('updates', 'download');
    expect(code).toBe(1);
    expect(stderr).toContain(join(app.dataDir, 'downloads'));
    expect(stderr).toContain('--data DIR');
    expect((await state()).download).toMatchObject({ state: 'failed', error: { code: 'data_folder_unusable' } });
  }

  async function accepted(): Promise<void> {
    expect(await app.cli('updates', 'download')).toMatchObject({ code: 0 });
    expect((await state()).download).toMatchObject({ state: 'verified' });
  }

  it('is named with the remedy when a file stands in its place, and works as soon as it is gone', async () => {
    const inTheWay = join(app.dataDir, 'downloads');
    await writeFile(inTheWay, 'mine');
    await refused();
    await rm(inTheWay);
    await accepted();
  });

  // Root may write everywhere.
  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'is named with the remedy when its permissions forbid it, and works as soon as they allow it',
    async () => {
      const folder = join(app.dataDir, 'downloads');
      await mkdir(folder, { mode: 0o500 });
      await refused();
      await chmod(folder, 0o700);
      await accepted();
    },
  );
});
