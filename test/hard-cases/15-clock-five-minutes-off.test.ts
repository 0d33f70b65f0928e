import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type GitHubAppLab, openGitHubAppLab } from '../support/github-app-lab.ts';
import { createManualClock } from '../support/manual-clock.ts';

const MINUTE_MS = 60_000;

let desk: GitHubAppLab;
afterEach(() => desk.lab.close());

describe.each([
  // Signed too far in GitHub's future: refused once, and the refusal tells the time.
  ['ahead', 5 * MINUTE_MS, [401, 200, 200]],
  ['behind', -5 * MINUTE_MS, [200, 200]],
])('a clock five minutes %s of GitHub’s', (_way, offset, answers) => {
  it('does not keep GitHub from taking what the app signs, at any time', async () => {
    desk = await openGitHubAppLab();
    const { lab, add, token, asks } = desk;
    // Another machine, whose clock is off, at the same GitHub.
    const skewed = await openGitHubAppLab({ clock: createManualClock(lab.clock.now() + offset), url: lab.github.url });
    try {
      const { app } = desk;
      await skewed.lab.connections.githubApps.import({ appId: String(app.id), privateKey: app.privateKey });
      expect(statuses(desk, '/app')).toEqual(answers);
      const given = await skewed.token();
      expect((await asks(given.token, '/installation/repositories')).status).toBe(200);
      expect(statuses(desk, `/app/installations/${desk.installation.id}/access_tokens`)).toEqual([201]);
      // By the machine's own clock the token is good for an hour, and not for 55 or 65 minutes.
      const hour = (given.expiresAt ?? 0) - skewed.lab.clock.now();
      expect(Math.abs(hour - 60 * MINUTE_MS)).toBeLessThanOrEqual(1_000);
      // Somebody sets the clock right, and what was learnt is wrong now.
      skewed.lab.clock.jump(-offset);
      await skewed.lab.connections.githubApps.sync(String(app.id));
    } finally {
      await skewed.lab.close();
    }
    await add();
    expect((await token()).token).toMatch(/^ghs_/);
  });
});

describe('a clock that is off at a GitHub that tells no time', () => {
  it('is named as the reason', async () => {
    desk = await openGitHubAppLab();
    const answer = JSON.stringify({ message: "'Expiration time' claim ('exp') is too far in the future" });
    const timeless = createServer((_request, response) => {
      response.sendDate = false;
      response.writeHead(401, { 'content-type': 'application/json' }).end(answer);
    });
    await new Promise<void>((resolve) => timeless.listen(0, '127.0.0.1', resolve));
    const { port } = timeless.address() as AddressInfo;
    const off = await openGitHubAppLab({ url: `http://127.0.0.1:${port}` });
    try {
      await expect(off.add()).rejects.toMatchObject({
        code: 'provider_refused_client',
        message: expect.stringContaining('the time of this machine is wrong'),
      });
    } finally {
      await off.lab.close();
      timeless.close();
    }
  });
});

function statuses({ lab }: GitHubAppLab, path: string) {
  return lab.github.requests.filter((request) => request.path === path).map(({ status }) => status);
}
