import type { PullRequestView } from '../../../shared/tracking-views.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { usage } from '../parse.ts';
import { LIMIT, limitOf, readPages } from '../read-pages.ts';
import { relativeTime, table } from '../words.ts';
import { moreLine } from './repositories.ts';

const VIEWS = ['waiting', 'mine', 'merged', 'all'] as const;
type View = (typeof VIEWS)[number];

const NOTHING: Record<View, string> = {
  waiting: 'No pull request waits for you.',
  mine: 'You have no open pull requests.',
  merged: 'No pull request was merged.',
  all: 'There are no pull requests.',
};

/** What the person can do about it. */
const WAITS_FOR: Record<NonNullable<PullRequestView['waitsFor']>, string> = {
  review: '▲ review it',
  changes: '▲ change what was asked',
  conflicts: '▲ resolve conflicts',
  checks: '▲ checks failed',
  merge: '● merge it',
};

export const pulls: Command = {
  name: 'pulls',
  summary: 'Pull requests that wait for you, or are yours',
  description: [
    'Lists pull requests of the repositories that are tracked; those that wait for you when nothing else is asked for: your review is wanted, or one of yours needs changes, has conflicts or failed checks, or can be merged. It comes from the database on this machine; nobody is asked.',
  ],
  options: [
    { name: 'waiting', text: 'Those that wait for you.' },
    { name: 'mine', text: 'Open ones of yours.' },
    { name: 'merged', text: 'The last that were merged.' },
    { name: 'all', text: 'All, the last updated first.' },
    { name: 'search', value: 'TEXT', text: 'Only with this in the title.' },
    LIMIT,
  ],
  examples: ['trackeep pulls', 'trackeep pulls --mine', 'trackeep pulls --merged --limit 5 --json'],

  async run(invocation) {
    const { call, has, json, option, terminal, clock } = invocation;
    const limit = limitOf(invocation, pulls);
    const chosen = VIEWS.filter(has);
    if (chosen.length > 1) throw usage(`Choose one of ${VIEWS.map((name) => `--${name}`).join(', ')}.`, pulls);
    const [view = 'waiting'] = chosen;
    const search = option('search');
    const { items, more } = await readPages(limit, (page) =>
      call('tracking.pullRequests', { ...page, view, ...(search === undefined ? {} : { search }) }),
    );
    if (json) terminal.json({ pullRequests: items, more });
    else if (items.length === 0) terminal.print(NOTHING[view]);
    else {
      const rows = items.map((pull) => [
        `${pull.repository.owner}/${pull.repository.name} #${pull.number}`,
        standing(pull),
        relativeTime(pull.mergedAt ?? pull.updatedAt, clock.now()),
        pull.title,
      ]);
      terminal.print(...table(rows, ''), ...moreLine(more, terminal));
    }
    return EXIT.fine;
  },
};

function standing({ state, draft, waitsFor }: PullRequestView): string {
  if (waitsFor !== null) return WAITS_FOR[waitsFor];
  return draft && state === 'open' ? 'draft' : state;
}
