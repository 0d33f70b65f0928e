import { afterEach, describe, expect, it } from 'vitest';
import { type PublishedRelease, refusals } from '../../src/main/demo/emulated-github.ts';
import { openReleasesLab, type ReleasesLab, type ReleasesLabOptions, until } from '../support/releases-lab.ts';

const LATEST = 'GET /repos/Dvorinka/Trackeep/releases/latest';
const HOUR = 3_600_000;

let lab: ReleasesLab;

async function open(options: ReleasesLabOptions = {}): Promise<ReleasesLab> {
  lab = await openReleasesLab(options);
  return lab;
}

afterEach(async () => {
  await lab.close();
});

const release = (tag: string, more: Partial<PublishedRelease> = {}): PublishedRelease => ({
  tag,
  publishedAt: '2026-11-01T12:00:00Z',
  files: [{ name: 'trackeep-linux-amd64.tar.gz', content: { noise: 5_000 } }],
  ...more,
});

describe('a check for releases', () => {
  it('finds the newest release, its file for this machine, and what that must hash to', async () => {
    const { releases, github, clock } = await open();

    const view = await releases.check();

    expect(view).toMatchObject({
      state: 'available',
      updateAvailable: true,
      currentVersion: '1.2.5',
      currentVersionFrom: 'environment',
      checkedAt: new Date(clock.now()).toISOString(),
      error: null,
    });
    expect(view.latest).toMatchObject({
      version: '1.3.0',
      tag: 'v1.3.0',
      name: 'Trackeep 1.3.0',
      publishedAt: '2026-10-14T16:45:20.000Z',
      prerelease: false,
      url: `${github.url}/Dvorinka/Trackeep/releases/tag/v1.3.0`,
      asset: {
        name: 'trackeep-linux-amd64.tar.gz',
        size: 1_000_000,
        checksum: { source: 'digest', sha256: github.sha256Of('v1.3.0', 'trackeep-linux-amd64.tar.gz') },
      },
    });
    expect(view.latest?.notes).toContain('several GitHub organisations');
  });

  it('chooses the file by platform and architecture', async () => {
    const { releases } = await open({ machine: { os: 'win32', arch: 'arm64' } });
    expect((await releases.check()).latest?.asset?.name).toBe('trackeep-windows-arm64.zip');
  });

  it('is up to date on the newest version', async () => {
    const { releases } = await open({ appVersion: 'v1.3.0' });
    expect(await releases.check()).toMatchObject({ state: 'up_to_date', updateAvailable: false });
  });

  it('offers no older release to somebody who runs a newer build', async () => {
    const { releases } = await open({ appVersion: '1.4.0-rc.1' });
    expect(await releases.check()).toMatchObject({ state: 'up_to_date', updateAvailable: false });
  });

  it.each([null, 'dev'])('says that it cannot compare when the current version is %s', async (currentVersion) => {
    const { releases } = await open({ appVersion: null, settings: { currentVersion } });
    expect(await releases.check()).toMatchObject({
      state: 'current_unknown',
      updateAvailable: false,
      latest: { version: '1.3.0' },
      currentVersionFrom: currentVersion === null ? null : 'person',
    });
  });

  it('never offers a draft, nor a prerelease to people who did not ask for one', async () => {
    const { releases, github } = await open();
    await github.publish(release('v1.4.0-rc.1', { prerelease: true }));
    expect((await releases.check()).latest?.version).toBe('1.3.0');
  });

  it('offers the highest version of all published ones with prereleases switched on', async () => {
    const { releases, github } = await open({ settings: { prereleases: true } });
    await github.publish(release('v1.4.0-rc.2', { prerelease: true }));
    await github.publish(release('v1.4.0-rc.10', { prerelease: true }));
    await github.publish(release('v1.2.8', { publishedAt: '2026-11-19T12:00:00Z' }));
    expect((await releases.check()).latest).toMatchObject({ version: '1.4.0-rc.10', prerelease: true });
  });

  it('looks further when the latest release has no version in its tag', async () => {
    const { releases, github } = await open();
    await github.publish(release('nightly', { publishedAt: '2026-11-19T00:00:00Z' }));
    await github.publish(release('v1.4.0-rc.1', { prerelease: true }));
    expect(await releases.check()).toMatchObject({ state: 'available', latest: { version: '1.3.0' } });
  });

  it('asks conditionally, so that an unchanged feed costs nothing', async () => {
    const { releases, github } = await open();
    await releases.check();
    await releases.check();
    const asked = github.requests.filter(({ path }) => path.endsWith('/latest'));
    expect(asked.map(({ status }) => status)).toEqual([200, 304]);
    expect(releases.view().latest?.version).toBe('1.3.0');
  });

  it('shares one request among all who ask at once', async () => {
    const { releases, github } = await open();
    const views = await Promise.all(Array.from({ length: 20 }, () => releases.check()));
    expect(github.count(LATEST)).toBe(1);
    expect(new Set(views.map(({ state }) => state))).toEqual(new Set(['available']));
  });

  it('announces that it is checking, and the outcome', async () => {
    const { releases, announced } = await open();
    await releases.check();
    expect(announced.map(({ state }) => state)).toEqual(['checking', 'available']);
  });
});

describe('the checksum of the file', () => {
  const NAME = 'trackeep-linux-amd64.tar.gz';

  it('comes from the checksum file when GitHub tells no digest', async () => {
    const { releases, github } = await open();
    github.setFileTrouble({ digest: 'absent' });
    const sha256 = github.sha256Of('v1.3.0', NAME);
    expect((await releases.check()).latest?.asset?.checksum).toEqual({ sha256, source: 'checksum_asset' });
  });

  it('comes from the notes when there is no such file either', async () => {
    const { releases, github } = await open();
    const sha256 = 'ab'.repeat(32);
    await github.publish(release('v1.5.0', { notes: `SHA-256:\n\n    ${sha256}  ${NAME}\n` }));
    github.setFileTrouble({ digest: 'absent' });
    expect((await releases.check()).latest?.asset?.checksum).toEqual({ sha256, source: 'notes' });
  });

  it('is none when the release names none', async () => {
    const { releases, github } = await open();
    github.setFileTrouble({ digest: 'absent', checksums: 'absent' });
    expect((await releases.check()).latest?.asset).toMatchObject({ name: NAME, checksum: null });
  });

  it('is not given up as missing because its file cannot be fetched just now', async () => {
    const { releases, github } = await open();
    github.setFileTrouble({ digest: 'absent' });
    github.fail({ match: 'GET /release-assets/**', answer: refusals.serverError(503) });
    expect(await releases.check()).toMatchObject({ state: 'failed', error: { code: 'provider_error' }, latest: null });
  });

  it('is never fetched with the token of the person', async () => {
    const { releases, github } = await open();
    github.setFileTrouble({ digest: 'absent' });
    await releases.check();
    const fetched = github.requests.filter(({ path }) => path.includes('checksums.txt'));
    expect(fetched.map(({ authorized }) => authorized)).toEqual([false, false]);
  });

  it('is not accepted from another host', async () => {
    const { releases, github } = await open();
    github.setFileTrouble({ digest: 'absent' });
    const elsewhere = 'http://127.0.0.1:9/checksums.txt';
    github.fail({ match: 'GET /Dvorinka/**', answer: { status: 302, headers: { location: elsewhere } } });
    expect(await releases.check()).toMatchObject({ state: 'failed', error: { code: 'download_failed' } });
  });
});

describe('a check that does not get through', () => {
  it('says that nobody is signed in, and runs by itself after the sign-in', async () => {
    const { releases, signIn, checked } = await open({ signedIn: false });
    expect(await releases.check()).toMatchObject({ state: 'not_signed_in', error: { code: 'not_connected' } });

    await signIn();

    await until(() => releases.view().latest !== null);
    expect(await checked()).toMatchObject({ state: 'available', error: null });
  });

  it('keeps the time since when it is offline, over several checks, and what was known before', async () => {
    const { releases, github, clock } = await open();
    await releases.check();
    const reached = releases.view().checkedAt;
    github.fail({ match: LATEST, answer: 'reset' });
    const since = new Date(clock.now()).toISOString();
    expect(await releases.check()).toMatchObject({ state: 'offline', offlineSince: since, error: { code: 'offline' } });
    await clock.advance(HOUR);

    expect(await releases.check()).toMatchObject({ state: 'offline', offlineSince: since, checkedAt: reached });
    expect(releases.view()).toMatchObject({ latest: { version: '1.3.0' }, updateAvailable: true });

    github.heal();
    expect(await releases.check()).toMatchObject({ state: 'available', offlineSince: null, error: null });
  });

  it('waits as long as GitHub says', async () => {
    const { releases, github, clock } = await open();
    const until = clock.now() + 20 * 60_000;
    github.fail({ match: LATEST, answer: refusals.primaryLimit(until) });
    expect(await releases.check()).toMatchObject({
      state: 'rate_limited',
      retryAt: new Date(until).toISOString(),
      error: { code: 'rate_limited' },
    });
  });

  it('says that there is no release yet', async () => {
    const { releases } = await open({ github: { releases: [] } });
    expect(await releases.check()).toMatchObject({ state: 'no_releases', latest: null, error: null });
  });

  it.each([
    ['a proxy page', 'html'],
    ['a broken server', refusals.serverError(500)],
    ['something else than a release', { status: 200, headers: { 'content-type': 'application/json' }, body: '[1]' }],
  ] as const)('fails clearly on %s and keeps what it knew', async (_, answer) => {
    const { releases, github } = await open();
    await releases.check();
    await github.publish(release('v9.9.9'));
    github.fail({ match: LATEST, answer });
    expect(await releases.check()).toMatchObject({
      state: 'failed',
      error: { code: 'provider_error' },
      latest: { version: '1.3.0' },
      updateAvailable: true,
    });
  });

  it('survives odd values beside the ones that matter', async () => {
    const { releases, github } = await open();
    const odd = {
      tag_name: 'v2.0.0',
      name: 7,
      body: { markdown: true },
      published_at: 'soon',
      prerelease: 'no',
      html_url: 'javascript:alert(1)',
      assets: [
        null,
        'x',
        { name: '../../evil-linux-amd64.zip', size: 1, browser_download_url: `${github.url}/x` },
        { name: 'y' },
      ],
    };
    github.fail({
      match: LATEST,
      answer: { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(odd) },
    });
    expect((await releases.check()).latest).toEqual({
      version: '2.0.0',
      tag: 'v2.0.0',
      name: 'v2.0.0',
      publishedAt: null,
      prerelease: false,
      notes: '',
      url: `${github.url}/Dvorinka/Trackeep/releases`,
      asset: null,
    });
  });

  it('cuts notes that nobody could read', async () => {
    const { releases, github } = await open();
    await github.publish(release('v1.3.1', { notes: 'long '.repeat(100_000) }));
    expect((await releases.check()).latest?.notes).toHaveLength(200_000);
  });
});

describe('an app that stops', () => {
  it('does not wait for a check under way', async () => {
    const { releases, github } = await open();
    github.fail({ match: LATEST, answer: 'hang' });
    const asked = releases.check();
    await until(() => github.count(LATEST) === 1);
    const began = performance.now();
    await releases.stop();
    await asked;
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(releases.view()).toMatchObject({ state: 'never_checked', error: null });
  });
});

describe('the schedule', () => {
  const EVERY_6_HOURS = { automaticChecks: true, checkIntervalMs: 6 * HOUR };

  it('checks at launch and then after each interval, a little late', async () => {
    const { releases, github, clock, checked } = await open({ settings: EVERY_6_HOURS });
    const first = await checked();
    expect(first.state).toBe('available');
    const next = Date.parse(first.nextCheckAt ?? '') - clock.now();
    expect(next).toBeGreaterThanOrEqual(6 * HOUR);
    expect(next).toBeLessThanOrEqual(6.6 * HOUR);

    await clock.advance(next);
    await until(() => github.count(LATEST) === 2);
    await checked();
    expect(github.count(LATEST)).toBe(2);
    expect(releases.view().nextCheckAt).not.toBe(first.nextCheckAt);
  });

  it('counts the interval anew after a check that the person asked for', async () => {
    const { releases, clock, checked } = await open({ settings: EVERY_6_HOURS });
    await checked();
    await clock.advance(3 * HOUR);
    await releases.check();
    expect(Date.parse(releases.view().nextCheckAt ?? '') - clock.now()).toBeGreaterThanOrEqual(6 * HOUR);
  });

  it('asks nobody by itself when automatic checks are off', async () => {
    const { releases, github, clock } = await open({ settings: { automaticChecks: false } });
    await clock.advance(100 * HOUR);
    expect(github.count(LATEST)).toBe(0);
    expect(releases.view()).toMatchObject({ state: 'never_checked', nextCheckAt: null });
  });

  it('follows the settings at once', async () => {
    const { settings, releases, github } = await open({ settings: { automaticChecks: false } });
    settings.set({ automaticChecks: true });
    await until(() => releases.view().state === 'available');
    expect(github.count(LATEST)).toBe(1);
    const before = releases.view().nextCheckAt;
    settings.set({ checkIntervalMs: HOUR });
    expect(releases.view().nextCheckAt).not.toBe(before);
    settings.set({ automaticChecks: false });
    expect(releases.view().nextCheckAt).toBeNull();
  });

  it('looks again when prereleases are switched on', async () => {
    const { settings, releases, github } = await open({ settings: EVERY_6_HOURS });
    await github.publish(release('v1.4.0-rc.1', { prerelease: true }));
    settings.set({ prereleases: true });
    await until(() => releases.view().latest?.version === '1.4.0-rc.1');
    expect(releases.view().prereleases).toBe(true);
  });

  it('tries sooner after a failure, and not before GitHub wants it', async () => {
    const { releases, github, clock, checked } = await open({ settings: EVERY_6_HOURS });
    await checked();
    const wait = async () => {
      await releases.check();
      return Date.parse(releases.view().nextCheckAt ?? '') - clock.now();
    };
    github.fail({ match: LATEST, answer: 'reset' });
    expect(await wait()).toBeLessThanOrEqual(6 * 60_000);
    github.heal();
    github.fail({ match: LATEST, answer: refusals.primaryLimit(clock.now() + 30 * 60_000) });
    expect(await wait()).toBeGreaterThanOrEqual(30 * 60_000);
  });
});

describe('a new version', () => {
  it('is told once, also over a restart', async () => {
    await open();
    await lab.releases.check();
    await lab.releases.check();
    expect(lab.notices).toEqual([
      expect.objectContaining({ title: 'Trackeep 1.3.0 is out', page: 'updates', kind: 'info' }),
    ]);
    lab = await lab.restart();
    await lab.releases.check();
    expect(lab.notices).toEqual([]);
    await lab.github.publish(release('v1.3.1'));
    await lab.releases.check();
    expect(lab.notices.map(({ title }) => title)).toEqual(['Trackeep 1.3.1 is out']);
  });

  it('is known after a restart without asking anyone', async () => {
    await open();
    const before = await lab.releases.check();
    lab = await lab.restart();
    expect(lab.releases.view()).toMatchObject({
      state: 'available',
      latest: before.latest,
      checkedAt: before.checkedAt,
    });
    expect(lab.github.count(LATEST)).toBe(1);
  });

  it('is not taken from what another platform was offered', async () => {
    await open();
    await lab.releases.check();
    lab = await lab.restart({ machine: { os: 'darwin', arch: 'arm64' } });
    expect(lab.releases.view()).toMatchObject({ state: 'never_checked', latest: null });
  });

  it('is compared anew when the person says what they run', async () => {
    const { settings, releases } = await open({ appVersion: null });
    await releases.check();
    settings.set({ currentVersion: '1.3.0' });
    expect(releases.view().state).toBe('up_to_date');
    settings.set({ currentVersion: '1.2.7' });
    expect(releases.view().state).toBe('available');
  });
});
