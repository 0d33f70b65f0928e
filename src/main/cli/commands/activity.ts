import type { EventView } from '../../../shared/tracking-views.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { usage } from '../parse.ts';
import { LIMIT, limitOf, readPages } from '../read-pages.ts';
import { relativeTime, table } from '../words.ts';
import { moreLine } from './repositories.ts';

export const activity: Command = {
  name: 'activity',
  summary: 'What happened in your repositories',
  description: [
    'Shows what happened in the repositories that are tracked, the latest first: a day’s commits, pull requests, releases, branches, and numbers that changed. It comes from the database on this machine; nobody is asked.',
  ],
  options: [
    { name: 'owner', value: 'NAME', text: 'Only in repositories of this owner.' },
    { name: 'search', value: 'TEXT', text: 'Only with this in a title, a name, or who did it.' },
    { name: 'since', value: 'DAY', text: 'From this day on, such as 2026-11-01.' },
    LIMIT,
  ],
  examples: ['trackeep activity', 'trackeep activity --owner octocat --since 2026-11-01 --json'],

  async run(invocation) {
    const { call, json, option, terminal, clock } = invocation;
    const limit = limitOf(invocation, activity);
    const [owner, search, since] = ['owner', 'search', 'since'].map(option);
    if (since !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(since) || Number.isNaN(Date.parse(since)))) {
      throw usage('--since is a day, such as 2026-11-01.', activity);
    }
    const { items, more } = await readPages(limit, (page) =>
      call('tracking.activity', {
        ...page,
        ...(owner === undefined ? {} : { owner }),
        ...(search === undefined ? {} : { search }),
        ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
      }),
    );
    if (json) terminal.json({ events: items, more });
    else if (items.length === 0) terminal.print('Nothing is known to have happened.');
    else {
      const rows = items.map((event) => [
        relativeTime(event.at, clock.now()),
        `${event.repository.owner}/${event.repository.name}`,
        eventWords(event),
        event.title ?? '',
      ]);
      terminal.print(...table(rows, ''), ...moreLine(more, terminal));
    }
    return EXIT.fine;
  },
};

/** What happened, in a few words; a title stands beside. */
export function eventWords({ kind, number, before, after, count, actor }: EventView): string {
  const by = actor === null ? '' : ` by ${actor}`;
  switch (kind) {
    case 'commits':
      return `${count === 1 ? '1 commit' : `${count ?? 0} commits`}${by}`;
    case 'reviewed':
      return `#${number} ${words(after ?? 'reviewed')}`;
    case 'checks':
      return `#${number} checks: ${after ?? 'none'}`;
    case 'review_requested':
      return `#${number} review asked of ${after ?? 'somebody'}`;
    case 'pull_request_opened':
    case 'pull_request_ready':
    case 'pull_request_merged':
    case 'pull_request_closed':
    case 'pull_request_reopened':
      return `#${number} ${kind.slice('pull_request_'.length)}${by}`;
    case 'release':
      return `released ${after ?? ''}`.trim();
    case 'stars':
    case 'forks':
    case 'watchers':
    case 'issues':
      return `${kind} ${before ?? '?'} → ${after ?? '?'}`;
    case 'renamed':
      return `renamed, before ${before}`;
    case 'archived':
      return after === 'true' ? 'archived' : 'no longer archived';
    case 'visibility':
      return `made ${after}`;
    case 'default_branch':
      return `default branch is now ${after}`;
    case 'gone':
      return 'not to be seen any more';
    case 'back':
      return 'here again';
    default:
      return words(kind);
  }
}

function words(name: string): string {
  return name.replaceAll('_', ' ');
}
