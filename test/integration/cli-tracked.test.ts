/** The commands that read what is tracked. */
import { describe, expect, it } from 'vitest';
import type { Handlers } from '../../src/main/control/control.ts';
import type { EventView, PullRequestView, RepositoryView } from '../../src/shared/tracking-views.ts';
import { openCliRoom } from '../support/cli-room.ts';
import { aStatus } from '../support/stand-in-control.ts';

const hoursAgo = (hours: number) => new Date(Date.now() - (hours + 0.5) * 3_600_000).toISOString();

const pond = {
  id: 1,
  host: 'github.com',
  owner: 'acme',
  name: 'pond',
  private: true,
  url: 'https://github.com/acme/pond',
};

const repository: RepositoryView = {
  ...pond,
  ...{ state: 'tracked', fork: false, archived: false, description: 'Water', language: 'Go', stars: 12, forks: 3 },
  ...{ watchers: 5, openIssues: 1, openPullRequests: 2, defaultBranch: 'main', pushedAt: hoursAgo(3) },
  ...{ updatedAt: hoursAgo(3), commitsByWeek: [], starsTrend: 0, muted: false, lookedAt: hoursAgo(1), problem: null },
};

const pull: PullRequestView = {
  ...{ repository: pond, number: 7, title: 'Fill it', author: 'hubot', state: 'open', draft: false, headRef: 'fill' },
  ...{ baseRef: 'main', review: null, reviews: 0, reviewers: ['octocat'], checks: null, mergeable: null, labels: [] },
  ...{ additions: 1, deletions: 0, createdAt: hoursAgo(5), updatedAt: hoursAgo(2), mergedAt: null, closedAt: null },
  ...{ url: 'https://github.com/acme/pond/pull/7', waitsFor: 'review' },
};

const event: EventView = {
  ...{ id: 1, kind: 'stars', repository: pond, at: hoursAgo(1), noticedAt: hoursAgo(1), actor: null, number: null },
  ...{ title: null, before: '11', after: '12', count: null, url: 'https://github.com/acme/pond/stargazers' },
};

/** Repositories are counted, too. */
const counted = (all: readonly RepositoryView[], asked: unknown[]) => {
  const page = pagesOf(all, asked);
  return (input: Parameters<typeof page>[0]) => ({ ...page(input), total: all.length });
};

/** A list of so many, in pages as large as they are asked for. */
function pagesOf<T>(all: readonly T[], asked: unknown[]) {
  return (input: { cursor?: string | undefined; limit?: number | undefined }) => {
    asked.push(input);
    const from = Number(input.cursor ?? 0);
    const next = from + (input.limit ?? 50);
    return { items: all.slice(from, next), nextCursor: next < all.length ? String(next) : null };
  };
}

async function trackeep(handlers: Partial<Handlers>, ...args: string[]) {
  await using room = await openCliRoom(handlers);
  const { code, stdout, stderr } = await room.trackeep(...args);
  return { code, lines: stdout.split('\n').slice(0, -1), stdout, stderr };
}

describe('trackeep repositories', () => {
  it('lists them with their numbers, and passes on what is asked for', async () => {
    const asked: unknown[] = [];
    const evil = {
      ...repository,
      name: 'e\u001b[2Jvil',
      language: null,
      pushedAt: null,
      private: false,
      openIssues: 3,
    };
    const handlers = { 'tracking.repositories': counted([repository, evil], asked) };
    const { code, lines } = await trackeep(handlers, 'repositories', '--owner', 'acme', '--sort', 'stars');
    expect(code).toBe(0);
    expect(lines).toEqual([
      'acme/pond      private  Go  ★ 12  1 issue   2 pull requests  pushed 3 hours ago',
      'acme/e\ufffd[2Jvil  public       ★ 12  3 issues  2 pull requests  empty',
    ]);
    expect(asked).toEqual([{ owner: 'acme', sort: 'stars', limit: 30 }]);
  });

  it('reads page after page up to the limit, and says that there is more', async () => {
    const asked: { limit?: number }[] = [];
    const many = Array.from({ length: 1_500 }, (_, index) => ({ ...repository, id: index + 1, name: `n${index}` }));
    const handlers = { 'tracking.repositories': counted(many, asked) };
    const { lines } = await trackeep(handlers, 'repositories', '--limit', '450');
    expect(lines).toHaveLength(451);
    expect(lines.at(-1)).toBe('There is more: see --limit.');
    expect(asked.map(({ limit }) => limit)).toEqual([200, 200, 50]);
    const { stdout } = await trackeep(handlers, 'repositories', '--limit', '2', '--json');
    expect(JSON.parse(stdout)).toEqual({ repositories: many.slice(0, 2), more: true });
  });

  it('refuses limits that make no sense, and says where nothing fits', async () => {
    const handlers = { 'tracking.repositories': counted([], []) };
    for (const limit of ['0', '1001', '-1', 'ten', '1e3']) {
      const { code, stderr } = await trackeep(handlers, 'repositories', `--limit=${limit}`);
      expect([limit, code]).toEqual([limit, 2]);
      expect(stderr).toContain('--limit is a number from 1 to 1000.');
    }
    expect((await trackeep(handlers, 'repositories')).lines).toEqual(['No repository is tracked that fits.']);
  });
});

describe('trackeep pulls', () => {
  it('shows those that wait unless told otherwise, and what to do about each', async () => {
    const asked: { view?: string }[] = [];
    const merged = { ...pull, number: 8, state: 'merged', waitsFor: null, mergedAt: hoursAgo(4) } as const;
    const draft = { ...pull, number: 9, draft: true, waitsFor: null } as const;
    const handlers = { 'tracking.pullRequests': pagesOf<PullRequestView>([pull, merged, draft], asked) };
    const { code, lines } = await trackeep(handlers, 'pulls');
    expect(code).toBe(0);
    expect(lines).toEqual([
      'acme/pond #7  ▲ review it  2 hours ago  Fill it',
      'acme/pond #8  merged       4 hours ago  Fill it',
      'acme/pond #9  draft        2 hours ago  Fill it',
    ]);
    for (const view of ['waiting', 'mine', 'merged', 'all']) await trackeep(handlers, 'pulls', `--${view}`);
    expect(asked.map(({ view }) => view)).toEqual(['waiting', 'waiting', 'mine', 'merged', 'all']);
    const { stdout } = await trackeep(handlers, 'pulls', '--json', '--limit', '1');
    expect(JSON.parse(stdout)).toEqual({ pullRequests: [pull], more: true });
  });

  it('says so where none waits, and takes one view at a time', async () => {
    const handlers = { 'tracking.pullRequests': pagesOf([], []) };
    expect((await trackeep(handlers, 'pulls')).lines).toEqual(['No pull request waits for you.']);
    const { code, stderr } = await trackeep(handlers, 'pulls', '--mine', '--merged');
    expect([code, stderr]).toEqual([2, expect.stringContaining('Choose one of')]);
  });
});

describe('trackeep activity', () => {
  it('tells what happened in words', async () => {
    const asked: unknown[] = [];
    const title = 'Fill it';
    const events: EventView[] = [
      event,
      { ...event, kind: 'commits', count: 4, actor: 'ada' },
      { ...event, kind: 'pull_request_merged', number: 7, title },
      { ...event, kind: 'reviewed', number: 7, title, after: 'changes_requested' },
      { ...event, kind: 'release', after: 'v1', title: 'One' },
      { ...event, kind: 'branch_forced', title: 'main' },
    ];
    const handlers = { 'tracking.activity': pagesOf(events, asked) };
    const { lines } = await trackeep(handlers, 'activity', '--since', '2026-11-01', '--search', 'x');
    expect(lines.map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      '1 hour ago | acme/pond | stars 11 → 12',
      '1 hour ago | acme/pond | 4 commits by ada',
      '1 hour ago | acme/pond | #7 merged | Fill it',
      '1 hour ago | acme/pond | #7 changes requested | Fill it',
      '1 hour ago | acme/pond | released v1 | One',
      '1 hour ago | acme/pond | branch forced | main',
    ]);
    expect(asked).toEqual([{ search: 'x', since: '2026-11-01T00:00:00.000Z', limit: 30 }]);
    const { stdout } = await trackeep(handlers, 'activity', '--json', '--limit', '1');
    expect(JSON.parse(stdout)).toEqual({ events: [event], more: true });
  });

  it('refuses what is no day', async () => {
    const handlers = { 'tracking.activity': pagesOf([], []) };
    for (const since of ['yesterday', '2026-13-01', '01.11.2026']) {
      expect((await trackeep(handlers, 'activity', '--since', since)).code).toBe(2);
    }
    expect((await trackeep(handlers, 'activity')).lines).toEqual(['Nothing is known to have happened.']);
  });
});

describe('trackeep status', () => {
  it('says how many pull requests wait, where some do', async () => {
    const secondLine = async (waiting: number) =>
      (await trackeep({ 'status.get': () => ({ ...aStatus, tracking: { waiting, first: [] } }) }, 'status')).stdout;
    expect(await secondLine(3)).toContain('  3 pull requests wait for you: trackeep pulls\n');
    expect(await secondLine(1)).toContain('  1 pull request waits for you: trackeep pulls\n');
    expect(await secondLine(0)).not.toContain('for you: trackeep pulls');
  });
});
