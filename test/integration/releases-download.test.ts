import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { refusals } from '../../src/main/demo/emulated-github.ts';
import { openReleasesLab, type ReleasesLab, type ReleasesLabOptions, until } from '../support/releases-lab.ts';

const NAME = 'trackeep-linux-amd64.tar.gz';
const SIZE = 1_000_000;
const FILE = `1.3.0/${NAME}`;
const DOWNLOADS = 'GET /release-assets/v1.3.0/**';

let lab: ReleasesLab;

/** A lab in which the newest release is known already. */
async function open(options: ReleasesLabOptions = {}): Promise<ReleasesLab> {
  lab = await openReleasesLab(options);
  await lab.releases.check();
  lab.github.requests.length = 0;
  return lab;
}

afterEach(async () => {
  await lab.close();
});

const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
const ranges = () =>
  lab.github.requests.filter(({ path }) => path.startsWith('/release-assets/')).map(({ range }) => range);

/** Node lets go of abort signals that only a collected object listened to; that must not matter. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
const received = () => lab.releases.view().download?.receivedBytes ?? 0;

/** Breaks the download off at half of the file, at the person's wish. */
async function stopHalfway(): Promise<void> {
  lab.github.setFileTrouble({ bytesPerSecond: 500_000 });
  await lab.releases.download();
  await lab.passUntil(() => received() >= SIZE / 2);
  await lab.releases.stopDownload();
  lab.github.setFileTrouble({});
}

describe('a download', () => {
  it('answers at once, tells its progress, and ends verified under its final name', async () => {
    const { releases, downloaded, files, dataDir, announced, github } = await open();
    const begun = await releases.download();
    expect(begun.download).toMatchObject({ state: 'downloading', receivedBytes: 0, totalBytes: SIZE, path: null });

    const done = await downloaded();

    const path = join(dataDir, 'downloads', '1.3.0', NAME);
    expect(done).toEqual({
      version: '1.3.0',
      assetName: NAME,
      state: 'verified',
      receivedBytes: SIZE,
      totalBytes: SIZE,
      path,
      error: null,
    });
    expect(await sha256(path)).toBe(github.sha256Of('v1.3.0', NAME));
    expect(await files()).toEqual([FILE]);
    const states = announced.flatMap(({ download }) => download?.state ?? []);
    expect([...new Set(states)]).toEqual(['downloading', 'verifying', 'verified']);
  });

  it('is readable for this user only', async () => {
    const { releases, downloaded } = await open();
    await releases.download();
    const { path } = await downloaded();
    expect((await stat(path ?? '')).mode & 0o077).toBe(0);
    expect((await stat(dirname(path ?? ''))).mode & 0o077).toBe(0);
  });

  it('tells its progress at most five times a second', async () => {
    const { releases, clock, github, announced, passUntil } = await open({ github: { assetBytes: 8_000_000 } });
    github.setFileTrouble({ bytesPerSecond: 2_000_000 });
    await releases.download();
    const before = announced.length;
    const started = clock.monotonic();
    await passUntil(() => releases.view().download?.state === 'verified');
    const seconds = (clock.monotonic() - started) / 1000;
    expect(seconds).toBeGreaterThan(3);
    expect(announced.length - before).toBeLessThanOrEqual(5 * seconds + 4);
    expect(announced.length - before).toBeGreaterThan(seconds);
  });

  it('never carries the token of the person', async () => {
    const { releases, downloaded, github } = await open();
    await releases.download();
    await downloaded();
    expect(github.requests.length).toBeGreaterThan(0);
    expect(github.requests.filter(({ authorized }) => authorized)).toEqual([]);
  });

  it('is one, however often it is asked for', async () => {
    const { releases, downloaded, github } = await open();
    await Promise.all([releases.download(), releases.download(), releases.download()]);
    await downloaded();
    expect(github.count(DOWNLOADS)).toBe(1);
    await releases.download();
    await downloaded();
    expect(github.count(DOWNLOADS)).toBe(1);
  });

  it('says that it could not be verified when the release names no checksum', async () => {
    lab = await openReleasesLab();
    lab.github.setFileTrouble({ digest: 'absent', checksums: 'absent' });
    await lab.releases.check();
    await lab.releases.download();
    expect(await lab.downloaded()).toMatchObject({ state: 'unverified', error: null, path: expect.any(String) });
  });

  it.each([1, -1])(
    'is refused with %i bytes more than announced, even where no checksum would tell',
    async (excess) => {
      lab = await openReleasesLab();
      lab.github.setFileTrouble({ digest: 'absent', checksums: 'absent', excess });
      await lab.releases.check();
      await lab.releases.download();
      expect(await lab.downloaded()).toMatchObject({ state: 'failed', error: { code: 'checksum_mismatch' } });
      expect(await lab.files()).toEqual([]);
    },
  );

  it('is refused where the release has no file for this platform', async () => {
    const { releases, github } = await open({ machine: { os: 'freebsd', arch: 'x64' } });
    await expect(releases.download()).rejects.toMatchObject({
      code: 'no_asset',
      url: `${github.url}/Dvorinka/Trackeep/releases/tag/v1.3.0`,
    });
  });

  it('is refused before there is a release', async () => {
    lab = await openReleasesLab();
    await expect(lab.releases.download()).rejects.toMatchObject({ code: 'no_asset' });
  });

  it('comes again when somebody deleted the finished file', async () => {
    const { releases, downloaded } = await open();
    await releases.download();
    const { path } = await downloaded();
    await rm(path ?? '');
    await releases.download();
    expect(await downloaded()).toMatchObject({ state: 'verified' });
  });
});

describe('a download that was stopped', () => {
  it('goes on from where it was', async () => {
    const { releases, downloaded, files } = await open();
    await stopHalfway();
    const stopped = releases.view().download;
    expect(stopped).toMatchObject({ state: 'stopped', path: null, error: null });
    expect(await files()).toEqual([`${FILE}.part`, `${FILE}.part.json`]);

    await releases.download();

    expect(await downloaded()).toMatchObject({ state: 'verified' });
    expect(ranges()).toEqual([null, `bytes=${stopped?.receivedBytes}-`]);
    expect(await files()).toEqual([FILE]);
  });

  it('begins again when the file at GitHub is another one meanwhile', async () => {
    const { releases, downloaded, github } = await open();
    await stopHalfway();
    github.replaceFiles();
    await releases.check();
    expect(releases.view().download).toBeNull();
    await releases.download();
    const { path, state } = await downloaded();
    expect(state).toBe('verified');
    expect(await sha256(path ?? '')).toBe(github.sha256Of('v1.3.0', NAME));
  });

  it('never joins the parts of two files, even where no checksum would tell', async () => {
    lab = await openReleasesLab();
    const { releases, downloaded, github } = lab;
    github.setFileTrouble({ digest: 'absent', checksums: 'absent' });
    await releases.check();
    await stopHalfway();
    github.replaceFiles();
    await releases.download();
    const { path, state } = await downloaded();
    expect(state).toBe('unverified');
    expect(await sha256(path ?? '')).toBe(github.sha256Of('v1.3.0', NAME));
  });

  it('begins again when GitHub does not continue it', async () => {
    const { releases, downloaded, github } = await open();
    await stopHalfway();
    github.setFileTrouble({ ignoreRange: true });
    await releases.download();
    expect(await downloaded()).toMatchObject({ state: 'verified', receivedBytes: SIZE });
  });

  it('begins again when GitHub does not know the range', async () => {
    const { releases, downloaded, github } = await open();
    await stopHalfway();
    github.fail({ match: DOWNLOADS, times: 1, answer: { status: 416 } });
    await releases.download();
    expect(await downloaded()).toMatchObject({ state: 'verified' });
    expect(ranges().at(-1)).toBeNull();
  });

  it('stays stopped over a restart, with what has arrived', async () => {
    await open();
    await stopHalfway();
    const before = received();
    lab = await lab.restart();
    expect(lab.releases.view().download).toMatchObject({ state: 'stopped', receivedBytes: before });
    await lab.releases.download();
    expect(await lab.downloaded()).toMatchObject({ state: 'verified' });
    expect(ranges()).toEqual([null, `bytes=${before}-`]);
  });

  it('leaves nothing behind when it is discarded', async () => {
    const { releases, files } = await open();
    await stopHalfway();
    expect((await releases.discard()).download).toBeNull();
    expect(await files()).toEqual([]);
  });

  it('leaves nothing behind when it is discarded while it runs', async () => {
    const { releases, files, github } = await open();
    github.setFileTrouble({ bytesPerSecond: 1 });
    await releases.download();
    await until(() => received() > 0);
    expect((await releases.discard()).download).toBeNull();
    expect(await files()).toEqual([]);
  });
});

describe('a download that breaks off', () => {
  it('is noticed, and can be stopped, after any garbage collection', async () => {
    const { releases, github, clock } = await open();
    github.setFileTrouble({ bytesPerSecond: 1 });
    await releases.download();
    await until(() => received() > 0);
    collectGarbage();
    github.fail({ match: 'GET /Dvorinka/**', answer: 'hang' });
    await clock.advance(31_000);
    await until(() => lab.log.some((line) => line.includes('broke off and goes on')));
    await clock.advance(1_000);
    await until(() => github.count('GET /Dvorinka/**') === 2);
    collectGarbage();
    expect((await releases.stopDownload()).download).toMatchObject({ state: 'stopped' });
  });

  it('goes on by itself while each connection brings it further', async () => {
    const { releases, github, clock, passUntil } = await open();
    github.setFileTrouble({ breakAfter: 400_000 });
    const began = clock.monotonic();
    await releases.download();
    await passUntil(() => releases.view().download?.state === 'verified');
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(2_000);
    const starts = ranges().map((range) => Number(range?.slice('bytes='.length, -1) ?? 0));
    expect(starts.length).toBeGreaterThanOrEqual(3);
    // What is still on its way when a connection breaks off may be lost with it, so the offsets are not exact.
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(new Set(starts).size).toBe(starts.length);
  });

  it('gives up when nothing arrives any more, and keeps what has arrived', async () => {
    const { releases, github, passUntil } = await open();
    github.setFileTrouble({ breakAfter: 300_000 });
    await releases.download();
    await until(() => lab.log.some((line) => line.includes('broke off and goes on')));
    github.fail({ match: 'GET /Dvorinka/**', answer: 'reset' });
    await passUntil(() => releases.view().download?.state === 'failed');
    const arrived = received();
    expect(arrived).toBeGreaterThan(0);
    expect(releases.view().download).toMatchObject({
      state: 'failed',
      error: { code: 'download_failed', action: 'retry' },
    });

    github.heal();
    github.setFileTrouble({});
    await releases.download();
    expect(await lab.downloaded()).toMatchObject({ state: 'verified', error: null });
    expect(ranges().at(-1)).toBe(`bytes=${arrived}-`);
  });

  it('is dead after half a minute of silence', async () => {
    const { releases, downloaded, github, clock } = await open();
    github.fail({ match: DOWNLOADS, answer: 'hang' });
    await releases.download();
    await until(() => github.count(DOWNLOADS) === 1);
    await clock.advance(31_000);
    expect(await downloaded()).toMatchObject({ state: 'failed', error: { code: 'download_failed' } });
  });

  it.each([
    ['is not there', { status: 404 }],
    ['cannot be had just now', refusals.serverError(503)],
    ['turns out to be a web page', 'html'],
    ['is sent from elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:9/x' } }],
    ['is redirected without end', { status: 302, headers: { location: '/release-assets/v1.3.0/again' } }],
  ] as const)('fails with a clear error when the file %s', async (_, answer) => {
    const { releases, downloaded, github, files } = await open();
    github.fail({ match: DOWNLOADS, answer });
    await releases.download();
    expect(await downloaded()).toMatchObject({ state: 'failed', path: null, error: { code: 'download_failed' } });
    expect(await files()).toEqual([]);
  });
});

describe('a start with something in the downloads folder', () => {
  it('goes on with a download that was cut short', async () => {
    await open();
    lab.github.setFileTrouble({ bytesPerSecond: 500_000 });
    await lab.releases.download();
    await lab.passUntil(() => received() >= SIZE / 2);
    lab = await lab.restart();
    lab.github.setFileTrouble({});
    expect(lab.releases.view().download?.receivedBytes).toBeGreaterThanOrEqual(SIZE / 2);
    await lab.passUntil(() => lab.releases.view().download?.state === 'verified');
    expect(await lab.files()).toEqual([FILE]);
    expect(ranges().at(-1)).toMatch(/^bytes=\d+-$/);
  });

  it('verifies a finished file again', async () => {
    await open();
    await lab.releases.download();
    await lab.downloaded();
    lab = await lab.restart();
    expect(await lab.downloaded()).toMatchObject({ state: 'verified', path: expect.any(String) });
  });

  it('does not trust a finished file that was altered meanwhile', async () => {
    await open();
    await lab.releases.download();
    const { path } = await lab.downloaded();
    const bytes = await readFile(path ?? '');
    bytes[7] = (bytes[7] ?? 0) ^ 1;
    await writeFile(path ?? '', bytes);
    lab = await lab.restart();
    expect(await lab.downloaded()).toMatchObject({ state: 'failed', path: null, error: { code: 'checksum_mismatch' } });
    expect(await lab.files()).toEqual([]);
  });

  it.each([
    ['an older version', '1.2.9/trackeep-linux-amd64.tar.gz'],
    ['a part without its notes', `${FILE}.part`],
    ['notes without their part', `${FILE}.part.json`],
    ['a temporary file of a crash', `${FILE}.part.json.0a1b2c.tmp`],
    ['a stray file', 'stray.txt'],
  ])('clears away %s', async (_, name) => {
    await open();
    const path = join(lab.dataDir, 'downloads', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'left behind');
    lab = await lab.restart();
    expect(await lab.files()).toEqual([]);
    expect(lab.releases.view().download).toBeNull();
  });

  it('clears away a part of a file with another checksum', async () => {
    await open();
    await stopHalfway();
    const notes = join(lab.dataDir, 'downloads', `${FILE}.part.json`);
    await writeFile(notes, (await readFile(notes, 'utf8')).replace(/"sha256":"[0-9a-f]{8}/, '"sha256":"00000000'));
    lab = await lab.restart();
    expect(await lab.files()).toEqual([]);
  });

  it('clears away a part whose notes are broken', async () => {
    await open();
    await stopHalfway();
    await truncate(join(lab.dataDir, 'downloads', `${FILE}.part.json`), 10);
    lab = await lab.restart();
    expect(await lab.files()).toEqual([]);
  });
});

describe('a newer release', () => {
  const newer = {
    tag: 'v1.3.1',
    publishedAt: '2026-11-19T00:00:00Z',
    files: [{ name: NAME, content: { noise: 5_000 } }],
  };

  it('ends the download of an older one', async () => {
    const { releases, github, files } = await open();
    await stopHalfway();
    await github.publish(newer);
    await releases.check();
    expect(releases.view().download).toBeNull();
    expect(await files()).toEqual([]);
  });

  it('leaves a finished older file alone until its own is downloaded', async () => {
    const { releases, github, downloaded, files } = await open();
    await releases.download();
    await downloaded();
    await github.publish(newer);
    await releases.check();
    expect(await files()).toEqual([FILE]);
    await releases.download();
    expect(await downloaded()).toMatchObject({ state: 'verified', version: '1.3.1' });
    expect(await files()).toEqual([`1.3.1/${NAME}`]);
  });
});

describe('a disk that does not take it', () => {
  it.skipIf(process.platform !== 'linux')('is named when it is full, and nothing is lost', async () => {
    const { releases, downloaded, dataDir } = await open();
    const part = join(dataDir, 'downloads', `${FILE}.part`);
    await mkdir(dirname(part), { recursive: true });
    // The one disk that is always full.
    await symlink('/dev/full', part);
    await releases.download();
    expect(await downloaded()).toMatchObject({
      state: 'failed',
      error: { code: 'disk_full', message: expect.stringContaining(part), action: 'retry' },
    });
    await rm(part);
    await releases.download();
    expect(await downloaded()).toMatchObject({ state: 'verified' });
  });
});
