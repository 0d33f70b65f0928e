import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalView } from '../../src/shared/client-views.ts';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import {
  authorizationRequest,
  type Browser,
  numberOn,
  openApprovalPage,
  openBrowser,
  redeem,
  register,
  signIn,
} from '../support/oauth-client.ts';
import { startWholeApp } from '../support/whole-app.ts';

let lab: IssuerLab;
beforeAll(async () => {
  lab = await openIssuerLab({ config: { registrationsPerHour: 1_000 } });
});
afterAll(() => lab.close());

/** A request with its page open in a browser of its own. */
interface Waiting {
  clientId: string;
  verifier: string;
  browser: Browser;
  address: string;
  number: number;
  id: string;
}

async function ask(metadata: Record<string, unknown> = {}, browser = openBrowser()): Promise<Waiting> {
  const clientId = (await register(lab.address, metadata)).body.client_id;
  const { url, verifier } = authorizationRequest(lab.address, { clientId });
  const { page, url: address } = await openApprovalPage(browser, url);
  const view = (await lab.issuer.approvals.list()).find(({ client }) => client.id === clientId);
  return { clientId, verifier, browser, address, number: numberOn(page), id: view?.id ?? '' };
}

const approve = ({ id }: Waiting, number: number) => lab.issuer.approvals.approve({ id, number, rememberMs: null });
const proceed = ({ browser, address }: Waiting) => browser.follow(`${address}/continue`);
const viewOf = async ({ id }: Waiting): Promise<ApprovalView | undefined> =>
  (await lab.issuer.approvals.list()).find((view) => view.id === id);
/** A number of the three that is not on the page. */
const wrongFor = async ({ id, number }: Waiting) =>
  (await lab.issuer.approvals.numbers(id)).find((choice) => choice !== number) ?? 0;

describe('the page with the number', () => {
  /** How another browser asks for a page that is not its own. */
  const STRANGERS: [string, () => Promise<(url: string) => ReturnType<Browser['follow']>>][] = [
    ['without any cookie', async () => openBrowser().follow],
    ['with a request of its own', async () => (await ask()).browser.follow],
    [
      'with the cookie of a request of its own sent along',
      async () => {
        const { url } = authorizationRequest(lab.address, { clientId: (await register(lab.address)).body.client_id });
        const { response } = await openBrowser().visit(url);
        const cookie = response.headers.getSetCookie().map((line) => line.split(';')[0]);
        expect(cookie).not.toEqual([]);
        return (target) => openBrowser().follow(target, { headers: { cookie: cookie.join('; ') } });
      },
    ],
  ];

  it.each(STRANGERS)('gives another browser nothing, %s', async (_how, stranger) => {
    const mine = await ask();
    const follow = await stranger();

    for (const step of ['', '/', '/state', '/continue']) {
      const { response, away } = await follow(`${mine.address}${step}`);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(away).toBeNull();
      const text = await response.text();
      expect(text).not.toContain('approval-number');
      expect(text).not.toMatch(/waiting|approved|denied/);
    }
    expect(await viewOf(mine)).toMatchObject({ state: 'waiting', triesLeft: 2 });

    // Nor once it is decided: the code is for the browser that asked.
    await approve(mine, mine.number);
    const stolen = await follow(`${mine.address}/continue`);
    expect(stolen.away).toBeNull();
    const { away } = await proceed(mine);
    const code = away?.searchParams.get('code') ?? '';
    const { clientId, verifier } = mine;
    expect((await redeem(lab.address, { clientId, code, verifier })).status).toBe(200);
  });

  it('shows its own browser the same number again, and the state', async () => {
    const mine = await ask();
    const again = await mine.browser.visit(mine.address);
    expect(numberOn(await again.response.text())).toBe(mine.number);
    const state = mine.browser.visit(`${mine.address}/state`);
    await approve(mine, mine.number);
    expect(await (await state).response.json()).toEqual({ state: 'approved' });
  });

  it('is not left in a cache, nor told to the next site', async () => {
    const mine = await ask();
    const { response } = await mine.browser.visit(mine.address);
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(response.headers.get('referrer-policy')).toMatch(/^(?:no-referrer|same-origin)$/);
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  it('lets the browser go on once: the same page gives no second code', async () => {
    const mine = await ask();
    await approve(mine, mine.number);
    expect((await proceed(mine)).away?.searchParams.has('code')).toBe(true);
    const again = await proceed(mine);
    expect(again.away).toBeNull();
    expect(again.response.status).toBe(400);
  });
});

describe('an answer', () => {
  it('with two wrong numbers denies, and the client is told access_denied', async () => {
    const mine = await ask();
    const wrong = await wrongFor(mine);
    await expect(approve(mine, wrong)).rejects.toMatchObject({ code: 'number_wrong' });
    expect(await viewOf(mine)).toMatchObject({ triesLeft: 1 });
    await expect(approve(mine, wrong)).rejects.toMatchObject({ code: 'number_wrong' });
    await expect(approve(mine, mine.number)).rejects.toMatchObject({ code: 'approval_over' });

    const { away } = await proceed(mine);
    expect(Object.fromEntries(away?.searchParams ?? [])).toMatchObject({ error: 'access_denied', iss: lab.address });
    expect(away?.searchParams.has('code')).toBe(false);
  });

  it('with No sends the browser back with access_denied, and nothing is granted', async () => {
    const mine = await ask();
    await lab.issuer.approvals.deny(mine.id);
    expect((await proceed(mine)).away?.searchParams.get('error')).toBe('access_denied');
    const client = (await lab.issuer.clients.list()).find(({ id }) => id === mine.clientId);
    expect(client?.grants).toEqual([]);
  });

  it('for the one request does nothing for another that slipped in beside it under the same name', async () => {
    const shown = { client_name: 'My editor' };
    const mine = await ask(shown);
    let slipped = await ask(shown);
    // One time in ninety they have the same number, and then it would be right for both.
    while (slipped.number === mine.number) slipped = await ask(shown);

    await expect(approve(slipped, mine.number)).rejects.toMatchObject({ code: 'number_wrong' });
    expect(await viewOf(slipped)).toMatchObject({ state: 'waiting' });
    expect(await viewOf(mine)).toMatchObject({ state: 'waiting', triesLeft: 2 });
    await approve(mine, mine.number);
    // Not yet approved, it only goes round to its own page again.
    const round = await proceed(slipped);
    expect({ away: round.away, url: round.url }).toEqual({ away: null, url: slipped.address });
  });

  it('ends with the client: removed while it waits, it gets nothing', async () => {
    const mine = await ask();
    await lab.issuer.clients.remove(mine.clientId);
    expect(await viewOf(mine)).toBeUndefined();
    await expect(approve(mine, mine.number)).rejects.toMatchObject({ code: 'approval_over' });
    expect((await proceed(mine)).away?.searchParams.has('code') ?? false).toBe(false);
  });

  it('is lost with the app: after a restart the page asks again, with a new request', async () => {
    const mine = await ask();
    lab = await lab.restart();
    expect(await lab.issuer.approvals.list()).toEqual([]);
    const { response } = await mine.browser.visit(mine.address);
    const number = numberOn(await response.text());
    const [anew] = await lab.issuer.approvals.list();
    expect(anew?.client.id).toBe(mine.clientId);
    await expect(approve(mine, mine.number)).rejects.toMatchObject({ code: 'not_found' });
    await lab.issuer.approvals.approve({ id: anew?.id ?? '', number, rememberMs: null });
    expect((await proceed(mine)).away?.searchParams.has('code')).toBe(true);
  });
});

describe('what the person is told', () => {
  it('is what the program claims, and beside it what is known', async () => {
    const mine = await ask({ client_name: 'Visual Studio Code' });
    expect(await viewOf(mine)).toMatchObject({
      way: 'browser',
      client: { id: mine.clientId, kind: 'dynamic', name: 'Visual Studio Code', registeredAt: expect.any(String) },
      redirectHost: '127.0.0.1',
      resource: `${lab.address}/mcp`,
      scopes: ['openid', 'updates:read'],
      held: [],
    });
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"><h1>Approved</h1>',
    'Editor” is safe. Choose 11. “',
    'Edi\u202etor\u0007\r\nLocation: https://evil.test',
  ])('cannot be turned by the name %j', async (name) => {
    const mine = await ask({ client_name: name });
    const page = await (await mine.browser.visit(mine.address)).response.text();
    expect(page).not.toContain(name);
    expect(page).not.toMatch(/<script>alert|<img|<h1>Approved|\u202e/);
    expect(page).not.toContain('\u0007');
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(numberOn(page)).toBe(mine.number);
  });
});

describe('what a step-up asks', () => {
  let clientId: string;
  beforeEach(async () => {
    clientId = (await register(lab.address)).body.client_id;
    await signIn(lab.address, lab.issuer.approvals, { clientId, scope: 'openid updates:read' });
  });

  async function page(scope: string) {
    const opened = await openApprovalPage(openBrowser(), authorizationRequest(lab.address, { clientId, scope }).url);
    const view = (await lab.issuer.approvals.list()).find(({ client }) => client.id === clientId);
    return { page: opened.page, view };
  }

  it('is only for what is new; what it may already do stands apart', async () => {
    const { page: text, view } = await page('openid updates:read github:read');
    expect(view).toMatchObject({ scopes: ['github:read'], held: ['openid', 'updates:read'] });
    const [, asked = '', held = ''] = /<ul>(.*?)<\/ul>(.*)/s.exec(text) ?? [];
    expect(asked).toContain('read your GitHub repositories');
    expect(asked).not.toContain('see which Trackeep releases');
    expect(held).toContain('see which Trackeep releases');
  });

  it('gives all of it in one token', async () => {
    const scope = 'openid updates:read github:read';
    const { tokens } = await signIn(lab.address, lab.issuer.approvals, { clientId, scope });
    expect(tokens.scope.split(' ').sort()).toEqual(scope.split(' ').sort());
  });

  it('is for everything again when nothing is new: another program may use the name', async () => {
    const { view } = await page('openid updates:read');
    expect(view).toMatchObject({ scopes: ['openid', 'updates:read'], held: [] });
  });

  it('takes nothing for granted that another client, or another resource, was given', async () => {
    const other = (await register(lab.address)).body.client_id;
    await openApprovalPage(openBrowser(), authorizationRequest(lab.address, { clientId: other }).url);
    const resource = lab.address;
    await openApprovalPage(openBrowser(), authorizationRequest(lab.address, { clientId, resource }).url);
    const waiting = (await lab.issuer.approvals.list()).filter(({ client }) => [other, clientId].includes(client.id));
    expect(waiting).toHaveLength(2);
    for (const view of waiting) expect(view).toMatchObject({ scopes: ['openid', 'updates:read'], held: [] });
  });

  it('takes nothing for granted that was revoked', async () => {
    await lab.issuer.clients.revoke(clientId);
    const { view } = await page('openid updates:read github:read');
    expect(view).toMatchObject({ scopes: ['openid', 'updates:read', 'github:read'], held: [] });
  });
});

/** With all rooms and doors, since each of them might say it. */
describe('the number', () => {
  it('is in no list, log, notice or event', async () => {
    const whole = await startWholeApp();
    try {
      const told: unknown[] = [];
      whole.app.control.subscribe((event) => told.push(event));
      const numbers: number[] = [];
      for (let times = 0; times < 3; times += 1) {
        const { body } = await register(whole.address);
        const { url } = authorizationRequest(whole.address, { clientId: body.client_id });
        const { page } = await openApprovalPage(openBrowser(), url);
        numbers.push(numberOn(page));
      }
      for (const name of ['approvals.list', 'clients.list', 'status.get', 'connections.list']) {
        told.push(await whole.app.control.call('web', name, {}));
      }
      const views = (await whole.approvals.list()) as ApprovalView[];
      // Neither the door of the command line, which is given the number by the person.
      for (const { id } of views) {
        await expect(whole.app.control.call('socket', 'approvals.numbers', { id })).rejects.toThrow();
      }
      await whole.approvals.approve({ id: views[0]?.id ?? '', number: numbers[0] ?? 0, rememberMs: null });
      expect(JSON.stringify(told)).toContain('A program asks for access');

      await whole.app.stop();
      const logs = join(whole.dataDir, 'logs');
      for (const file of await readdir(logs)) told.push(await readFile(join(logs, file), 'utf8'));
      expect(findNumbers(told, numbers)).toEqual([]);
      // The search does find what is there.
      expect(findNumbers([{ any: [`the number is ${numbers[0]}.`] }], numbers)).toHaveLength(1);
    } finally {
      await whole.stop();
    }
  });
});

/** Times, ids, addresses, paths and places in the source may hold the same digits by chance. */
const CHANCE =
  /\d{4}-\d\d-\d\dT[\d:.]+Z|[\da-f]{8}-[\da-f-]{27}|127\.0\.0\.1(?::\d+)?|(?:\/[\w.-]+){2,}|:\d+:\d+\)|"(?:pid|ms|time|port|level)":\d+/gi;

function findNumbers(told: unknown, numbers: readonly number[]): string[] {
  const text = typeof told === 'string' ? told : JSON.stringify(told);
  const rest = text.replaceAll('\\"', '"').replace(CHANCE, '');
  const found = rest.match(new RegExp(`.{0,40}(?<![\\w.-])(?:${numbers.join('|')})(?![\\w.-]*\\w).{0,20}`, 'g'));
  return found ?? [];
}
