import type { TrackingChoice, TrackingNotices } from '../../../shared/tracking-views.ts';
import type { Setting } from './settings.ts';

const YES = ['on', 'true', 'yes'];
const NO = ['off', 'false', 'no'];

/** How the notices are spelled on the command line. */
const NOTICES: Readonly<Record<string, keyof TrackingNotices>> = {
  reviews: 'reviewRequested',
  reviewed: 'reviewed',
  checks: 'checksFailed',
  merged: 'merged',
  releases: 'releases',
};

const list = (text: string) => (text === 'none' ? [] : text.split(',').map((part) => part.trim()));

function onOff(text: string): boolean | undefined {
  return YES.includes(text) ? true : NO.includes(text) ? false : undefined;
}

/** A part of the choice: the rest of it stays as it is. */
function choice<K extends keyof TrackingChoice>(
  key: K,
  meaning: string,
  read: (text: string) => TrackingChoice[K] | undefined,
  show: (value: TrackingChoice[K]) => string,
): Setting {
  return {
    key: 'tracking',
    meaning,
    read(text, current) {
      const value = read(text);
      if (value === undefined) return undefined;
      return current().then(({ tracking }) => ({ tracking: { choice: { ...tracking.choice, [key]: value } } }));
    },
    show: ({ tracking }) => show(tracking.choice[key]),
  };
}

const shownList = (names: string[]) => names.join(',') || 'none';
const shownSwitch = (on: boolean) => (on ? 'on' : 'off');

/** The settings about the person's repositories. */
export const TRACKING_SETTINGS: Readonly<Record<string, Setting>> = {
  'tracking-from': choice(
    'from',
    'Which repositories are tracked: all that you own or work on, or those that you starred; all or starred.',
    (text) => (text === 'all' || text === 'starred' ? text : undefined),
    (from) => from,
  ),
  'tracking-owners': choice(
    'owners',
    'Only those of these owners, separated by commas; none: of all.',
    list,
    shownList,
  ),
  'tracking-topics': choice('topics', 'Only those with one of these topics; none: with any.', list, shownList),
  'tracking-archived': choice('archived', 'Archived ones, too: on or off.', onOff, shownSwitch),
  'tracking-forks': choice('forks', 'Forks, too: on or off.', onOff, shownSwitch),
  'tracking-keep-days': {
    key: 'tracking',
    meaning:
      'How many days commits, closed pull requests and events are kept, 30 or more; none: as long as there is room.',
    read(text) {
      if (text === 'none') return { tracking: { keepDays: null } };
      return /^\d{1,6}$/.test(text) ? { tracking: { keepDays: Number(text) } } : undefined;
    },
    show: ({ tracking }) => String(tracking.keepDays ?? 'none'),
  },
  'tracking-notices': {
    key: 'tracking',
    meaning: `What you are notified of, separated by commas: ${Object.keys(NOTICES).join(', ')}; none is nothing.`,
    read(text) {
      const wanted = list(text);
      if (wanted.some((name) => !Object.hasOwn(NOTICES, name))) return undefined;
      const notices = Object.fromEntries(Object.entries(NOTICES).map(([name, key]) => [key, wanted.includes(name)]));
      return { tracking: { notices: notices as TrackingNotices } };
    },
    show: ({ tracking }) =>
      shownList(Object.entries(NOTICES).flatMap(([name, key]) => (tracking.notices[key] ? [name] : []))),
  },
  'webhook-channel': {
    key: 'tracking',
    meaning: 'The address of a smee.io channel that passes webhooks on; none is none.',
    read: (text) => ({ tracking: { webhookChannel: text === 'none' ? null : text } }),
    show: ({ tracking }) => tracking.webhookChannel ?? 'none',
  },
};
