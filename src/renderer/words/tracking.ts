import { DAY_MS } from '../../shared/durations.ts';
import type {
  EventKind,
  EventView,
  PullRequestView,
  TrackedAccountView,
  TrackingState,
} from '../../shared/tracking-views.ts';
import type { StateWords } from './states.ts';

/** A number with its noun: "1 star", "1,200 stars". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** A day of the views as a date of the calendar. @param day days since the epoch */
export function dayOf(day: number): Date {
  return new Date(day * DAY_MS);
}

/** "2026-11-21". */
export function isoDay(day: number): string {
  return dayOf(day).toISOString().slice(0, 10);
}

/** "Sat, 21 Nov 2026" in the person's own way of writing; days of the views are days in UTC. */
export function dayInWords(day: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(dayOf(day));
}

/** The heading over what happened on one day of the person's calendar: "Today", "Yesterday", or its date. */
export function dayHeading(iso: string, now: number): string {
  const at = new Date(iso);
  const distance = startOfDay(new Date(now)) - startOfDay(at);
  if (distance <= 0) return 'Today';
  if (distance < 1.5 * DAY_MS) return 'Yesterday';
  const sameYear = at.getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** The kinds that people choose by. */
export const EVENT_GROUPS = [
  { value: 'all', label: 'Everything', kinds: undefined },
  { value: 'commits', label: 'Commits', kinds: ['commits'] },
  {
    value: 'pull_requests',
    label: 'Pull requests',
    kinds: [
      'pull_request_opened',
      'pull_request_ready',
      'review_requested',
      'reviewed',
      'checks',
      'pull_request_merged',
      'pull_request_closed',
      'pull_request_reopened',
    ],
  },
  { value: 'releases', label: 'Releases', kinds: ['release'] },
  {
    value: 'branches',
    label: 'Branches',
    kinds: ['branch_created', 'branch_moved', 'branch_forced', 'branch_deleted', 'default_branch'],
  },
  { value: 'numbers', label: 'Stars and issues', kinds: ['stars', 'forks', 'watchers', 'issues'] },
  { value: 'repositories', label: 'Repositories', kinds: ['renamed', 'archived', 'visibility', 'gone', 'back'] },
] as const satisfies readonly { value: string; label: string; kinds: readonly EventKind[] | undefined }[];
export type EventGroup = (typeof EVENT_GROUPS)[number]['value'];

/** What happened, in a few words; the title of what it happened to stands beside. */
export function eventWords(event: EventView): string {
  const { kind, number, before, after, count: many, title } = event;
  const pull = `Pull request #${number}`;
  switch (kind) {
    case 'commits':
      return count(many ?? 0, 'commit');
    case 'branch_created':
      return 'New branch';
    case 'branch_moved':
      return 'Branch moved on';
    case 'branch_forced':
      return 'Branch rewritten';
    case 'branch_deleted':
      return 'Branch deleted';
    case 'pull_request_opened':
      return `${pull} opened`;
    case 'pull_request_ready':
      return `${pull} is ready for review`;
    case 'review_requested':
      return `${pull}: review asked for`;
    case 'reviewed':
      return `${pull}: ${REVIEWS[after ?? ''] ?? 'reviewed'}`;
    case 'checks':
      return `${pull}: ${CHECKS_WORDS[after ?? ''] ?? 'no checks any more'}`;
    case 'pull_request_merged':
      return `${pull} merged`;
    case 'pull_request_closed':
      return `${pull} closed`;
    case 'pull_request_reopened':
      return `${pull} opened again`;
    case 'release':
      return 'Released';
    case 'stars':
      return changed(before, after, 'star');
    case 'forks':
      return changed(before, after, 'fork');
    case 'watchers':
      return changed(before, after, 'watcher');
    case 'issues':
      return changed(before, after, 'open issue');
    case 'renamed':
      return `Renamed, before ${before}`;
    case 'archived':
      return after === 'true' ? 'Archived' : 'No longer archived';
    case 'visibility':
      return after === 'private' ? 'Made private' : 'Made public';
    case 'default_branch':
      return `Default branch is now ${after ?? title}`;
    case 'gone':
      return 'Not to be seen any more';
    case 'back':
      return 'Here again';
  }
}

function changed(before: string | null, after: string | null, noun: string): string {
  const now = Number(after);
  const difference = now - Number(before);
  const sign = difference > 0 ? '+' : '−';
  return `${count(now, noun)} (${sign}${Math.abs(difference).toLocaleString('en')})`;
}

const REVIEWS: Readonly<Record<string, string>> = {
  approved: 'approved',
  changes_requested: 'changes asked for',
  review_required: 'a review is needed',
};

const CHECKS_WORDS: Readonly<Record<string, string>> = {
  success: 'checks passed',
  failure: 'checks failed',
  pending: 'checks are running',
};

export const PULL_REQUEST_STATES: Record<PullRequestView['state'] | 'draft', StateWords> = {
  open: { word: 'Open', shape: 'dot', tone: 'good' },
  draft: { word: 'Draft', shape: 'dot', tone: 'waiting' },
  merged: { word: 'Merged', shape: 'check', tone: 'working' },
  closed: { word: 'Closed', shape: 'cross', tone: 'waiting' },
};

export const REVIEW_STATES: Record<NonNullable<PullRequestView['review']>, StateWords> = {
  approved: { word: 'Approved', shape: 'check', tone: 'good' },
  changes_requested: { word: 'Changes asked for', shape: 'triangle', tone: 'warning' },
  review_required: { word: 'Needs a review', shape: 'question', tone: 'waiting' },
};

export const CHECKS_STATES: Record<NonNullable<PullRequestView['checks']>, StateWords> = {
  success: { word: 'Checks passed', shape: 'check', tone: 'good' },
  failure: { word: 'Checks failed', shape: 'cross', tone: 'bad' },
  pending: { word: 'Checks running', shape: 'turning', tone: 'working' },
};

/** Why a pull request waits for the person. */
export const WAITS_FOR: Record<NonNullable<PullRequestView['waitsFor']>, string> = {
  review: 'Your review is asked for',
  changes: 'Changes are asked of you',
  conflicts: 'It has conflicts to settle',
  checks: 'Its checks failed',
  merge: 'Ready to be merged',
};

export const TRACKING_STATES: Record<TrackingState, StateWords> = {
  waiting: { word: 'Waiting', shape: 'dot', tone: 'waiting' },
  listing: { word: 'Looking', shape: 'turning', tone: 'working' },
  syncing: { word: 'Fetching', shape: 'turning', tone: 'working' },
  current: { word: 'Up to date', shape: 'check', tone: 'good' },
  limited: { word: 'Waits for GitHub', shape: 'pause', tone: 'waiting' },
  paused: { word: 'Paused', shape: 'pause', tone: 'waiting' },
  problem: { word: 'Held up', shape: 'triangle', tone: 'warning' },
};

/** How far an account's tracking has come, in one sentence. */
export function progressWords({ state, synced, repositories, firstSyncDone }: TrackedAccountView): string {
  if (state === 'listing' && repositories === 0) return 'Finding out which repositories there are.';
  const all = count(repositories, 'repository', 'repositories');
  if (synced >= repositories) return `${all}.`;
  return firstSyncDone
    ? `Fetching what changed in ${repositories - synced} of ${all}.`
    : `${synced.toLocaleString('en')} of ${all} fetched.`;
}
