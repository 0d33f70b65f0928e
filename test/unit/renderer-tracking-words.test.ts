import { describe, expect, it } from 'vitest';
import { count, dayHeading, eventWords, isoDay, progressWords } from '../../src/renderer/words/tracking.ts';
import type { EventView, TrackedAccountView } from '../../src/shared/tracking-views.ts';

const EVENT: EventView = {
  id: 1,
  kind: 'commits',
  repository: {
    id: 1,
    host: 'github.com',
    owner: 'octocat',
    name: 'garden',
    private: false,
    url: 'https://github.com/',
  },
  at: '2026-11-20T12:00:00.000Z',
  noticedAt: '2026-11-20T12:00:00.000Z',
  actor: null,
  number: null,
  title: null,
  before: null,
  after: null,
  count: null,
  url: 'https://github.com/',
};

describe('what happened, in words', () => {
  it.each<[Partial<EventView>, string]>([
    [{ kind: 'commits', count: 1 }, '1 commit'],
    [{ kind: 'commits', count: 12 }, '12 commits'],
    [{ kind: 'stars', before: '10', after: '12' }, '12 stars (+2)'],
    [{ kind: 'issues', before: '2', after: '1' }, '1 open issue (−1)'],
    [{ kind: 'reviewed', number: 7, after: 'approved' }, 'Pull request #7: approved'],
    [{ kind: 'checks', number: 7, after: 'failure' }, 'Pull request #7: checks failed'],
    [{ kind: 'pull_request_merged', number: 7 }, 'Pull request #7 merged'],
    [{ kind: 'renamed', before: 'octocat/yard' }, 'Renamed, before octocat/yard'],
  ])('%j', (change, words) => {
    expect(eventWords({ ...EVENT, ...change })).toBe(words);
  });
});

describe('the heading of a day', () => {
  const now = new Date(2026, 10, 21, 9).getTime();
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();

  it('says today and yesterday by the calendar and not by the hour', () => {
    expect(dayHeading(at(21, 0), now)).toBe('Today');
    expect(dayHeading(at(20, 23), now)).toBe('Yesterday');
    expect(dayHeading(at(20, 0), now)).toBe('Yesterday');
  });

  it('names the date before that', () => {
    expect(dayHeading(at(19, 23), now)).toContain('19');
    expect(dayHeading(at(19, 23), now)).not.toContain('2026');
    expect(dayHeading(new Date(2025, 10, 19).toISOString(), now)).toContain('2025');
  });

  it('takes what comes from a clock that is ahead for today', () => {
    expect(dayHeading(at(23, 1), now)).toBe('Today');
  });
});

describe('numbers', () => {
  it('have their noun, and marks between thousands', () => {
    expect(count(1, 'repository', 'repositories')).toBe('1 repository');
    expect(count(12_345, 'repository', 'repositories')).toBe('12,345 repositories');
  });

  it('of days are dates in UTC', () => {
    expect(isoDay(0)).toBe('1970-01-01');
    expect(isoDay(20_778)).toBe('2026-11-21');
  });
});

describe('how far the fetching has come', () => {
  const account: TrackedAccountView = {
    connectionId: '4f9c1f0e-8a43-4c86-9b3a-0b6d1d1f6c11',
    host: 'github.com',
    login: 'octocat',
    state: 'syncing',
    repositories: 300,
    synced: 124,
    firstSyncDone: false,
    syncedAt: null,
    nextAt: null,
    budget: null,
    problem: null,
  };

  it('is told by repositories the first time', () => {
    expect(progressWords(account)).toBe('124 of 300 repositories fetched.');
    expect(progressWords({ ...account, state: 'listing', repositories: 0, synced: 0 })).toBe(
      'Finding out which repositories there are.',
    );
  });

  it('is told by what is left later', () => {
    expect(progressWords({ ...account, firstSyncDone: true, synced: 298 })).toBe(
      'Fetching what changed in 2 of 300 repositories.',
    );
    expect(progressWords({ ...account, firstSyncDone: true, synced: 300 })).toBe('300 repositories.');
  });
});
