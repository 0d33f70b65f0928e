import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { heading, openUi, PATIENCE, visit } from './browser.ts';
import { connectAccount, startLab, type WebLab } from './lab.ts';

const MEGABYTE = 1_000_000;

describe('looking for updates', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab({ clientId: DEMO_CLIENT.clientId, github: { assetBytes: 3 * MEGABYTE } });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('asks for an account first', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Updates');
    await heading(page).getByText('Sign in to check for updates').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Connect GitHub' }).waitFor();
  });

  it('asks which version the person runs, and tells what is newer then', async () => {
    await connectAccount(lab);
    const { page, picture } = await openUi(lab.browser, lab.app);
    await visit(page, 'Updates');
    await page.getByRole('button', { name: 'Check now' }).click();
    await heading(page).getByText('Which Trackeep do you run?').waitFor();
    await page.getByLabel('Which Trackeep version do you run?').fill('1.2.5');
    await page.getByRole('button', { name: 'Save' }).click();
    await heading(page).getByText('Trackeep 1.3.0 is out').waitFor();
    await page.getByRole('heading', { name: 'GitHub, without copying tokens' }).waitFor();
    await picture('updates');
  });

  it('downloads the file with its progress, stops, goes on and verifies it', async () => {
    // Slow enough that even a busy machine clicks Stop in time.
    lab.github.setFileTrouble({ bytesPerSecond: 0.3 * MEGABYTE });
    const { page, picture } = await openUi(lab.browser, lab.app);
    await visit(page, 'Updates');
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    const progress = page.getByRole('progressbar');
    await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow')), PATIENCE).toBeGreaterThan(10);
    await page
      .getByText(/kB\/s$/)
      .or(page.getByText(/MB\/s$/))
      .waitFor();
    await picture('updates-downloading');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('What has arrived is kept.').waitFor();
    const kept = Number(await progress.getAttribute('aria-valuenow'));
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThan(100);

    lab.github.setFileTrouble({});
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Verified', { exact: true }).waitFor();
    await page.getByText(/It matches the SHA-256/).waitFor();
    await page.getByRole('button', { name: 'Copy the path' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(lab.app.dataDir);
    // "Show in folder" is the window's: a browser cannot open a folder.
    expect(await page.getByRole('button', { name: 'Show in folder' }).count()).toBe(0);
    await picture('updates-verified');

    await page.getByRole('button', { name: 'Delete the file' }).click();
    await page.getByRole('button', { name: 'Download', exact: true }).waitFor();
  });

  it('does not use a file that is not what the maintainers made', async () => {
    lab.github.setFileTrouble({ altered: true });
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Updates');
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    await page.getByText('The file is not used.').waitFor();
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
    lab.github.setFileTrouble({});
    await page.getByRole('button', { name: 'Discard what arrived' }).click();
    await page.getByRole('button', { name: 'Download', exact: true }).waitFor();
  });

  it('says since when GitHub cannot be reached, and goes on when it can', async () => {
    const end = lab.github.fail({ match: 'GET /repos/**', answer: 'reset' });
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Updates');
    await page.getByRole('button', { name: 'Check now' }).click();
    await heading(page).getByText('GitHub cannot be reached').waitFor();
    await page.getByText(/GitHub has not answered since \d/).waitFor();
    end();
    await page.getByRole('button', { name: 'Try again' }).click();
    await heading(page).getByText('Trackeep 1.3.0 is out').waitFor();
  });

  it('says until when GitHub wants no request', async () => {
    const reset = Math.floor(Date.now() / 1000) + 1_800;
    lab.github.fail({
      match: 'GET /repos/**',
      answer: {
        status: 403,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(reset),
          'content-type': 'application/json',
        },
        body: JSON.stringify({ message: 'API rate limit exceeded for user.' }),
      },
    });
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Updates');
    await page.getByRole('button', { name: 'Check now' }).click();
    await heading(page).getByText('GitHub asks for a pause').waitFor();
    await page.getByText(/GitHub wants no request until \d/).waitFor();
    // What was known before is still there.
    await page.getByRole('heading', { name: 'GitHub, without copying tokens' }).waitFor();
  });
});

describe('release notes of somebody who means harm', () => {
  let lab: WebLab;
  beforeAll(async () => {
    lab = await startLab({
      clientId: DEMO_CLIENT.clientId,
      currentVersion: '1.0.0',
      github: {
        releases: [
          {
            tag: 'v9.0.0',
            name: 'Nine',
            publishedAt: '2026-11-01T00:00:00Z',
            notes: [
              '# Big heading',
              'Text with <img src=x onerror="document.title=1"> and <script>document.title = 2</script> in it.',
              '![A tracking picture](https://evil.test/pixel.png)',
              '[click me](javascript:alert(1)) [good](https://example.test/page) [relative](../x) [fragment](#/doctor)',
              '- [x] done',
            ].join('\n\n'),
            files: [],
          },
        ],
      },
    });
    await connectAccount(lab);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('are shown as text: no script, no picture, and links only to https pages outside', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(lab.app.ready.issuer)) elsewhere.push(request.url());
    });
    await visit(page, 'Updates');
    const notes = page.getByRole('region', { name: 'Nine' });
    await notes.getByRole('heading', { name: 'Big heading', level: 3 }).waitFor();
    expect(await notes.locator('img, script, input, iframe').count()).toBe(0);
    await notes.getByText('Image: A tracking picture').waitFor();
    const links = await notes.getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links.filter((href) => !href?.includes('/releases/'))).toEqual(['https://example.test/page']);
    expect(await page.title()).toBe('Updates – Trackeep Tray');
    expect(elsewhere).toEqual([]);
  });

  it('come with a plain word where there is no file for this platform', async () => {
    const { page } = await openUi(lab.browser, lab.app);
    await visit(page, 'Updates');
    await page.getByText('This release has no file for this platform.').waitFor();
  });
});
