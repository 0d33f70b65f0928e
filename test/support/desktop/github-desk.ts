import type { Page } from 'playwright-core';
import { DEMO_CLIENT, type EmulatedGitHub, startEmulatedGitHub } from '../../../src/main/demo/emulated-github.ts';
import { callRunningApp } from '../../../src/main/http/socket-client.ts';
import { createDesk, type Desk, type DesktopApp, type DesktopOptions } from '../desktop.ts';

/** A desk with an emulated GitHub, which every app on it is set up for. */
export interface GitHubDesk extends Desk {
  readonly github: EmulatedGitHub;
}

/** @param environment of every start on this desk */
export async function createGitHubDesk(environment: Readonly<Record<string, string>> = {}): Promise<GitHubDesk> {
  const github = await startEmulatedGitHub({ clients: [DEMO_CLIENT], intervalSeconds: 1, assetBytes: 400_000 });
  const desk = createDesk();
  const configured = (options: DesktopOptions = {}): DesktopOptions => ({
    ...options,
    env: {
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_CLIENT_ID: DEMO_CLIENT.clientId,
      ...environment,
      ...options.env,
    },
  });
  return {
    ...desk,
    github,
    start: (options) => desk.start(configured(options)),
    runToEnd: (options) => desk.runToEnd(configured(options)),
    async clear() {
      await desk.clear();
      await github.close();
    },
  };
}

/** Signs in by device code from the first-run page, as a newcomer does, and leaves the page on *Status*. */
export async function connectByCode(page: Page, github: EmulatedGitHub): Promise<void> {
  await page.getByRole('button', { name: 'Connect GitHub' }).click();
  const code = await page.locator('[data-code]').getAttribute('data-code');
  if (code === null || !github.approve(code)) throw new Error(`GitHub knows no code ${code}.`);
  await page.getByText('Connected as octocat').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
}

/** Signs in without the window, on an app that shows its tray: for a spec of what comes after it. */
export async function connectUnseen(app: DesktopApp, { dataDir, github }: GitHubDesk): Promise<void> {
  await app.sees('the tray is there', ({ tray }) => tray.menu.length > 0);
  const { userCode } = await callRunningApp(dataDir, 'connections.begin', { platform: 'github', way: 'device' });
  if (userCode === null || !github.approve(userCode)) throw new Error(`GitHub knows no code ${userCode}.`);
  await connected(app);
}

/** Waits until the tray says that the account is connected. */
export function connected(app: DesktopApp): Promise<true> {
  return app.sees('the account is connected', ({ tray }) =>
    tray.menu.some(({ label }) => /^octocat on .*: connected$/.test(label)),
  );
}
