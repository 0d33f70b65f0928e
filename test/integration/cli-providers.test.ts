import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import type { DoctorView } from '../../src/shared/app-views.ts';
import { cleanEnvironment, type RunningApp, startApp } from '../support/app.ts';
import { visitProvider } from '../support/atlassian-lab.ts';
import { CLI, listenTo } from '../support/cli-room.ts';
import { ATLASSIAN_APP, type FakeAtlassian, startFakeAtlassian } from '../support/fake-atlassian.ts';
import { type FakeSlack, SLACK_PUBLIC_APP, startFakeSlack } from '../support/fake-slack.ts';

/** Jira from the environment, Slack set up by hand: each from the first command to the last, on the built app. */
describe('the built command with Jira and Slack', () => {
  let app: RunningApp;
  let atlassian: FakeAtlassian;
  let slack: FakeSlack;
  beforeAll(async () => {
    atlassian = await startFakeAtlassian({ clock: systemClock(), redirectUri: '' });
    slack = await startFakeSlack({ clock: systemClock(), redirectUri: '' });
    app = await startApp({
      env: {
        JIRA_AUTH_URL: atlassian.url,
        JIRA_API_URL: atlassian.url,
        JIRA_CLIENT_ID: ATLASSIAN_APP.clientId,
        JIRA_CLIENT_SECRET: ATLASSIAN_APP.clientSecret,
        SLACK_URL: slack.url,
        GITHUB_URL: atlassian.url,
        AUTO_UPDATE_CHECK: 'no',
      },
    });
    atlassian.redirectUri = `${app.ready.issuer}/oauth/callback/jira`;
    slack.redirectUri = `${app.ready.issuer.replace('127.0.0.1', 'localhost')}/oauth/callback/slack`;
  });
  afterAll(async () => {
    await app.stop();
    await atlassian.close();
    await slack.close();
  });

  /** Runs `trackeep connect`, and does the person's part in the browser. */
  async function connect(platform: 'jira' | 'slack', callback: string): Promise<{ code: number; page: string }> {
    const child = spawn(process.execPath, [CLI, 'connect', platform, '--json', '--data', app.dataDir], {
      env: cleanEnvironment(),
    });
    const heard = listenTo(child);
    const closed = once(child, 'close');
    await heard.said('\n');
    const { authorizationUrl } = JSON.parse(heard.text().split('\n')[0] ?? '');
    const answer = await fetch(`${callback}?${await visitProvider(authorizationUrl, {})}`);
    const page = await answer.text();
    const [code] = await closed;
    return { code, page };
  }

  it('connects every Jira site by one sign-in', async () => {
    const { code, page } = await connect('jira', atlassian.redirectUri);
    expect([code, page]).toEqual([0, expect.stringContaining('You are connected as mia@example.com')]);
  });

  it('sets up Slack, and connects it by way of localhost', async () => {
    expect(await app.cli('connect', 'slack')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No Slack app is set up yet.'),
    });
    const shown = await app.cli('provider', 'slack', '--client-id', SLACK_PUBLIC_APP.clientId);
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(slack.redirectUri) });
    const { code, page } = await connect('slack', slack.redirectUri);
    expect([code, page]).toEqual([0, expect.stringContaining('You are connected as grace')]);
  });

  it('hands out each token by its platform and site', async () => {
    const { stdout: text } = await app.cli('token', 'slack');
    expect(slack.accepts(text.trim())).toBe(true);
    const { stdout: site } = await app.cli('token', 'jira', '--account', 'beta');
    expect(atlassian.accepts(site.trim())).toBe(true);
    expect(await app.cli('token', 'jira')).toMatchObject({ stdout: '', stderr: expect.stringContaining('acme/mia') });
    expect(await app.cli('token', 'github')).toMatchObject({ code: 4, stdout: '' });
  });

  it('has the doctor ask each provider about its own', async () => {
    const { stdout } = await app.cli('doctor', '--json');
    const accounts = (JSON.parse(stdout) as DoctorView).checks.filter(({ id }) => id.startsWith('account:'));
    expect(accounts.map(({ title, verdict }) => `${verdict}: ${title}`).sort()).toEqual([
      'safe: Jira and Confluence accepts the token of mia@example.com in acme',
      'safe: Jira and Confluence accepts the token of mia@example.com in beta',
      'safe: Slack accepts the token of grace in Acme',
    ]);
  });

  it('disconnects one of them by its platform', async () => {
    const { stdout: text } = await app.cli('token', 'slack');
    expect(await app.cli('disconnect', 'slack', '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('grace on Acme is disconnected'),
    });
    expect(slack.accepts(text.trim())).toBe(false);
    expect(await app.cli('token', 'jira', '--account', 'acme')).toMatchObject({ code: 0 });
  });
});
