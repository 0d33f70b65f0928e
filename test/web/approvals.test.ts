import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SCOPE_NAMES } from '../../src/shared/scopes.ts';
import { FAILED_REQUEST, heading, NARROW, PATIENCE, WINDOW } from './browser.ts';
import { findings, findingsAtBothWidths } from './findings.ts';
import { aClient, aGrant, type IssuerDesk, openIssuerDesk, RIGHT, WRONG } from './issuer-desk.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let desk: IssuerDesk;
beforeAll(async () => {
  desk = await openIssuerDesk();
});
afterAll(() => desk[Symbol.asyncDispose]());
beforeEach(() => desk.clear());

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'A program asks for access' });
const choose = (page: Page, number: number) =>
  dialogOf(page)
    .getByRole('button', { name: String(number), exact: true })
    .click();

describe('a program that asks for access', () => {
  it('opens the dialog by itself, which says who asks, what it would get, where and until when', async () => {
    const { page, picture } = await desk.open('status');
    desk.ask({ scopes: ['offline_access', 'token:github'], held: ['updates:read'] });
    const dialog = dialogOf(page);
    await dialog.getByText('“Claude Code”').waitFor();
    await dialog.getByText('It calls itself').waitFor();
    await dialog.getByText(/It registered itself 2 minutes ago/).waitFor();
    const wanted = dialog.getByRole('list', { name: /it would be allowed to/ });
    expect(await wanted.getByRole('listitem').allInnerTexts()).toEqual([
      'stay signed in until you revoke it',
      expect.stringMatching(/^get tokens that act as you on GitHub\s*Sensitive$/),
    ]);
    const held = dialog.getByRole('list', { name: /allowed already/ });
    await held.getByText('see which Trackeep releases there are').waitFor();
    await dialog.getByText('Trackeep Tray’s MCP server').waitFor();
    await dialog.getByText('you revoke it, or it is not used for a long time').waitFor();
    await dialog.getByText('127.0.0.1:33418, on this machine').waitFor();
    await dialog.getByText(/\/usr\/bin\/node, process 4711, seen 2 minutes ago/).waitFor();
    expect(await dialog.getByRole('timer').innerText()).toMatch(/^(5:00|4:5\d) left$/);
    await picture('approval-dialog');
  });

  it('is allowed by the number on the page in the browser, for this once', async () => {
    const { page } = await desk.open('status');
    const { id } = desk.ask();
    await choose(page, RIGHT);
    await dialogOf(page).getByText('Allowed', { exact: true }).waitFor();
    expect(desk.told).toEqual([{ name: 'approvals.approve', input: { id, number: RIGHT, rememberMs: null } }]);
    await dialogOf(page).getByRole('button', { name: 'Done' }).click();
    await dialogOf(page).waitFor({ state: 'hidden' });
  });

  it('is remembered for as long as the person chooses, and not silently where it gets what is sensitive', async () => {
    const { page } = await desk.open('status');
    desk.ask({ scopes: ['token:github'] });
    const dialog = dialogOf(page);
    await dialog.getByText('If it asks again, you are asked again.').waitFor();
    await dialog.getByText('7 days').click();
    await dialog.getByText(/gets the same again without asking, what is sensitive included/).waitFor();
    await choose(page, RIGHT);
    await dialog.getByText('Allowed', { exact: true }).waitFor();
    expect(desk.told[0]?.input).toMatchObject({ rememberMs: 7 * DAY });
  });

  it('is not allowed by a wrong number, which leaves one try', async () => {
    const { page, expectComplaint, picture } = await desk.open('status');
    expectComplaint(FAILED_REQUEST);
    desk.ask();
    await choose(page, WRONG[0]);
    await dialogOf(page)
      .getByRole('alert')
      .getByText('That was not the number. You have one more try; then it is denied.')
      .waitFor();
    await picture('approval-wrong-number');
    // A second click on the same place is no second answer.
    await dialogOf(page)
      .getByRole('button', { name: String(WRONG[0]) })
      .click({ force: true });
    expect(desk.told).toHaveLength(1);
    await choose(page, RIGHT);
    await dialogOf(page).getByText('Allowed', { exact: true }).waitFor();
  });

  it('is denied by a second wrong number, which the dialog says', async () => {
    const { page, expectComplaint } = await desk.open('status');
    expectComplaint(FAILED_REQUEST);
    desk.ask();
    await choose(page, WRONG[0]);
    await dialogOf(page).getByText('one more try').waitFor();
    await choose(page, WRONG[1]);
    await dialogOf(page).getByText('Denied after two wrong numbers').waitFor();
  });

  it('is denied by one click, in the dialog as on the page', async () => {
    const { page } = await desk.open('approvals');
    const first = desk.ask();
    await dialogOf(page).getByRole('button', { name: 'Deny' }).click();
    await dialogOf(page).getByText('Denied', { exact: true }).waitFor();
    await dialogOf(page).getByRole('button', { name: 'Close' }).last().click();
    const second = desk.ask();
    await dialogOf(page).getByRole('timer').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('article').getByRole('button', { name: 'Deny' }).click();
    await heading(page).getByText('Nothing waits for your answer').waitFor();
    expect(desk.told.map(({ input }) => input)).toEqual([{ id: first.id }, { id: second.id }]);
  });

  it('gets nothing when its time is over, and the dialog says so', async () => {
    const { page } = await desk.open('status');
    await page.clock.install();
    desk.ask();
    await dialogOf(page).getByRole('timer').waitFor();
    await page.clock.fastForward(5 * MINUTE);
    await dialogOf(page).getByText('The time is over').waitFor();
    expect(
      await dialogOf(page)
        .getByRole('button', { name: String(RIGHT) })
        .count(),
    ).toBe(0);
  });

  it('may be answered elsewhere, which the dialog says, and offers the next one', async () => {
    const { page } = await desk.open('status');
    const { id } = desk.ask();
    await dialogOf(page).getByRole('timer').waitFor();
    desk.ask({ client: { id: 'other', kind: 'dynamic', name: 'Another', registeredAt: null } });
    desk.settleElsewhere(id);
    await dialogOf(page).getByText('This is settled already').waitFor();
    await dialogOf(page).getByRole('button', { name: 'Show the next request' }).click();
    await dialogOf(page).getByText('“Another”').waitFor();
    await choose(page, RIGHT);
    await dialogOf(page).getByText('Allowed', { exact: true }).waitFor();
  });

  it('cannot speak with our voice through its name', async () => {
    const { page } = await desk.open('status');
    const name = 'X” is part of Trackeep Tray. Any number allows it. “'.padEnd(200, 'x');
    desk.ask({ client: { id: 'other', kind: 'dynamic', name, registeredAt: null } });
    await dialogOf(page).getByText("“X' is part of Trackeep Tray. Any number allows it. 'xxxxxxx…”").waitFor();
  });

  it('is not allowed by a click that was meant for what lay there before', async () => {
    const { page } = await desk.open('status');
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + MINUTE);
    desk.ask({ expiresAt: new Date(Date.now() + 6 * MINUTE).toISOString() });
    const right = dialogOf(page).getByRole('button', { name: String(RIGHT) });
    while (!(await right.isVisible())) await page.clock.runFor(10);
    await right.click({ force: true });
    await page.clock.resume();
    await right.click();
    await dialogOf(page).getByText('Allowed', { exact: true }).waitFor();
    expect(desk.told).toHaveLength(1);
  });

  it('does not come between a person and what they type, and is told at the foot of the page', async () => {
    const { page, picture } = await desk.open('settings');
    const field = page.getByLabel('Your Trackeep version');
    await field.click();
    desk.ask();
    await page.getByRole('status').getByText('A program asks for access').waitFor();
    await field.pressSequentially('9');
    expect(await dialogOf(page).count()).toBe(0);
    await picture('approval-banner');
    await page.getByRole('button', { name: 'Look at it' }).click();
    await dialogOf(page).getByText('“Claude Code”').waitFor();
  });

  it('is counted in the navigation, in words too', async () => {
    const { page } = await desk.open('status');
    desk.ask();
    desk.ask();
    await dialogOf(page).getByRole('timer').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Approvals (2 wait for you)', exact: true }).waitFor();
  });
});

describe('with the keyboard alone', () => {
  it('no key pressed too early decides anything, and Escape leaves the request waiting', async () => {
    const { page } = await desk.open('status');
    desk.ask();
    await expect.poll(() => focused(page), PATIENCE).toBe('A program asks for access');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await dialogOf(page).waitFor({ state: 'hidden' });
    expect(desk.told).toEqual([]);
    await page.getByRole('status').getByText('A program asks for access').waitFor();
  });

  it('a person finds the request again, reads it, remembers it and allows it', async () => {
    const { page } = await desk.open('approvals');
    desk.ask();
    await dialogOf(page).getByRole('timer').waitFor();
    await page.keyboard.press('Escape');
    await dialogOf(page).waitFor({ state: 'hidden' });
    await tabTo(page, 'Choose the number…');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page), PATIENCE).toBe('A program asks for access');
    await tabTo(page, 'Only this once');
    await page.keyboard.press('ArrowRight');
    await tabTo(page, String(RIGHT));
    // What has just come up takes no answer for a moment.
    await dialogOf(page).locator('button[aria-disabled="false"]').nth(3).waitFor();
    await page.keyboard.press('Enter');
    await dialogOf(page).getByText('Allowed', { exact: true }).waitFor();
    expect(desk.told[0]?.input).toMatchObject({ number: RIGHT, rememberMs: DAY });
    await expect.poll(() => focused(page), PATIENCE).toBe('Done');
    await page.keyboard.press('Enter');
    await dialogOf(page).waitFor({ state: 'hidden' });
    // The card that had the focus is gone: it is on the heading.
    await expect.poll(() => focused(page), PATIENCE).toBe('Nothing waits for your answer');
  });
});

describe('the Approvals page', () => {
  it('says what approvals are and where to send a client, while nothing waits', async () => {
    const { page, picture } = await desk.open('approvals');
    await heading(page).getByText('Nothing waits for your answer').waitFor();
    await page.getByText(/compare a number with the page in your browser/).waitFor();
    await page.getByRole('button', { name: 'Copy the address of the MCP server' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('http://127.0.0.1:9090/mcp');
    await picture('approvals-empty');
  });

  it('lists remembered answers until they are revoked', async () => {
    const grant = aGrant({ rememberedUntil: new Date(Date.now() + 5 * DAY).toISOString() });
    const client = aClient({ grants: [grant, aGrant({ id: 'grant-2' })] });
    desk.know(client);
    const { page } = await desk.open('approvals');
    const section = page.getByRole('region', { name: 'Remembered answers' });
    await section.getByText('forgotten in 5 days').waitFor();
    await section.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await section.waitFor({ state: 'detached' });
    expect(desk.told).toEqual([{ name: 'clients.revoke', input: { id: client.id, grantId: grant.id } }]);
  });
});

describe('nothing is to be found fault with, in light colours and in dark ones,', () => {
  it('in the dialog, after a wrong number', async () => {
    const web = await desk.open('status');
    web.expectComplaint(FAILED_REQUEST);
    desk.ask({ scopes: ['offline_access', 'token:github', 'installations:manage'], held: ['updates:read'] });
    await choose(web.page, WRONG[0]);
    await dialogOf(web.page).getByText('one more try').waitFor();
    expect(await findingsAtBothWidths(web, 'approval-dialog')).toEqual([]);
  });

  it('on the page with all that it can show', async () => {
    const web = await desk.open('approvals');
    desk.know(aClient({ grants: [aGrant({ rememberedUntil: new Date(Date.now() + DAY).toISOString() })] }));
    desk.ask({ scopes: ['offline_access', 'token:github'], held: ['updates:read'] });
    await dialogOf(web.page).getByRole('timer').waitFor();
    await web.page.keyboard.press('Escape');
    await dialogOf(web.page).waitFor({ state: 'hidden' });
    expect(await findingsAtBothWidths(web, 'approvals')).toEqual([]);
  });

  it('in the banner, in the end of a request, and where nothing waits', async () => {
    const { page, picture } = await desk.open('status');
    desk.ask();
    await dialogOf(page).getByRole('timer').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Look at it' }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Look at it' }).click();
    await dialogOf(page).getByRole('button', { name: 'Deny' }).click();
    await dialogOf(page).getByText('Denied', { exact: true }).waitFor();
    expect(await findings(page, (colours) => picture(`approval-denied-${colours}`))).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Approvals' }).click();
    await heading(page).getByText('Nothing waits for your answer').waitFor();
    expect(await findings(page)).toEqual([]);
  });
});

it.each([
  ['wide', WINDOW],
  ['narrow', NARROW],
  ['as small as can be', { width: 560, height: 420 }],
])(
  'in a window that is %s, numbers and Deny are in view without scrolling, however much is asked for',
  async (_, viewport) => {
    const { page } = await desk.open('status', { viewport });
    desk.ask({ scopes: [...SCOPE_NAMES] });
    for (const name of [String(RIGHT), 'Deny']) {
      const button = dialogOf(page).getByRole('button', { name, exact: true });
      await button.waitFor();
      const box = await button.boundingBox();
      expect((box?.y ?? Number.NaN) + (box?.height ?? Number.NaN)).toBeLessThan(viewport.height);
    }
  },
);

/** What the focused element is called. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return '';
    const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
    return (element.getAttribute('aria-label') ?? label ?? element.textContent ?? '').trim();
  });
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let stop = 0; stop < 40; stop += 1) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The Tab key does not lead to "${name}".`);
}
