import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import type { AuditView, ExportView } from '../../src/shared/connection-views.ts';
import { ago, aHandOut, anAccount, aSite, type BrokerDesk, openBrokerDesk } from './broker-desk.ts';
import { NARROW, PATIENCE } from './browser.ts';
import { findings, overflow } from './findings.ts';

const HOUR = 3_600_000;

let desk: BrokerDesk;
beforeAll(async () => {
  desk = await openBrokerDesk();
});
afterAll(() => desk[Symbol.asyncDispose]());
beforeEach(() => desk.clear());

const open = () => desk.open('connections/handed-out', 'Handed out');
const log = (page: Page) => page.getByRole('region', { name: 'The log' });
const rows = (page: Page) => log(page).getByRole('list').getByRole('listitem');
const copies = (page: Page) => page.getByRole('region', { name: 'Kept outside the vault' });

/** `count` rows, the newest first, each tenth of a second account. */
const many = (count: number): AuditView[] =>
  Array.from({ length: count }, (_, index) => {
    const number = count - index;
    return aHandOut(number, number % 10 === 0 ? { account: 'github.com/hubot' } : {});
  });

const requesters = [
  [{ kind: 'client', id: 'dyn_1', name: 'An editor' }, '“An editor”'],
  [{ kind: 'client', id: 'dyn_2', name: null }, 'The client dyn_2'],
  [{ kind: 'command', id: 'trackeep token', name: null }, 'The trackeep command'],
  [{ kind: 'git', id: 'trackeep git-credential', name: null }, 'git'],
  [{ kind: 'export', id: '/home/mona/agent.env', name: null }, 'The file /home/mona/agent.env'],
  [{ kind: 'export', id: 'gh', name: null }, 'The GitHub CLI'],
] as const;

describe('the log of tokens handed out', () => {
  it('says that there is none, while there is none', async () => {
    const { page } = await open();
    await log(page).getByText('No token was handed out yet').waitFor();
    expect(await log(page).getByLabel('Account').count()).toBe(0);
  });

  it('says who got which token, when, how far it reaches and until when', async () => {
    const narrowedTo = { repositories: ['garden', 'recipes'], permissions: { contents: 'read' } };
    desk.know({
      audit: [
        aHandOut(3, { narrowedTo, expiresAt: ago(-2 * HOUR) }),
        aHandOut(2, { expiresAt: ago(2 * HOUR) }),
        aHandOut(1, { expiresAt: null, platform: 'slack', account: 'slack.com/mona' }),
      ],
    });
    const { page } = await open();
    await rows(page).first().waitFor();
    expect((await rows(page).allInnerTexts()).map((text) => text.split(/\s*\n+\s*/))).toEqual([
      [
        'git',
        '5 minutes ago, no. 3',
        'GitHub, github.com/octocat',
        'Only to read the contents of repositories in garden, recipes, ends in 2 hours',
      ],
      ['git', '5 minutes ago, no. 2', 'GitHub, github.com/octocat', 'All that the account may do, ended 2 hours ago'],
      ['git', '5 minutes ago, no. 1', 'Slack, slack.com/mona', 'All that the account may do, without an end'],
    ]);
    await log(page).getByText('3 in all').waitFor();
  });

  it('names every kind of requester, a client by its own claim in quotation marks', async () => {
    desk.know({ audit: requesters.map(([requester], index) => aHandOut(requesters.length - index, { requester })) });
    const { page } = await open();
    await rows(page).first().waitFor();
    const named = await rows(page).locator('bdi').allInnerTexts();
    expect(named).toEqual(requesters.map(([, words]) => words));
  });

  it('goes back in time as far as the person wants, to the very first', async () => {
    desk.know({ audit: many(120) });
    const { page } = await open();
    const older = log(page).getByRole('button', { name: 'Show older ones' });
    await log(page).getByText('The newest 50').waitFor();
    expect(await rows(page).count()).toBe(50);
    await older.click();
    await log(page).getByText('The newest 100').waitFor();
    await older.click();
    await log(page).getByText('120 in all').waitFor();
    expect(await older.count()).toBe(0);
    await rows(page).last().getByText('no. 1', { exact: false }).waitFor();
  });

  it('has the app look through all of it for an account that is connected', async () => {
    const mona = anAccount({ login: 'mona' });
    const all = many(150).map((row) =>
      row.number <= 60 ? { ...row, account: 'github.com/mona', connectionId: mona.id } : row,
    );
    desk.know({ audit: all, connections: [anAccount(), mona] });
    const { page } = await open();
    await log(page).getByText('The newest 50').waitFor();
    // None of the rows that are here names it.
    await log(page).getByLabel('Account').selectOption('GitHub, github.com/mona');
    await rows(page).first().getByText('no. 60', { exact: false }).waitFor();
    await log(page).getByText('The newest 50').waitFor();
    await log(page).getByRole('button', { name: 'Show older ones' }).click();
    await log(page).getByText('60 in all').waitFor();
    expect(await rows(page).count()).toBe(60);
    await log(page).getByLabel('Account').selectOption('GitHub, github.com/octocat');
    await log(page).getByText('No token of this account was handed out yet').waitFor();
    await log(page).getByLabel('Account').selectOption('All accounts');
    await expect.poll(() => rows(page).count(), PATIENCE).toBe(50);
  });

  it('tells two sites of one person apart', async () => {
    const [acme, umbrella] = [aSite('Acme'), aSite('Umbrella')];
    const account = `${acme.host}/${acme.login}`;
    desk.know({
      connections: [acme, umbrella],
      audit: [acme, umbrella, umbrella].map(({ id }, index) =>
        aHandOut(3 - index, { platform: 'jira', account, connectionId: id }),
      ),
    });
    const { page } = await open();
    await log(page).getByLabel('Account').selectOption(`Jira and Confluence, ${account} at Umbrella`);
    await log(page).getByText('2 in all').waitFor();
    await log(page).getByLabel('Account').selectOption(`Jira and Confluence, ${account} at Acme`);
    await log(page).getByText('1 in all').waitFor();
  });

  it('shows an account that is gone by its name, and says how far it has looked', async () => {
    desk.know({ audit: many(120), connections: [anAccount()] });
    const { page } = await open();
    await log(page).getByLabel('Account').selectOption('github.com/hubot');
    await log(page).getByText('5 of the newest 50').waitFor();
    expect(await rows(page).count()).toBe(5);
    await log(page).getByRole('button', { name: 'Show older ones' }).click();
    await log(page).getByText('10 of the newest 100').waitFor();
  });

  it('keeps an account on the list that is let go while it is shown, and its earlier rows apart from a new one', async () => {
    const [first, again] = [anAccount(), anAccount()];
    const account = `${first.host}/${first.login}`;
    const own = [2, 1].map((number) => aHandOut(number, { account, connectionId: first.id }));
    desk.know({ connections: [first], audit: own });
    const { page } = await open();
    const choices = log(page).getByLabel('Account').getByRole('option');
    await expect.poll(() => choices.allInnerTexts(), PATIENCE).toEqual(['All accounts', `GitHub, ${account}`]);
    await log(page).getByLabel('Account').selectOption(`GitHub, ${account}`);
    desk.know({ connections: [], audit: [aHandOut(3), ...own] });
    await expect.poll(() => choices.allInnerTexts(), PATIENCE).toEqual(['All accounts', `GitHub, ${account}`, account]);
    await log(page).getByText('2 in all').waitFor();

    desk.know({ connections: [again], audit: [aHandOut(4, { account, connectionId: again.id }), aHandOut(3), ...own] });
    await log(page).getByLabel('Account').selectOption(account);
    await log(page).getByText('3 of all 4').waitFor();
  });

  it('grows at its beginning without losing its place when the app says that something changed', async () => {
    desk.know({ audit: many(60) });
    const { page } = await open();
    await log(page).getByRole('button', { name: 'Show older ones' }).click();
    await log(page).getByText('60 in all').waitFor();
    desk.know({ audit: many(61) });
    await log(page).getByText('61 in all').waitFor();
    await rows(page).first().getByText('no. 61', { exact: false }).waitFor();
    expect(await rows(page).count()).toBe(61);
  });
});

describe('the copies outside the vault', () => {
  const know = (some: Partial<ExportView> = {}) => {
    const account = anAccount();
    const file = { connectionId: account.id, to: 'env_file', path: '/home/mona/agent.env' } as const;
    const kept: ExportView[] = [
      { ...file, writtenAt: ago(3 * HOUR), problem: null, ...some },
      { connectionId: account.id, to: 'gh', path: null, writtenAt: ago(3 * HOUR), problem: null },
    ];
    desk.know({ connections: [account], exports: kept });
    return account;
  };

  it('are none at first, and the command for one is named', async () => {
    const { page } = await open();
    await copies(page).getByText('trackeep export').waitFor();
  });

  it('say whose token lies where, since when, and what is wrong with it', async () => {
    know({ problem: new AppError('disk_full', 'There is no room for the file.').toView() });
    const { page } = await open();
    const [file, gh] = await copies(page).getByRole('list').getByRole('listitem').all();
    await file?.getByText('/home/mona/agent.env').waitFor();
    await file?.getByText('octocat, written 3 hours ago').waitFor();
    await file?.getByText('There is no room for the file.').waitFor();
    await gh?.getByText('GitHub CLI').waitFor();
  });

  it('are taken away after the person has read what stops working', async () => {
    const account = know();
    const { page } = await open();
    await copies(page).getByRole('button', { name: 'Remove…' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Remove this copy?' });
    await dialog.getByText(/The token of octocat is deleted from \/home\/mona\/agent\.env/).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), PATIENCE).toBe('Keep it');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect.poll(() => copies(page).getByRole('listitem').count(), PATIENCE).toBe(1);
    await page.getByRole('status').getByText('No longer kept in /home/mona/agent.env').waitFor();
    await copies(page).getByText('GitHub CLI', { exact: true }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), PATIENCE).toBe('Handed out');
    expect(desk.told).toEqual([{ name: 'exports.remove', input: { connectionId: account.id, to: 'env_file' } }]);
  });

  it('and the log have nothing to find fault with, in light colours and in dark ones', async () => {
    know();
    desk.know({
      audit: requesters.map(([requester], index) => aHandOut(requesters.length - index, { requester })),
    });
    const { page, picture } = await open();
    await rows(page).first().waitFor();
    expect(await findings(page, (colours) => picture(`handed-out-${colours}`))).toEqual([]);
    await page.setViewportSize(NARROW);
    expect(await overflow(page)).toBe(0);
    expect(await findings(page, (colours) => picture(`handed-out-${colours}-narrow`))).toEqual([]);
  });
});
