/**
 * Makes the pictures of every page in docs/images, light and dark, from the real app in its demo: `npm run screenshots`.
 * The app runs on its usual port, so that the addresses in the pictures are those that people see.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { callRunningApp } from '../src/main/http/socket-client.ts';
import { type RunningApp, startApp } from '../test/support/app.ts';
import { chromiumOptions } from '../test/support/chromium.ts';
import { authorizationRequest, REDIRECT_URI } from '../test/support/oauth-client.ts';

const FOLDER = resolve(import.meta.dirname, '../docs/images');
const SIZE = { width: 900, height: 640 };
const SCHEMES = ['light', 'dark'] as const;

const EDITOR = {
  client_name: 'Example editor',
  redirect_uris: [REDIRECT_URI],
  token_endpoint_auth_method: 'none',
};

type Scheme = (typeof SCHEMES)[number];

async function main(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'trackeep-pictures-'));
  try {
    for (const scheme of SCHEMES) await takeAll(scheme, join(folder, scheme));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The whole way of a newcomer in one colour scheme, with a picture at every station. */
async function takeAll(scheme: Scheme, folder: string): Promise<void> {
  const browser = await chromium.launch(chromiumOptions());
  try {
    const context = await browser.newContext({
      viewport: SIZE,
      deviceScaleFactor: 2,
      colorScheme: scheme,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const take = async (name: string) => {
      // The pointer would leave its trace on whatever lies under it.
      await page.mouse.move(SIZE.width - 1, SIZE.height - 1);
      await page.screenshot({ path: join(FOLDER, `${name}-${scheme}.png`) });
      console.log(`docs/images/${name}-${scheme}.png`);
    };
    await withApp(join(folder, 'new'), [], async (app) => {
      await page.goto(app.ready.ui);
      await page.getByRole('textbox', { name: 'Client ID' }).waitFor();
      await take('setup');
    });
    await withApp(join(folder, 'demo'), ['--demo'], async (app) => {
      // A notice would cover a corner of whatever page is taken next.
      await callRunningApp(app.dataDir, 'settings.set', { notifications: false });
      // From elsewhere, since a change of the fragment alone loads nothing.
      await page.goto('about:blank');
      await page.goto(app.ready.ui);
      await connect(page, take);
      await update(page, take);
      await letIn(page, take, app);
      await makeApp(page, take);
      await handOut(page, take, app);
      await repositories(page, take);
      await others(page, take);
    });
  } finally {
    await browser.close();
  }
}

async function withApp(dataDir: string, args: string[], work: (app: RunningApp) => Promise<void>): Promise<void> {
  const app = await startApp({ dataDir, args: [...args, '--port', '9090'] });
  try {
    await work(app);
  } finally {
    await app.stop();
  }
}

type Take = (name: string) => Promise<void>;

async function connect(page: Page, take: Take): Promise<void> {
  const button = page.getByRole('button', { name: 'Connect GitHub' });
  await button.waitFor();
  await take('welcome');
  await button.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('timer').waitFor();
  await take('device-code');
  await dialog.getByText('Connected as octocat').waitFor();
  await take('connected');
  await dialog.getByRole('button', { name: 'Done' }).click();
}

async function update(page: Page, take: Take): Promise<void> {
  await go(page, 'Updates');
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await page.waitForFunction(() => {
    const bar = document.querySelector('[role="progressbar"]');
    return Number(bar?.getAttribute('aria-valuenow')) > 40;
  });
  await take('downloading');
  await page.getByText('Verified', { exact: true }).waitFor();
  await page.locator('h3').first().waitFor();
  await take('updates');
}

/** A program registers and asks; the number on its page in the browser lets it in. */
async function letIn(page: Page, take: Take, { ready: { issuer } }: RunningApp): Promise<void> {
  await go(page, 'Approvals');
  await page.getByText('No program is asking').waitFor();
  await take('approvals-empty');

  const asking = await page.context().newPage();
  // From the browser, since the picture shows which program registered, and where it lies.
  await asking.goto(`${issuer}/.well-known/oauth-authorization-server`);
  const clientId = await asking.evaluate(async (metadata) => {
    const answer = await fetch('/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(metadata),
    });
    const { client_id } = await answer.json();
    return client_id;
  }, EDITOR);
  const scope = 'updates:read github:read token:github';
  await asking.goto(authorizationRequest(issuer, { clientId, scope }).url);
  const number = await asking.locator('#approval-number').innerText();

  await page.bringToFront();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: number, exact: true }).waitFor();
  await take('approval');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await take('approvals');
  await page.getByRole('button', { name: 'Choose the number' }).click();
  await dialog.getByText('7 days').click();
  await dialog.getByRole('button', { name: number, exact: true }).click();
  await dialog.getByText('Allowed', { exact: true }).waitFor();
  await take('allowed');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await asking.close();

  await go(page, 'Clients');
  await page.getByRole('article').first().waitFor();
  await take('clients');
}

/** A GitHub App is made and installed at the emulated GitHub, as a person does it. */
async function makeApp(page: Page, take: Take): Promise<void> {
  await go(page, 'Connections');
  await page.getByRole('link', { name: 'GitHub Apps' }).click();
  await page.getByRole('button', { name: 'Create a GitHub App' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Garden helper');
  await take('github-app-name');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  const opening = page.context().waitForEvent('page');
  await dialog.getByRole('link', { name: /Go on at GitHub/ }).click();
  const github = await opening;
  await github.getByRole('link', { name: 'Install it at GitHub' }).click();
  await github
    .getByRole('button', { name: /install/i })
    .first()
    .click();
  await github.getByText('The app is installed in').waitFor();
  await github.close();
  await dialog.getByText('Garden helper is yours').waitFor();
  await take('github-app-made');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('list', { name: 'Installed in' }).waitFor();
  await take('github-apps');
}

/** A few tokens for programs, so that the log has something to tell. */
async function handOut(page: Page, take: Take, { dataDir }: RunningApp): Promise<void> {
  const connections = await callRunningApp(dataDir, 'connections.list', {});
  const account = connections.find(({ kind }) => kind === 'user')?.id;
  const installation = connections.find(({ kind }) => kind === 'app_installation')?.id;
  if (account === undefined || installation === undefined) throw new Error('The demo lacks its connections.');
  await callRunningApp(dataDir, 'tokens.get', { platform: 'github', account });
  await callRunningApp(dataDir, 'tokens.get', { platform: 'github', account: installation });
  await callRunningApp(dataDir, 'tokens.get', {
    ...{ platform: 'github', account: installation },
    ...{ repositories: ['garden'], permissions: { contents: 'read' } },
  });
  await page.getByRole('link', { name: 'Handed out' }).click();
  await page.getByText('3 in all').waitFor();
  await take('handed-out');
}

/** What was fetched meanwhile. */
async function repositories(page: Page, take: Take): Promise<void> {
  await go(page, 'Activity');
  await page.getByText(/repositories fetched/).waitFor({ state: 'detached' });
  await page.getByRole('img', { name: /contributions in a year/ }).waitFor();
  await page.getByRole('article').first().waitFor();
  await take('activity');
  await go(page, 'Pull requests');
  await page.getByRole('article').first().waitFor();
  await take('pull-requests');
  await go(page, 'Repositories');
  await page.getByRole('link', { name: 'octocat/garden' }).waitFor();
  await take('repositories');
  await page.getByRole('link', { name: 'octocat/garden' }).click();
  await page.getByRole('img', { name: /^[\d,]+ commits in \d+ weeks/ }).waitFor();
  await take('repository');
}

async function others(page: Page, take: Take): Promise<void> {
  await go(page, 'Status');
  await page.getByText('Issuer address').waitFor();
  await take('status');
  await go(page, 'Connections');
  await page.getByRole('article').first().waitFor();
  await take('connections');
  // No button leads there in the demo, where nothing plays Jira.
  await page.evaluate(() => {
    location.hash = '#/connections/setup/jira';
  });
  await page.getByLabel('Client ID').waitFor();
  await take('setup-jira');
  await go(page, 'Settings');
  await page.getByText('Notifications', { exact: true }).waitFor();
  await take('settings');
  await go(page, 'Doctor');
  await page.getByRole('button', { name: 'Copy report' }).waitFor();
  await take('doctor');
}

async function go(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name }).click();
  await page.waitForFunction((title) => document.title.startsWith(title), name);
}

await main();
