import { resolve } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { attention, overall, type Situation } from '../../src/main/control/attention.ts';
import { AppError } from '../../src/main/core/errors.ts';
import type { ApprovalState, ApprovalView, ClientView, GrantView } from '../../src/shared/client-views.ts';
import type { SettingsView } from '../../src/shared/settings-views.ts';
import { openHttpDoor } from '../support/http-door.ts';
import { APPROVAL, CLIENT, GRANT } from '../support/sample-views.ts';
import { aConnection, aStatus, noTracking, someSettings, someUpdates } from '../support/stand-in-control.ts';
import { launchBrowser, takePage, type WebPage } from './browser.ts';

const RENDERER = resolve(import.meta.dirname, '../../out/renderer');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The number on the page in the browser, and two that are not it. */
export const RIGHT = 47;
export const WRONG = [12, 83] as const;

/**
 * The built page on the real listener, over a contract whose issuer side a test plays: which programs ask, which are
 * known, and what becomes of an answer.
 */
export interface IssuerDesk extends AsyncDisposable {
  /** A one-time link into the web UI. */
  link(): string;
  /** Opens the web UI, signed in, on a page of it. */
  open(path: string, options?: BrowserContextOptions): Promise<WebPage>;
  /** What the person did, as the app was told. */
  readonly told: { name: string; input: unknown }[];
  /** Begins anew: nobody asks, nobody is known. */
  clear(): void;
  /** A program asks. */
  ask(some?: Partial<ApprovalView>): ApprovalView;
  /** The request is settled without this page. */
  settleElsewhere(id: string): void;
  /** The programs that are known. */
  know(...clients: ClientView[]): void;
  set(settings: Partial<SettingsView>): void;
}

export async function openIssuerDesk(): Promise<IssuerDesk> {
  const told: IssuerDesk['told'] = [];
  let approvals: ApprovalView[] = [];
  let clients: ClientView[] = [];
  let settings = someSettings;

  const waiting = (id: string): ApprovalView => {
    const found = approvals.find((approval) => approval.id === id);
    if (!found) throw new AppError('approval_over', 'This request is over.');
    return found;
  };
  const settle = (id: string, state: ApprovalState): ApprovalView => {
    const approval = waiting(id);
    approvals = approvals.filter((other) => other !== approval);
    door.bus.emit('approvals');
    return { ...approval, state };
  };
  const change = (next: ClientView[]) => {
    clients = next;
    door.bus.emit('clients');
  };
  const situation = (): Situation => ({
    vault: aStatus.vault,
    connections: [aConnection],
    approvals,
    updates: someUpdates,
    busy: false,
  });

  const door = await openHttpDoor(
    {
      'status.get': () => ({ ...aStatus, overall: overall(situation()), attention: attention(situation()) }),
      'providers.list': () => [],
      'connections.list': () => [aConnection],
      'connections.flows': () => [],
      'updates.get': () => someUpdates,
      'settings.get': () => settings,
      'tracking.get': () => noTracking,
      'settings.set': (patch) => {
        told.push({ name: 'settings.set', input: patch });
        settings = { ...settings, ...patch } as SettingsView;
        door.bus.emit('settings');
        return settings;
      },
      'approvals.list': () => approvals,
      'approvals.numbers': ({ id }) => {
        waiting(id);
        return { numbers: [WRONG[0], RIGHT, WRONG[1]] };
      },
      'approvals.approve': (input) => {
        told.push({ name: 'approvals.approve', input });
        const approval = waiting(input.id);
        if (input.number === RIGHT) return settle(input.id, 'approved');
        if (approval.triesLeft === 1) settle(input.id, 'denied');
        else approvals = approvals.map((each) => (each === approval ? { ...each, triesLeft: 1 } : each));
        door.bus.emit('approvals');
        throw new AppError('number_wrong', 'That is not the number.');
      },
      'approvals.deny': ({ id }) => {
        told.push({ name: 'approvals.deny', input: { id } });
        return settle(id, 'denied');
      },
      'clients.list': () => clients,
      'clients.revoke': (input) => {
        told.push({ name: 'clients.revoke', input });
        const found = clients.find(({ id }) => id === input.id);
        if (!found) throw new AppError('not_found', 'This client is not known.');
        const kept = input.grantId === undefined ? [] : found.grants.filter(({ id }) => id !== input.grantId);
        const revoked = { ...found, grants: kept };
        change(clients.map((each) => (each === found ? revoked : each)));
        return revoked;
      },
      'clients.revokeAll': () => {
        told.push({ name: 'clients.revokeAll', input: {} });
        const grants = clients.reduce((sum, each) => sum + each.grants.length, 0);
        change(clients.map((each) => ({ ...each, grants: [] })));
        return { grants };
      },
      'clients.remove': ({ id }) => {
        told.push({ name: 'clients.remove', input: { id } });
        change(clients.filter((each) => each.id !== id));
        return {};
      },
    },
    { rendererDir: RENDERER },
  );
  const browser = await launchBrowser();

  return {
    told,
    link: () => door.listener.createLoginLink(),
    async open(path, options) {
      const web = await takePage(browser, options);
      await web.page.goto(door.listener.createLoginLink());
      // The first page is chosen by the app, which must not overtake what comes now.
      await web.page.waitForURL(/#\/status$/);
      await web.page.evaluate((page) => {
        location.hash = `#/${page}`;
      }, path);
      await web.page.waitForFunction((page) => document.title.toLowerCase().startsWith(page), path);
      return web;
    },
    clear() {
      told.length = 0;
      approvals = [];
      clients = [];
      settings = someSettings;
      for (const signal of ['approvals', 'clients', 'settings'] as const) door.bus.emit(signal);
    },
    ask(some = {}) {
      const approval = anApproval(some);
      approvals = [...approvals, approval];
      door.bus.emit('approvals');
      return approval;
    },
    settleElsewhere(id) {
      settle(id, 'approved');
    },
    know: (...list) => change(list),
    set(some) {
      settings = { ...settings, ...some };
      door.bus.emit('settings');
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await door[Symbol.asyncDispose]();
    },
  };
}

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** A request of this moment: the page counts down by its own clock. */
function anApproval(some: Partial<ApprovalView>): ApprovalView {
  return {
    ...APPROVAL,
    id: crypto.randomUUID(),
    client: { ...APPROVAL.client, registeredAt: ago(2 * MINUTE) },
    process: { pid: 4711, name: 'node', path: '/usr/bin/node', observedAt: ago(2 * MINUTE) },
    requestedAt: ago(0),
    expiresAt: ago(-5 * MINUTE),
    ...some,
  };
}

/** A program that uses what it was allowed. */
export function aClient(some: Partial<ClientView> = {}): ClientView {
  return {
    ...CLIENT,
    registeredAt: ago(21 * DAY),
    lastUsedAt: ago(5 * MINUTE),
    process: { pid: 4711, name: 'node', path: '/usr/bin/node', observedAt: ago(5 * MINUTE) },
    forgottenAt: ago(-90 * DAY),
    grants: [aGrant()],
    ...some,
  };
}

export function aGrant(some: Partial<GrantView> = {}): GrantView {
  return { ...GRANT, approvedAt: ago(21 * DAY), lastUsedAt: ago(5 * MINUTE), expiresAt: ago(-30 * DAY), ...some };
}
