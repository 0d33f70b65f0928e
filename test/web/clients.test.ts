import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PATIENCE } from './browser.ts';
import { findings, findingsAtBothWidths } from './findings.ts';
import { aClient, aGrant, type IssuerDesk, openIssuerDesk } from './issuer-desk.ts';

const DAY = 24 * 3_600_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

/** One that may do two things, one that may do nothing, and our own command. */
const editor = () =>
  aClient({
    id: 'editor',
    name: 'An editor',
    grants: [
      aGrant({ id: 'at-home', rememberedUntil: inDays(5) }),
      aGrant({ id: 'elsewhere', resource: 'https://mcp.example.com', scopes: ['token:github'], redirectHost: null }),
    ],
  });
const stranger = () =>
  aClient({
    id: 'https://agent.example/client.json',
    kind: 'metadata_document',
    name: 'An agent',
    lastUsedAt: null,
    process: null,
    grants: [],
  });
const ours = () =>
  aClient({
    id: 'trackeep-cli',
    kind: 'built_in',
    name: 'Trackeep command',
    registeredAt: null,
    redirectHosts: [],
    forgottenAt: null,
    grants: [aGrant({ id: 'cli' })],
  });

let desk: IssuerDesk;
beforeAll(async () => {
  desk = await openIssuerDesk();
});
afterAll(() => desk[Symbol.asyncDispose]());
beforeEach(() => desk.clear());

const cardOf = (page: Page, name: string) => page.getByRole('article', { name });
const answer = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

describe('the Clients page', () => {
  it('explains itself while no program has registered', async () => {
    const { page } = await desk.open('clients');
    await page.getByText('No program has registered yet.').waitFor();
    expect(await page.getByRole('button', { name: 'Revoke everything' }).count()).toBe(0);
    await page.getByRole('button', { name: 'How a program gets access' }).click();
    await page.getByRole('heading', { level: 1, name: 'Nothing waits for your answer' }).waitFor();
  });

  it('says who may do what, where, since when, last used, from which program, and until when', async () => {
    desk.know(editor(), stranger());
    const { page, picture } = await desk.open('clients');
    await page.getByText('1 program has access.').waitFor();
    const card = cardOf(page, '“An editor”');
    await card.getByText('It registered itself 21 days ago.').waitFor();
    await card.getByText('Has access').waitFor();
    const [home, other] = await card.getByRole('list').getByRole('listitem').filter({ hasText: 'Allowed' }).all();
    await home?.getByText('Trackeep Tray’s MCP server').waitFor();
    await home?.getByText(/private ones included/).waitFor();
    await home?.getByText('21 days ago, through 127.0.0.1:33418, on this machine').waitFor();
    await home?.getByText('in 30 days, unless it is used before').waitFor();
    await home?.getByText('again in 5 days; until then the same is allowed without asking').waitFor();
    await other?.getByText('https://mcp.example.com').waitFor();
    await other?.getByText('Sensitive').waitFor();
    await other?.getByText('21 days ago, by a code that you typed').waitFor();
    await other?.getByText('each time').waitFor();
    await card.getByText('/usr/bin/node, process 4711, seen 5 minutes ago').waitFor();
    await card.getByText('in 3 months, unless it is used before').waitFor();
    await card.getByRole('button', { name: "Copy the client's ID" }).waitFor();

    const without = cardOf(page, '“An agent”');
    await without.getByText('No access').waitFor();
    await without.getByText('could not be told').waitFor();
    await picture('clients');
  });

  it('takes back one access and leaves the others', async () => {
    desk.know(editor());
    const { page } = await desk.open('clients');
    const card = cardOf(page, '“An editor”');
    await card.getByRole('button', { name: 'Revoke…' }).last().click();
    const dialog = page.getByRole('dialog', { name: 'Revoke this access?' });
    await dialog.getByText('get tokens that act as you on GitHub').waitFor();
    await dialog.getByText('https://mcp.example.com').waitFor();
    await answer(page, 'Keep it');
    await dialog.waitFor({ state: 'hidden' });
    expect(desk.told).toEqual([]);
    await card.getByRole('button', { name: 'Revoke…' }).last().click();
    await answer(page, 'Revoke');
    await card.getByText('https://mcp.example.com').waitFor({ state: 'detached' });
    await card.getByText('Trackeep Tray’s MCP server').waitFor();
    await page.getByRole('status').getByText('Access of “An editor” revoked').waitFor();
    expect(desk.told).toEqual([{ name: 'clients.revoke', input: { id: 'editor', grantId: 'elsewhere' } }]);
  });

  it('takes back all access of one program', async () => {
    desk.know(editor(), ours());
    const { page } = await desk.open('clients');
    const card = cardOf(page, '“An editor”');
    await card.getByRole('button', { name: 'Revoke all of it' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke all of its access?' });
    await dialog.getByText(/private ones included/).waitFor();
    await dialog.getByText('get tokens that act as you on GitHub').waitFor();
    await answer(page, 'Revoke all');
    await card.getByText('No access').waitFor();
    expect(desk.told).toEqual([{ name: 'clients.revoke', input: { id: 'editor' } }]);
  });

  it('forgets a program that registered itself, and none of our own', async () => {
    desk.know(editor(), ours());
    const { page } = await desk.open('clients');
    const own = cardOf(page, 'Trackeep command');
    await own.getByText('It cannot be removed here, only its access revoked.').waitFor();
    expect(await own.getByRole('button', { name: 'Remove' }).count()).toBe(0);
    await cardOf(page, '“An editor”').getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove this program?' });
    await dialog.getByText('get tokens that act as you on GitHub').waitFor();
    await dialog.getByText(/to come back, it has to register and ask you anew/).waitFor();
    await answer(page, 'Remove');
    await cardOf(page, '“An editor”').waitFor({ state: 'detached' });
    await own.waitFor();
    expect(desk.told).toEqual([{ name: 'clients.remove', input: { id: 'editor' } }]);
  });

  it('takes back everything, naming who loses it', async () => {
    desk.know(editor(), stranger(), ours());
    const { page } = await desk.open('clients');
    await page.getByRole('button', { name: 'Revoke everything' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke all access?' });
    await dialog.getByText('2 programs lose all access, at once:').waitFor();
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual(['“An editor”', 'Trackeep command']);
    await answer(page, 'Revoke everything');
    await page.getByText('3 programs registered; none has access.').waitFor();
    expect(desk.told).toEqual([{ name: 'clients.revokeAll', input: {} }]);
  });

  it('gives the safe answer to whoever presses Enter', async () => {
    desk.know(editor());
    const { page } = await desk.open('clients');
    await page.getByRole('button', { name: 'Remove…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Remove this program?' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), PATIENCE).toBe('Keep it');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), PATIENCE).toBe('Remove…');
    expect(desk.told).toEqual([]);
  });

  it('has nothing to find fault with, nor its question, in light colours and in dark ones', async () => {
    desk.know(editor(), stranger(), ours());
    const web = await desk.open('clients');
    await cardOf(web.page, '“An editor”').waitFor();
    expect(await findingsAtBothWidths(web, 'clients')).toEqual([]);
    await web.page.getByRole('button', { name: 'Revoke everything' }).click();
    await web.page.getByRole('dialog').waitFor();
    expect(await findings(web.page)).toEqual([]);
  });
});

describe('the servers that programs may get tokens for', () => {
  const list = (page: Page) => page.getByRole('list', { name: 'Resource servers' }).getByRole('listitem');

  it('are added in the one form that is compared, and removed, and both can be taken back', async () => {
    const { page } = await desk.open('settings');
    const field = page.getByLabel('Address of a server');
    await field.fill('HTTP://127.0.0.1:7000/mcp/');
    await page.keyboard.press('Enter');
    await list(page).getByText('http://127.0.0.1:7000/mcp', { exact: true }).waitFor();
    expect(await field.inputValue()).toBe('');
    await page.getByRole('button', { name: 'Remove http://127.0.0.1:7000/mcp' }).click();
    await expect.poll(() => list(page).count(), PATIENCE).toBe(0);
    await page.getByRole('region', { name: 'Resource servers' }).getByRole('button', { name: 'Undo' }).click();
    await list(page).getByText('http://127.0.0.1:7000/mcp').waitFor();
  });

  it.each([
    ['mcp.example.com', /Enter an address such as/],
    ['http://mcp.example.com', /Enter an address such as/],
    ['https://known.example/', 'This server is in the list already.'],
  ])('%s is not taken, and the field says why', async (text, complaint) => {
    desk.set({ resourceServers: ['https://known.example'] });
    const { page } = await desk.open('settings');
    const field = page.getByLabel('Address of a server');
    await field.fill(text);
    await page.getByRole('region', { name: 'Resource servers' }).getByRole('button', { name: 'Add' }).click();
    await page.getByRole('alert').getByText(complaint).waitFor();
    expect(await field.inputValue()).toBe(text);
    expect(await list(page).count()).toBe(1);
    expect(desk.told).toEqual([]);
  });

  it('that the environment fixes are shown with its name and cannot be changed', async () => {
    desk.set({ resourceServers: ['https://known.example'], fixedBy: { resourceServers: 'TRACKEEP_RESOURCE_SERVERS' } });
    const { page } = await desk.open('settings');
    await page.getByText('TRACKEEP_RESOURCE_SERVERS').waitFor();
    await list(page).getByText('https://known.example').waitFor();
    expect(await page.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
    expect(await page.getByLabel('Address of a server').count()).toBe(0);
  });
});
