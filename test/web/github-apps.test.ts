import { generateKeyPairSync } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import { anApp, anInstallation, type BrokerDesk, openBrokerDesk } from './broker-desk.ts';
import { FAILED_REQUEST, NARROW, PATIENCE } from './browser.ts';
import { findings, overflow } from './findings.ts';

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const KEY_FILE = {
  name: 'garden-helper.private-key.pem',
  mimeType: 'application/x-pem-file',
  buffer: Buffer.from(KEY),
};

let desk: BrokerDesk;
beforeAll(async () => {
  desk = await openBrokerDesk();
});
afterAll(() => desk[Symbol.asyncDispose]());
beforeEach(() => desk.clear());

const open = () => desk.open('connections/github-apps', 'GitHub Apps');
const card = (page: Page) => page.getByRole('article', { name: 'Garden helper' });

/** An app that is installed in one organisation. */
function installed() {
  const installation = anInstallation('acme');
  desk.know({ connections: [installation], apps: [anApp({ connectionIds: [installation.id] })] });
  return installation;
}

describe('creating a GitHub App', () => {
  it('leads to GitHub, and the dialog notices when the app is there', async () => {
    const { page, picture } = await open();
    await page.getByText('There is none yet.').waitFor();
    await page.getByRole('button', { name: 'Create a GitHub App' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create a GitHub App' });
    await dialog.getByLabel('Name').fill('Garden helper');
    await dialog.getByLabel('Organisation (optional)').fill('acme');
    await page.keyboard.press('Enter');
    const link = dialog.getByRole('link', { name: /Go on at GitHub/ });
    expect(await link.getAttribute('href')).toBe('http://127.0.0.1:9090/github-app/new/4711');
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(desk.told).toEqual([{ name: 'githubApps.create', input: { name: 'Garden helper', organisation: 'acme' } }]);
    await picture('github-app-waiting');
    desk.know({ apps: [anApp()] });
    await dialog.getByText('Garden helper is yours, and its keys are in the vault.').waitFor();
    const install = dialog.getByRole('link', { name: /Install it at GitHub/ });
    expect(await install.getAttribute('href')).toBe(anApp().installUrl);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await card(page).getByText('No account or organisation yet.').waitFor();
  });

  it('is the person’s own where no organisation is named, and does not take another app for the new one', async () => {
    desk.know({ apps: [anApp()] });
    const { page } = await open();
    await page.getByRole('button', { name: 'Create a GitHub App' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await dialog.getByText('Waiting for you at GitHub…').waitFor();
    expect(desk.told).toEqual([{ name: 'githubApps.create', input: { name: 'Trackeep Tray', organisation: null } }]);
    await dialog.getByRole('button', { name: 'Change the name' }).click();
    await dialog.getByLabel('Name').waitFor();
  });
});

describe('importing a GitHub App', () => {
  const begin = async (page: Page) => {
    await page.getByRole('button', { name: 'Import one…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import a GitHub App' });
    await dialog.getByLabel('App ID').fill('4711');
    return dialog;
  };
  const choose = async (page: Page, file: typeof KEY_FILE) => {
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('dialog').getByLabel('Private key, a .pem file').click();
    await (await choosing).setFiles(file);
  };

  it('takes its number and the file with its key, and then says to delete the file', async () => {
    const { page } = await open();
    const dialog = await begin(page);
    await choose(page, KEY_FILE);
    await dialog.getByText(KEY_FILE.name).waitFor();
    await dialog.getByRole('button', { name: 'Import' }).click();
    await dialog.getByText('Delete the file with the private key now').waitFor();
    expect(desk.told).toEqual([{ name: 'githubApps.import', input: { appId: '4711', privateKey: KEY } }]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('article', { name: 'Imported helper' }).waitFor();
  });

  it('takes a pasted key, and has forgotten it when the answer comes, whatever that is', async () => {
    desk.answer({
      'githubApps.import': () => {
        throw new AppError('provider_refused_client', 'GitHub knows no app with this private key.');
      },
    });
    const { page, expectComplaint } = await open();
    expectComplaint(FAILED_REQUEST);
    const dialog = await begin(page);
    await dialog.getByLabel('Or paste it').fill(KEY);
    await dialog.getByRole('button', { name: 'Import' }).click();
    await dialog.getByText('GitHub knows no app with this private key.').waitFor();
    expect(await dialog.getByLabel('Or paste it').inputValue()).toBe('');
    expect(await dialog.getByLabel('App ID').inputValue()).toBe('4711');
    await expect.poll(() => dialog.getByRole('button', { name: 'Import' }).isDisabled(), PATIENCE).toBe(true);
    expect(desk.told.map(({ input }) => input)).toEqual([{ appId: '4711', privateKey: KEY }]);
    expect(await page.content()).not.toContain(KEY.split('\n')[1] ?? KEY);
  });

  it('does not send what is no number or no key', async () => {
    const { page } = await open();
    const dialog = await begin(page);
    await choose(page, { ...KEY_FILE, buffer: Buffer.alloc(20_001) });
    await dialog.getByText('This file is too large to be a private key.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Import' }).isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Choose no file' }).click();
    await dialog.getByLabel('Or paste it').fill(KEY);
    await dialog.getByLabel('App ID').fill('garden-helper');
    await dialog.getByRole('button', { name: 'Import' }).click();
    expect(desk.told).toEqual([]);
  });
});

describe('a GitHub App', () => {
  it('says where it is installed, and leads to its pages at GitHub', async () => {
    installed();
    const { page } = await open();
    await card(page).getByText('Of octocat, at github.com').waitFor();
    const place = card(page).getByRole('list', { name: 'Installed in' }).getByRole('listitem');
    expect((await place.innerText()).split(/\s*\n\s*/)).toEqual(['acme', 'Connected']);
    const address = (name: RegExp) => card(page).getByRole('link', { name }).getAttribute('href');
    expect(await address(/Install elsewhere/)).toBe(anApp().installUrl);
    expect(await address(/Open at GitHub/)).toBe(anApp().url);
    await card(page).getByRole('button', { name: "Copy the app's number" }).waitFor();
  });

  it('is asked for its installations when the person wants it', async () => {
    installed();
    const { page } = await open();
    await card(page).getByRole('button', { name: 'Look for installations' }).click();
    await card(page).getByRole('status').getByText('GitHub knows of 1.').waitFor();
    expect(desk.told).toEqual([{ name: 'githubApps.sync', input: { id: '815' } }]);
  });

  it('that GitHub no longer takes says why', async () => {
    const problem = new AppError('provider_error', 'GitHub says nothing about the app.').toView();
    desk.know({ apps: [anApp({ problem })] });
    const { page } = await open();
    await card(page).getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => desk.told.length, PATIENCE).toBe(1);
  });

  it('is removed only after the person has read what goes with it', async () => {
    installed();
    const { page } = await open();
    await card(page).getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove Garden helper?' });
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual(['acme']);
    await dialog.getByText(/Its private key is deleted from the vault/).waitFor();
    await dialog.getByText(/The app stays at GitHub until you delete it there/).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), PATIENCE).toBe('Keep it');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await card(page).waitFor({ state: 'detached' });
    await page.getByRole('status').getByText('Garden helper removed').waitFor();
    // The button that asked went with its card: the focus is on the heading.
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), PATIENCE).toBe('GitHub Apps');
    expect(desk.told).toEqual([{ name: 'githubApps.remove', input: { id: '815' } }]);
  });

  it('has nothing to find fault with, in light colours and in dark ones', async () => {
    installed();
    const { page, picture } = await open();
    await card(page).waitFor();
    expect(await findings(page, (colours) => picture(`github-apps-${colours}`))).toEqual([]);
    await page.setViewportSize(NARROW);
    expect(await overflow(page)).toBe(0);
    expect(await findings(page, (colours) => picture(`github-apps-${colours}-narrow`))).toEqual([]);
    await page.getByRole('button', { name: 'Import one…' }).click();
    await page.getByRole('dialog').getByLabel('Or paste it').waitFor();
    expect(await findings(page, (colours) => picture(`github-apps-import-${colours}`))).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });
});
