import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Handlers } from '../../src/main/control/control.ts';
import type { SettingsView } from '../../src/shared/settings-views.ts';
import type { TrackingView } from '../../src/shared/tracking-views.ts';
import { type CliRoom, listenTo, openCliRoom } from '../support/cli-room.ts';
import { aConnection, someSettings } from '../support/stand-in-control.ts';

const SECRET = 'made-by-the-app-0123456789';
const agoIso = (ms: number) => new Date(Date.now() - ms - 500).toISOString();
const HOUR = 3_600_000;

function view(): TrackingView {
  return {
    accounts: [
      {
        ...{ connectionId: aConnection.id, host: 'github.com', login: 'octocat', state: 'syncing' },
        ...{ repositories: 1_204, synced: 311, firstSyncDone: false, syncedAt: null, nextAt: null },
        budget: { limit: 5_000, remaining: 4_210, resetAt: agoIso(-1.2 * HOUR) },
        problem: null,
      },
      {
        ...{ connectionId: aConnection.id, host: 'github.com', login: 'hubot', state: 'limited' },
        ...{ repositories: 3, synced: 3, firstSyncDone: true, syncedAt: agoIso(2 * HOUR), nextAt: agoIso(-2.2 * HOUR) },
        budget: null,
        problem: null,
      },
    ],
    stored: { repositories: 1_207, commits: 98_765, pullRequests: 4_321, events: 56_789, databaseBytes: 45_600_000 },
    waiting: 2,
    version: 7,
    webhooks: {
      ...{ url: 'http://127.0.0.1:9090/webhooks/github', hasSecret: false, lastDeliveryAt: null },
      ...{ channel: null, channelState: 'off' },
    },
  };
}

interface Desk extends CliRoom {
  readonly asked: unknown[];
}

async function openDesk(some: Partial<Handlers> = {}, settings: SettingsView = someSettings): Promise<Desk> {
  const asked: unknown[] = [];
  const noting =
    <T>(name: string, answer: T) =>
    (input: unknown) => {
      asked.push([name, input]);
      return answer;
    };
  const room = await openCliRoom({
    'tracking.get': view,
    'tracking.refresh': noting('refresh', view()),
    'tracking.forget': noting('forget', view()),
    'tracking.webhookSecret': ({ secret }) => {
      asked.push(['secret', secret]);
      return { secret: secret === undefined ? SECRET : secret };
    },
    'settings.get': () => settings,
    'settings.set': noting('settings', settings),
    'connections.list': () => [aConnection],
    ...some,
  });
  return { ...room, asked };
}

describe('trackeep tracking', () => {
  it('says how far each account has come, and what is stored', async () => {
    await using desk = await openDesk();
    const { code, stdout } = await desk.trackeep('tracking');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'octocat on github.com',
      '  state          fetching everything for the first time',
      '  fetched        311 of 1,204 repositories',
      '  up to date     not yet',
      '  GitHub allows  4,210 of 5,000 more requests, until the count begins anew in 1 hour',
      '',
      'hubot on github.com',
      "  state       waits for GitHub's limit, goes on in 2 hours",
      '  fetched     3 of 3 repositories',
      '  up to date  2 hours ago',
      '',
      'Stored here',
      '  repositories     1,207',
      '  commits          98,765',
      '  pull requests    4,321',
      '  events           56,789',
      '  database         45.6 MB',
      '  kept             as long as there is room',
      '  waiting for you  2',
      '',
      'Webhooks',
      '  delivered to   http://127.0.0.1:9090/webhooks/github',
      '  secret         none: see `trackeep tracking webhook-secret --new`',
      '  last delivery  none yet',
      '',
    ]);
    expect(JSON.parse((await desk.trackeep('tracking', 'status', '--json')).stdout)).toMatchObject({ waiting: 2 });
  });

  it('looks now, pauses and resumes', async () => {
    await using desk = await openDesk();
    for (const action of ['refresh', 'pause', 'resume']) expect((await desk.trackeep('tracking', action)).code).toBe(0);
    expect(desk.asked).toEqual([
      ['refresh', {}],
      ['settings', { tracking: { paused: true } }],
      ['settings', { tracking: { paused: false } }],
    ]);
  });

  it('forgets what was tracked through an account', async () => {
    await using desk = await openDesk();
    const { code, stdout } = await desk.trackeep('tracking', 'forget', 'octocat');
    expect([code, stdout]).toEqual([0, 'What was tracked through octocat is deleted.\n']);
    expect(desk.asked).toEqual([['forget', { connectionId: aConnection.id }]]);
    expect((await desk.trackeep('tracking', 'forget')).code).toBe(2);
    expect((await desk.trackeep('tracking', 'forget', 'nobody')).code).toBe(4);
  });

  it('makes a secret for webhooks and shows it once, alone on standard output', async () => {
    await using desk = await openDesk();
    const { code, stdout, stderr } = await desk.trackeep('tracking', 'webhook-secret', '--new');
    expect([code, stdout]).toEqual([0, `${SECRET}\n`]);
    expect(stderr).toMatch(/not shown again/);
    expect((await desk.trackeep('tracking', 'webhook-secret')).stdout).toMatch(/no secret for webhooks yet/);
    expect((await desk.trackeep('tracking', 'webhook-secret', '--forget')).stdout).toBe('The secret is forgotten.\n');
    expect(desk.asked).toEqual([
      ['secret', undefined],
      ['secret', null],
    ]);
    expect((await desk.trackeep('tracking', 'webhook-secret', '--new', '--forget')).code).toBe(2);
  });

  it('takes a secret from standard input, where no other program can read it', async () => {
    await using desk = await openDesk();
    const child = desk.start('tracking', 'webhook-secret', '--set');
    const heard = listenTo(child);
    child.stdin?.end('of my own, and long enough\n');
    await heard.said('The secret is kept.');
    expect(heard.text()).not.toContain('of my own');
    expect(desk.asked).toEqual([['secret', 'of my own, and long enough']]);
  });

  it('writes all rows of one kind, piece by piece', async () => {
    const texts = ['oid,headline\n1,"two\nlines"\n', '2,Grüße\u{1f331}\n', '3,end\n'];
    const asked: unknown[] = [];
    await using desk = await openDesk({
      'tracking.export': (input) => {
        asked.push(input);
        const index = Number(input.cursor ?? 0);
        return { text: texts[index] ?? '', nextCursor: index + 1 < texts.length ? String(index + 1) : null };
      },
    });
    const what = ['tracking', 'export', '--what', 'commits', '--format', 'csv'];
    expect(await desk.trackeep(...what)).toMatchObject({ code: 0, stdout: texts.join('') });
    expect(asked).toEqual([
      { what: 'commits', format: 'csv' },
      { what: 'commits', format: 'csv', cursor: '1' },
      { what: 'commits', format: 'csv', cursor: '2' },
    ]);

    const file = join(desk.dataDir, 'commits.csv');
    expect((await desk.trackeep(...what, '--file', file)).stdout).toBe(`${file} is written.\n`);
    expect(await readFile(file, 'utf8')).toBe(texts.join(''));
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('writes over no file, and knows what it can write', async () => {
    await using desk = await openDesk({ 'tracking.export': () => ({ text: 'x', nextCursor: null }) });
    const file = join(desk.dataDir, 'mine.txt');
    await writeFile(file, 'mine');
    const { code, stderr } = await desk.trackeep('tracking', 'export', '--what', 'days', '--file', file);
    expect([code, await readFile(file, 'utf8')]).toEqual([2, 'mine']);
    expect(stderr).toContain('it is there already');
    expect((await desk.trackeep('tracking', 'export')).code).toBe(2);
    expect((await desk.trackeep('tracking', 'export', '--what', 'everything')).code).toBe(2);
    expect((await desk.trackeep('tracking', 'pause', '--what', 'days')).code).toBe(2);
    expect((await desk.trackeep('tracking', 'pause', 'octocat')).code).toBe(2);
  });
});

describe('trackeep settings of tracking', () => {
  const { tracking } = someSettings;

  it.each([
    ['tracking-from', 'starred', { choice: { ...tracking.choice, from: 'starred' } }],
    ['tracking-owners', 'acme, octocat', { choice: { ...tracking.choice, owners: ['acme', 'octocat'] } }],
    ['tracking-topics', 'none', { choice: { ...tracking.choice, topics: [] } }],
    ['tracking-archived', 'on', { choice: { ...tracking.choice, archived: true } }],
    ['tracking-forks', 'off', { choice: { ...tracking.choice, forks: false } }],
    ['tracking-keep-days', '365', { keepDays: 365 }],
    ['tracking-keep-days', 'none', { keepDays: null }],
    [
      'tracking-notices',
      'reviews,merged',
      { notices: { reviewRequested: true, reviewed: false, checksFailed: false, merged: true, releases: false } },
    ],
    ['webhook-channel', 'https://smee.io/abc', { webhookChannel: 'https://smee.io/abc' }],
    ['webhook-channel', 'none', { webhookChannel: null }],
  ])('sets %s to %s', async (key, value, patch) => {
    await using desk = await openDesk();
    expect((await desk.trackeep('settings', 'set', key, value)).code).toBe(0);
    expect(desk.asked).toEqual([['settings', { tracking: patch }]]);
  });

  it.each([
    ['tracking-from', 'mine'],
    ['tracking-archived', 'maybe'],
    ['tracking-keep-days', 'ever'],
    ['tracking-notices', 'reviews,everything'],
  ])('refuses to set %s to %s', async (key, value) => {
    await using desk = await openDesk();
    expect((await desk.trackeep('settings', 'set', key, value)).code).toBe(2);
    expect(desk.asked).toEqual([]);
  });
});
