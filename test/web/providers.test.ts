import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import {
  ago,
  anAccount,
  anApp,
  anInstallation,
  aSite,
  aWorkspace,
  type BrokerDesk,
  GITHUB,
  JIRA,
  openBrokerDesk,
  SLACK,
} from './broker-desk.ts';
import { NARROW, PATIENCE } from './browser.ts';
import { findings, overflow } from './findings.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let desk: BrokerDesk;
beforeAll(async () => {
  desk = await openBrokerDesk();
});
afterAll(() => desk[Symbol.asyncDispose]());
beforeEach(() => desk.clear());

const open = () => desk.open('connections', 'Connections');
const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const article = (page: Page, name: string) => page.getByRole('article', { name });
const providersSetUp = { providers: [GITHUB, JIRA, SLACK] };

describe('the providers', () => {
  it('that are not set up have one calm line each, and the way to do it; no others are shown', async () => {
    const { page } = await open();
    await page.getByText('Nothing connected yet.').waitFor();
    const sections = page.getByRole('main').getByRole('region');
    expect(await sections.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
      'GitHub',
      'Jira and Confluence',
      'Slack',
    ]);
    const slack = section(page, 'Slack');
    await slack.getByText('Not set up. It takes an app of your own at Slack').waitFor();
    expect(await slack.getByRole('button').allInnerTexts()).toEqual(['Set up']);
    await slack.getByRole('button', { name: 'Set up Slack' }).click();
    await page.getByRole('heading', { level: 1, name: 'Set up Slack' }).waitFor();
  });

  it('say when only the secret is missing', async () => {
    desk.know({ providers: [{ ...JIRA, hasClientSecret: false, ways: [] }] });
    const { page } = await open();
    await section(page, 'Jira and Confluence').getByText('The client secret of your app is still missing.').waitFor();
  });

  it('are set up with the callback address to copy, and what is asked for in words with its reason', async () => {
    const { page } = await desk.open('connections/setup/jira', 'Set up Jira and Confluence');
    await page.getByRole('button', { name: 'Copy the callback URL' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(JIRA.callbackUrl);
    const make = page.getByRole('link', { name: /Make an OAuth 2.0 app/ });
    expect(await make.getAttribute('href')).toBe(JIRA.registrationUrl);
    const asked = page.getByRole('region', { name: 'What Trackeep Tray asks for' }).getByRole('listitem');
    expect((await asked.allInnerTexts()).map((text) => text.split(/\s*\n+\s*/))).toEqual(
      JIRA.scopes.map(({ name, reason }) => [name, reason]),
    );

    // Jira wants the secret as well, and the form does not go without.
    await page.getByLabel('Client ID').fill('jira-client');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(desk.told).toEqual([]);
    await page.getByLabel('Client secret').fill('a secret');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    expect(desk.told).toEqual([
      {
        name: 'providers.configure',
        input: { platform: 'jira', clientId: 'jira-client', clientSecret: 'a secret' },
      },
    ]);
    expect(await page.getByLabel('Client secret').inputValue()).toBe('');
  });

  it('that take a secret or none say so', async () => {
    const { page } = await desk.open('connections/setup/slack', 'Set up Slack');
    await page.getByLabel('Client secret (optional)').waitFor();
    desk.know({ providers: [{ ...SLACK, secret: 'none' }] });
    await page.getByLabel('Client secret (optional)').waitFor({ state: 'detached' });
  });

  it('sign in through the browser', async () => {
    desk.know(providersSetUp);
    const { page } = await open();
    await section(page, 'Slack').getByRole('button', { name: 'Connect Slack' }).click();
    const dialog = page.getByRole('dialog', { name: 'Connect Slack' });
    const link = dialog.getByRole('link', { name: /Go on at Slack/ });
    expect(await link.getAttribute('href')).toBe('https://slack.example/authorize');
    expect(desk.told).toEqual([{ name: 'connections.begin', input: { platform: 'slack', way: 'web' } }]);
  });

  it('that nobody knows lead back', async () => {
    const { page } = await desk.open('connections/setup/gitlab', 'There is no such provider');
    await page.getByRole('link', { name: 'See which there are' }).click();
    await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor();
  });
});

describe('the accounts', () => {
  it('stand with their provider, each with its state, its token and its last use', async () => {
    desk.know({
      ...providersSetUp,
      connections: [anAccount(), aSite('Acme'), aSite('Umbrella'), aWorkspace('Garden')],
    });
    const { page } = await open();
    await page.getByText('4 accounts are connected.').waitFor();
    const jira = section(page, 'Jira and Confluence');
    expect(await jira.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual(['Acme', 'Umbrella']);
    await jira.getByText('Mona Lisa, mona@example.com, site at acme.atlassian.net').waitFor();
    await section(page, 'Slack').getByText('mona, workspace at garden.slack.com').waitFor();

    const card = article(page, 'octocat');
    await card.getByText('Connected', { exact: true }).first().waitFor();
    await card.getByText('expires in 5 hours, refreshed before that').waitFor();
    await card.getByText('5 minutes ago by git').waitFor();
    await jira.getByRole('button', { name: 'Add another account' }).waitFor();
  });

  it('unfold what they may do in words, the beginning of the token and its age', async () => {
    desk.know({ ...providersSetUp, connections: [aSite('Acme'), aWorkspace('Garden')] });
    const { page } = await open();
    const garden = article(page, 'Garden');
    const details = garden.getByRole('button', { name: 'Details' });
    expect(await details.getAttribute('aria-expanded')).toBe('false');
    await details.click();
    expect(await details.getAttribute('aria-expanded')).toBe('true');
    await garden.getByText('read messages in public channels').waitFor();
    await garden.getByText('begins with xoxe.xoxp-, this one made 3 hours ago').waitFor();
    await article(page, 'Acme').getByRole('button', { name: 'Details' }).click();
    await article(page, 'Acme').getByText('read projects, issues and boards').waitFor();
  });

  it('of a GitHub App are marked as such, with its permissions and the way to choose repositories', async () => {
    const installation = anInstallation('acme');
    desk.know({
      ...providersSetUp,
      connections: [installation],
      apps: [anApp({ connectionIds: [installation.id] })],
    });
    const { page } = await open();
    const card = article(page, 'acme');
    await card.getByText('App installation: Garden helper in this organisation at github.com').waitFor();
    await card.getByText('made when one is asked for').waitFor();
    await card.getByRole('button', { name: 'Details' }).click();
    const allowed = card.getByRole('listitem');
    expect(await allowed.allInnerTexts()).toEqual([
      'read and write pull requests',
      'read the contents of repositories',
    ]);
    const choose = card.getByRole('link', { name: /chosen at GitHub/ });
    expect(await choose.getAttribute('href')).toBe(anApp().installUrl);
  });

  it('whose provider the app no longer offers are still shown, and can be let go', async () => {
    desk.know({ providers: [GITHUB], connections: [aWorkspace('Garden')] });
    const { page } = await open();
    await article(page, 'Garden').getByRole('button', { name: 'Disconnect…' }).waitFor();
    expect(await section(page, 'Slack').getByRole('button', { name: 'Add another account' }).count()).toBe(0);
  });

  it('that have lapsed say so first, and a new sign-in at the same provider brings them back', async () => {
    const problem = new AppError('needs_reconnect', 'Atlassian ended the sign-in.').toView();
    desk.know({
      ...providersSetUp,
      connections: [anAccount(), aSite('Acme', { state: 'needs_reconnect', problem })],
    });
    const { page } = await open();
    await page.getByText('mona@example.com at Acme needs you.').waitFor();
    const card = article(page, 'Acme');
    await card.getByText('Sign in again').waitFor();
    await card.getByRole('alert').getByRole('button', { name: 'Reconnect' }).click();
    await page.getByRole('dialog', { name: 'Connect Jira and Confluence' }).waitFor();
    expect(desk.told).toEqual([{ name: 'connections.begin', input: { platform: 'jira', way: 'web' } }]);
  });

  it('whose sign-in ends soon say until when, and a new one can be begun before', async () => {
    const ending = aSite('Acme', { signInEndsAt: '2031-12-05T12:00:00.000Z' });
    desk.know({ ...providersSetUp, connections: [anAccount(), ending] });
    const { page } = await open();
    const card = article(page, 'Acme');
    await card.getByText('This sign-in ends on 5 December 2031. Reconnect before.').waitFor();
    expect(await article(page, 'octocat').getByRole('button', { name: 'Reconnect' }).count()).toBe(0);
    await card.getByRole('button', { name: 'Reconnect' }).click();
    await page.getByRole('dialog', { name: 'Connect Jira and Confluence' }).waitFor();
    expect(desk.told).toEqual([{ name: 'connections.begin', input: { platform: 'jira', way: 'web' } }]);
  });

  it('of a GitHub App that have lapsed are asked for at GitHub instead', async () => {
    const installation = anInstallation('acme', { state: 'needs_reconnect' });
    desk.know({ ...providersSetUp, connections: [installation], apps: [anApp({ connectionIds: [installation.id] })] });
    const { page } = await open();
    await article(page, 'acme').getByRole('button', { name: 'Ask GitHub again' }).click();
    await expect.poll(() => desk.told, PATIENCE).toEqual([{ name: 'githubApps.sync', input: { id: '815' } }]);
  });

  it('change before the eyes of the person when the app says so', async () => {
    const account = anAccount();
    desk.know({ ...providersSetUp, connections: [account] });
    const { page } = await open();
    await article(page, 'octocat').getByText('Connected', { exact: true }).first().waitFor();
    desk.know({ connections: [{ ...account, state: 'paused', pausedUntil: ago(-30 * MINUTE) }] });
    await article(page, 'octocat').getByText('GitHub asks for a pause until').waitFor();
  });
});

describe('the question before disconnecting', () => {
  it('names the copies that go too, the sites that stay, and what the provider did', async () => {
    const acme = aSite('Acme');
    desk.know({
      ...providersSetUp,
      connections: [acme, aSite('Umbrella')],
      exports: [{ connectionId: acme.id, to: 'env_file', path: '/home/mona/acme.env', writtenAt: null, problem: null }],
    });
    const { page } = await open();
    await article(page, 'Acme').getByRole('button', { name: 'Disconnect…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Disconnect mona@example.com at Acme' });
    await dialog.getByText('It is taken away from /home/mona/acme.env, too.').waitFor();
    await dialog.getByText('The other sites of mona@example.com stay connected.').waitFor();
    expect(await dialog.getByText('updates cannot be checked').count()).toBe(0);
    await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await dialog.getByText('The token is gone from this machine, and revoked.').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await article(page, 'Acme').waitFor({ state: 'detached' });
    await article(page, 'Umbrella').waitFor();
    expect(desk.told).toEqual([{ name: 'connections.disconnect', input: { id: acme.id } }]);
  });

  it('tells that an app stays installed, and that updates need GitHub', async () => {
    desk.know({ ...providersSetUp, connections: [anInstallation('acme'), aWorkspace('Garden')] });
    const { page } = await open();
    await article(page, 'acme').getByRole('button', { name: 'Disconnect…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Disconnect acme' });
    await dialog.getByText(/The app stays installed at github\.com until you uninstall it there/).waitFor();
    await dialog.getByText(/the only GitHub account/).waitFor();
  });
});

describe('for everybody', () => {
  it('there is nothing to find fault with, in light colours and in dark ones', async () => {
    const problem = new AppError('needs_reconnect', 'Atlassian ended the sign-in.').toView();
    const installation = anInstallation('acme');
    desk.know({
      providers: [GITHUB, JIRA, { ...SLACK, clientId: null, ways: [] }],
      connections: [anAccount(), installation, aSite('Acme', { state: 'needs_reconnect', problem })],
      apps: [anApp({ connectionIds: [installation.id] })],
    });
    const { page, picture } = await open();
    await article(page, 'acme').getByRole('button', { name: 'Details' }).first().waitFor();
    await article(page, 'acme').getByRole('button', { name: 'Details' }).first().click();
    expect(await findings(page, (colours) => picture(`providers-${colours}`))).toEqual([]);
    await page.setViewportSize(NARROW);
    expect(await overflow(page)).toBe(0);
    expect(await findings(page, (colours) => picture(`providers-${colours}-narrow`))).toEqual([]);
    await article(page, 'octocat').getByRole('button', { name: 'Disconnect…' }).click();
    await page.getByRole('dialog').getByText('Programs that get it').waitFor();
    expect(await findings(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });

  it.each([
    ['jira', 'Jira and Confluence'],
    ['slack', 'Slack'],
  ] as const)('setting up %s has nothing to find fault with', async (platform, name) => {
    const { page, picture } = await desk.open(`connections/setup/${platform}`, `Set up ${name}`, { viewport: NARROW });
    await page.getByLabel('Client ID').waitFor();
    expect(await findings(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await picture(`setup-${platform}`);
  });

  it('the keyboard alone unfolds an account and asks to let it go', async () => {
    desk.know({ ...providersSetUp, connections: [aWorkspace('Garden', { connectedAt: ago(DAY) })] });
    const { page } = await open();
    await article(page, 'Garden').getByRole('button', { name: 'Details' }).focus();
    await page.keyboard.press('Enter');
    await article(page, 'Garden').getByText('1 day ago').waitFor();
    await article(page, 'Garden').getByRole('button', { name: 'Disconnect…' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), PATIENCE).toBe('Keep it');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), PATIENCE).toBe('Disconnect…');
    expect(desk.told).toEqual([]);
  });
});
