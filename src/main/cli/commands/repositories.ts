import type { RepositoryView } from '../../../shared/tracking-views.ts';
import type { Command, Option } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { LIMIT, limitOf, readPages } from '../read-pages.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime, table } from '../words.ts';

const SORTS = ['name', 'pushed', 'updated', 'stars', 'forks', 'issues', 'pull_requests'] as const;
type Sort = (typeof SORTS)[number];

const options: readonly Option[] = [
  { name: 'owner', value: 'NAME', text: 'Only of this owner.' },
  { name: 'language', value: 'NAME', text: 'Only mainly in this language.' },
  { name: 'search', value: 'TEXT', text: 'Only with this in the name or the description.' },
  {
    name: 'sort',
    value: 'WHAT',
    values: SORTS,
    text: 'What they are sorted by; the last pushed to first when left out.',
  },
  LIMIT,
];

export const repositories: Command = {
  name: 'repositories',
  summary: 'Your repositories and their numbers',
  description: [
    'Lists the repositories that are tracked, with stars, open issues and pull requests. It comes from the database on this machine; nobody is asked.',
  ],
  options,
  examples: ['trackeep repositories', 'trackeep repositories --sort stars --limit 10', 'trackeep repositories --json'],

  async run(invocation) {
    const { call, json, option, terminal, clock } = invocation;
    const limit = limitOf(invocation, repositories);
    const [owner, language, search] = ['owner', 'language', 'search'].map(option);
    const sort = option('sort') as Sort | undefined;
    const { items, more } = await readPages(limit, (page) =>
      call('tracking.repositories', {
        ...page,
        ...(owner === undefined ? {} : { owner }),
        ...(language === undefined ? {} : { language }),
        ...(search === undefined ? {} : { search }),
        ...(sort === undefined ? {} : { sort }),
      }),
    );
    if (json) terminal.json({ repositories: items, more });
    else if (items.length === 0) terminal.print('No repository is tracked that fits.');
    else
      terminal.print(
        ...table(
          items.map((item) => cells(item, clock.now())),
          '',
        ),
        ...moreLine(more, terminal),
      );
    return EXIT.fine;
  },
};

function cells(view: RepositoryView, now: number): string[] {
  const { owner, name, language, stars, openIssues, openPullRequests, pushedAt, problem } = view;
  return [
    `${owner}/${name}`,
    view.private ? 'private' : 'public',
    language ?? '',
    `★ ${stars}`,
    `${openIssues} ${openIssues === 1 ? 'issue' : 'issues'}`,
    `${openPullRequests} ${openPullRequests === 1 ? 'pull request' : 'pull requests'}`,
    problem !== null ? `▲ ${problem.message}` : pushedAt === null ? 'empty' : `pushed ${relativeTime(pushedAt, now)}`,
  ];
}

/** Says that there is more than is shown. */
export function moreLine(more: boolean, { dim }: Pick<Terminal, 'dim'>): string[] {
  return more ? [dim('There is more: see --limit.')] : [];
}
