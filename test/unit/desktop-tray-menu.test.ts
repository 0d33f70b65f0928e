import { describe, expect, it } from 'vitest';
import { type TrayEntry, trayModel } from '../../src/main/desktop/tray-menu.ts';
import type { StatusView } from '../../src/shared/app-views.ts';
import { CONNECTION } from '../support/sample-views.ts';

const STATUS: StatusView = {
  app: { version: '1.0.0', host: 'desktop', pid: 1, startedAt: '2026-11-01T08:00:00.000Z', dataDir: '/d', demo: false },
  overall: 'ok',
  attention: [],
  connections: [CONNECTION],
  vault: { source: 'file', backend: 'key file', state: 'open', problem: null },
  issuer: { address: 'http://127.0.0.1:9090', mcp: 'http://127.0.0.1:9090/mcp' },
  updates: { state: 'up_to_date', currentVersion: '1.3.0', latestVersion: '1.3.0', checkedAt: null, nextCheckAt: null },
  tracking: { waiting: 0, first: [] },
};

function menu(status: Partial<StatusView> = {}, startAtLogin: boolean | null = false, waiting = 0) {
  return trayModel({ ...STATUS, ...status }, { startAtLogin }, waiting);
}

function entry(entries: TrayEntry[], label: string) {
  return entries.filter((one) => one !== 'line').find((one) => one.label === label);
}

describe('the tray menu', () => {
  it('begins with how things stand, which is nothing to click when all is good', () => {
    expect(menu().entries[0]).toEqual({ label: 'All good', command: null });
    expect(menu({ overall: 'busy' }).entries[0]).toEqual({ label: 'Working…', command: null });
  });

  it('begins with everything that waits for the person, each leading to the page that settles it', () => {
    const { entries, tooltip } = menu({
      overall: 'needs_you',
      attention: [
        { kind: 'vault', text: 'Your keychain is locked.', page: 'doctor' },
        { kind: 'update', text: 'Trackeep 1.4.0 is out.', page: 'updates' },
      ],
    });
    expect(entries.slice(0, 2)).toEqual([
      { label: 'Your keychain is locked.', command: { do: 'open', page: 'doctor' } },
      { label: 'Trackeep 1.4.0 is out.', command: { do: 'open', page: 'updates' } },
    ]);
    expect(tooltip).toBe('Trackeep Tray: Your keychain is locked.');
  });

  it.each([
    ['ok', 'connected'],
    ['refreshing', 'refreshing…'],
    ['unreachable', 'cannot be reached'],
    ['needs_reconnect', 'needs you to sign in again'],
    ['vault_closed', 'waits for the keychain'],
  ] as const)('says of a connection that is %s: %s', (state, words) => {
    const { entries } = menu({ connections: [{ ...CONNECTION, state }] });
    expect(entry(entries, `octocat on github.com: ${words}`)?.command).toEqual({ do: 'open', page: 'connections' });
  });

  it('says until when a connection is paused', () => {
    const { entries } = menu({
      connections: [{ ...CONNECTION, state: 'paused', pausedUntil: '2026-11-01T09:30:00.000Z' }],
    });
    const labels = entries.map((one) => (one === 'line' ? '' : one.label));
    expect(labels.some((label) => /^octocat on github\.com: paused until .*30/.test(label))).toBe(true);
  });

  it('leads to the approvals, and says how many wait', () => {
    const command = { do: 'open', page: 'approvals' };
    expect(entry(menu().entries, 'Approvals')?.command).toEqual(command);
    expect(entry(menu({}, false, 2).entries, 'Approvals (2)')?.command).toEqual(command);
  });

  it('does not offer a second check while one runs', () => {
    const { entries } = menu({ updates: { ...STATUS.updates, state: 'checking' } });
    expect(entry(entries, 'Checking for updates…')?.command).toBeNull();
    expect(entry(entries, 'Check for updates')).toBeUndefined();
  });

  it('offers "Start at login" only where the system can do it, with what a click will make of it', () => {
    expect(entry(menu({}, null).entries, 'Start at login')).toBeUndefined();
    expect(entry(menu({}, true).entries, 'Start at login')).toEqual({
      label: 'Start at login',
      checked: true,
      command: { do: 'start-at-login', on: false },
    });
  });
});

describe('pull requests in the tray', () => {
  const first = [
    { repository: 'octocat/garden', number: 12, title: 'Keep the pump running', url: 'https://github.com/x/y/pull/12' },
  ];

  it('are not named while none waits', () => {
    expect(entry(menu().entries, 'Pull requests (0)')).toBeUndefined();
    expect(menu().badge).toBe(0);
  });

  it('are counted, and the most pressing ones lead straight to GitHub', () => {
    const { entries, badge } = menu({ tracking: { waiting: 4, first } }, false, 1);
    expect(entry(entries, 'Pull requests (4)')?.command).toEqual({ do: 'open', page: 'pull-requests' });
    expect(entry(entries, '   octocat/garden #12: Keep the pump running')?.command).toEqual({
      do: 'visit',
      url: 'https://github.com/x/y/pull/12',
    });
    expect(badge).toBe(5);
  });

  it('have their titles cut before they make the menu wider than the screen', () => {
    const title = 'water '.repeat(50);
    const { entries } = menu({ tracking: { waiting: 1, first: first.map((one) => ({ ...one, title })) } });
    const labels = entries.flatMap((one) => (one === 'line' ? [] : [one.label]));
    expect(labels.every((label) => label.length < 100)).toBe(true);
  });
});
