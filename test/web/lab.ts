import type { Browser } from 'playwright-core';
import { expect, vi } from 'vitest';
import {
  type EmulatedGitHub,
  type EmulatedGitHubOptions,
  startEmulatedGitHub,
} from '../../src/main/demo/emulated-github.ts';
import { connectToApp } from '../../src/main/http/socket-client.ts';
import { type RunningApp, type StartOptions, startApp } from '../support/app.ts';
import { launchBrowser, PATIENCE } from './browser.ts';

/** The built app, a GitHub beside it whose strings a test can pull, and a browser to look with. */
export interface WebLab extends AsyncDisposable {
  github: EmulatedGitHub;
  app: RunningApp;
  browser: Browser;
}

/**
 * @param options.clientId sets GitHub up through the environment; without it, the person has to
 * @param options.currentVersion fixes the Trackeep version through the environment
 */
export async function startLab(
  options: { clientId?: string; currentVersion?: string; github?: EmulatedGitHubOptions; app?: StartOptions } = {},
): Promise<WebLab> {
  const started = new AsyncDisposableStack();
  try {
    const github = await startEmulatedGitHub({ intervalSeconds: 1, assetBytes: 400_000, ...options.github });
    started.defer(() => github.close());
    const app = await startApp({
      ...options.app,
      env: {
        GITHUB_URL: github.url,
        GITHUB_API_URL: github.apiUrl,
        ...(options.clientId === undefined ? {} : { GITHUB_CLIENT_ID: options.clientId }),
        ...(options.currentVersion === undefined ? {} : { APP_VERSION: options.currentVersion }),
        ...options.app?.env,
      },
    });
    started.defer(() => app.stop());
    const browser = await launchBrowser();
    started.defer(() => browser.close());
    return { github, app, browser, [Symbol.asyncDispose]: () => started.disposeAsync() };
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

/** Connects an account without the page: what a spec needs before it can begin. */
export async function connectAccount({ app, github }: Pick<WebLab, 'app' | 'github'>): Promise<void> {
  const link = await connectToApp(app.dataDir);
  try {
    const flow = await link.call('connections.begin', { platform: 'github', way: 'device' });
    expect(github.approve(flow.userCode ?? '')).toBe(true);
    await vi.waitFor(async () => {
      expect((await link.call('connections.flow', { id: flow.id })).state).toBe('connected');
    }, PATIENCE);
  } finally {
    link.close();
  }
}
