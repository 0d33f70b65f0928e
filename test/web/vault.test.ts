import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { callRunningApp } from '../../src/main/http/socket-client.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { FAILED_REQUEST, heading, launchBrowser, openUi, PATIENCE, visit } from './browser.ts';
import { findings } from './findings.ts';

const PASSPHRASE = 'four quiet words here';

describe('a vault that is closed', () => {
  let browser: Browser;
  let app: RunningApp;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'trackeep-web-'));
    const args = ['--vault', 'passphrase'];
    const first = await startApp({ dataDir, args, env: { TRACKEEP_VAULT_PASSPHRASE: PASSPHRASE } });
    await vi.waitFor(async () => {
      expect((await callRunningApp(dataDir, 'status.get', {})).vault.state).toBe('open');
    }, PATIENCE);
    await first.stop();
    [browser, app] = await Promise.all([launchBrowser(), startApp({ dataDir, args })]);
  });
  afterAll(async () => {
    await browser.close();
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is said on every page, and opened with its passphrase and no other', async () => {
    const { page, expectComplaint, picture } = await openUi(browser, app);
    expectComplaint(FAILED_REQUEST);
    const banner = page.getByRole('region', { name: 'Vault', exact: true });
    for (const name of ['Status', 'Connections', 'Updates', 'Doctor']) {
      await visit(page, name);
      await banner.getByRole('button', { name: 'Unlock' }).waitFor();
    }
    await visit(page, 'Status');
    await heading(page)
      .getByText(/needs your passphrase/)
      .waitFor();
    expect(await findings(page)).toEqual([]);
    await picture('vault-closed');

    await banner.getByRole('button', { name: 'Unlock' }).click();
    const dialog = page.getByRole('dialog', { name: 'Unlock the vault' });
    await dialog.getByLabel('Passphrase').fill('three loud words');
    await page.keyboard.press('Enter');
    await dialog.getByText(/passphrase that this data folder was made with/).waitFor();
    await picture('vault-wrong-passphrase');
    await dialog.getByLabel('Passphrase').fill(PASSPHRASE);
    await dialog.getByRole('button', { name: 'Unlock' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await banner.waitFor({ state: 'detached' });
  });
});
