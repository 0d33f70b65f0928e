import { describe, expect, it } from 'vitest';
import { attention, overall, type Situation } from '../../src/main/control/attention.ts';
import type { ReleaseView, UpdatesView } from '../../src/shared/release-views.ts';
import { CONNECTION as connection } from '../support/sample-views.ts';

const release: ReleaseView = {
  version: '1.3.0',
  tag: 'v1.3.0',
  name: 'Trackeep 1.3.0',
  publishedAt: null,
  prerelease: false,
  notes: '',
  url: 'https://github.com/Dvorinka/Trackeep/releases/tag/v1.3.0',
  asset: null,
};

const upToDate: UpdatesView = {
  state: 'up_to_date',
  currentVersion: '1.3.0',
  currentVersionFrom: 'person',
  latest: release,
  updateAvailable: false,
  prereleases: false,
  checkedAt: null,
  nextCheckAt: null,
  offlineSince: null,
  retryAt: null,
  error: null,
  download: null,
};

const calm: Situation = {
  vault: { source: 'keychain', backend: 'Secret Service', state: 'open', problem: null },
  approvals: [],
  connections: [connection],
  updates: upToDate,
  busy: false,
};

const outdated: UpdatesView = { ...upToDate, state: 'available', currentVersion: '1.2.5', updateAvailable: true };

describe('what waits for the person', () => {
  it('is nothing when a connection works, the vault is open and Trackeep is up to date', () => {
    expect(attention(calm)).toEqual([]);
    expect(overall(calm)).toBe('ok');
  });

  it('names the closed vault before everything else, since nothing can be settled without it', () => {
    const situation: Situation = {
      ...calm,
      vault: { ...calm.vault, state: 'locked' },
      connections: [{ ...connection, state: 'needs_reconnect' }],
      updates: outdated,
    };
    expect(attention(situation).map((item) => item.kind)).toEqual(['vault', 'connection', 'update']);
    expect(overall(situation)).toBe('needs_you');
  });

  it('is told of a sign-in that ends soon, once for all that share it; that alone is no alarm', () => {
    const site = { ...connection, platform: 'jira', login: 'mona', signInEndsAt: '2026-12-05T12:00:00.000Z' } as const;
    const situation = { ...calm, connections: [connection, site, { ...site, id: crypto.randomUUID() }] };
    expect(attention(situation)).toEqual([
      {
        kind: 'sign_in_ends',
        text: 'Sign in to Jira and Confluence again as mona by 5 December 2026.',
        page: 'connections',
      },
    ]);
    expect(overall(situation)).toBe('ok');
  });

  it('asks for the passphrase where one protects the vault, and for the keychain where that does', () => {
    const locked = (source: 'keychain' | 'passphrase') =>
      attention({ ...calm, vault: { ...calm.vault, source, state: 'locked' } })[0]?.text;
    expect(locked('passphrase')).toBe('The vault needs your passphrase.');
    expect(locked('keychain')).toBe('Your keychain is locked.');
  });

  it('sends a newcomer to the welcome page', () => {
    expect(attention({ ...calm, connections: [] })).toEqual([
      { kind: 'first_connection', text: 'Connect GitHub to begin.', page: 'welcome' },
    ]);
  });

  it('names the account that must sign in again', () => {
    const [item] = attention({ ...calm, connections: [{ ...connection, state: 'needs_reconnect' }] });
    expect(item?.text).toBe('GitHub needs you to sign in again as octocat.');
  });

  it('does not bother anybody with trouble that passes by itself', () => {
    for (const state of ['paused', 'unreachable', 'refreshing'] as const) {
      expect(attention({ ...calm, connections: [{ ...connection, state }] })).toEqual([]);
    }
  });
});

describe('the one word for all of it', () => {
  it('is "update" when a newer Trackeep is out and nothing else is the matter', () => {
    expect(overall({ ...calm, updates: outdated })).toBe('update');
  });

  it('is "busy" while work is under way, even with an update waiting', () => {
    expect(overall({ ...calm, updates: outdated, busy: true })).toBe('busy');
    expect(overall({ ...calm, connections: [{ ...connection, state: 'refreshing' }] })).toBe('busy');
  });

  it('is "needs you" even while work is under way, so that nobody waits for what will not come', () => {
    expect(overall({ ...calm, busy: true, connections: [{ ...connection, state: 'needs_reconnect' }] })).toBe(
      'needs_you',
    );
  });
});
