import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import { startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { startApp } from '../support/app.ts';

it('makes an app by the command and a browser, and imports another: both give tokens, and doctor finds them well', async () => {
  const github = await startEmulatedGitHub({ clock: systemClock(), releases: [], autoApproveMs: 1 });
  const trackeep = await startApp({ env: { GITHUB_URL: github.url, GITHUB_API_URL: github.url } });
  try {
    const created = await trackeep.cli('github-app', 'create', 'My agents', '--json');
    const page = await (await fetch(JSON.parse(created.stdout).url)).text();
    const plain = (text = '') => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
    const manifest = plain(/name="manifest" value="([^"]*)"/.exec(page)?.[1]);
    const form = { method: 'POST', body: new URLSearchParams({ manifest }) };
    const done = await (await fetch(plain(/action="([^"]*)"/.exec(page)?.[1]), form)).text();
    expect(done).toContain('The app “My agents” is yours');
    const [app] = JSON.parse((await trackeep.cli('github-app', '--json')).stdout);
    const installed = await (await fetch(app.installUrl, { method: 'POST' })).text();
    expect(installed).toContain('The app is installed in octocat');
    expect((await trackeep.cli('token', 'github')).stdout).toMatch(/^ghs_\w+\n$/);

    const other = github.apps.register({ name: 'Other', owner: 'hubot' });
    github.apps.install(other, { login: 'hubot' });
    const file = join(trackeep.dataDir, 'other.pem');
    await writeFile(file, other.privateKey);
    const imported = await trackeep.cli(
      ...['github-app', 'import', '--app-id', String(other.id), '--key', file, '--delete-key'],
    );
    expect([imported.code, existsSync(file)]).toEqual([0, false]);
    expect((await trackeep.cli('token', 'github', '--account', 'hubot')).stdout).toMatch(/^ghs_\w+\n$/);

    const { checks } = JSON.parse((await trackeep.cli('doctor', '--json')).stdout);
    const ofApps = checks.filter(({ id }: { id: string }) => id.startsWith('github_app:'));
    expect(ofApps.map(({ title, verdict }: { title: string; verdict: string }) => [title, verdict])).toEqual([
      ['GitHub accepts the private key of My agents', 'safe'],
      ['GitHub accepts the private key of Other', 'safe'],
    ]);
    github.apps.replaceKey(other);
    const second = JSON.parse((await trackeep.cli('doctor', '--json')).stdout).checks;
    expect(second.find(({ id }: { id: string }) => id === `github_app:${other.id}`).verdict).toBe('unsafe');

    const { stdout, stderr } = trackeep.output();
    for (const secret of github.secrets()) expect(stdout + stderr + done).not.toContain(secret);
  } finally {
    await trackeep.stop();
    await github.close();
  }
});
