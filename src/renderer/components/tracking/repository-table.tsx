import { Badge, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconBellOff, IconLock } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { Input } from '../../../shared/contract.ts';
import type { RepositoryView } from '../../../shared/tracking-views.ts';
import { count } from '../../words/tracking.ts';
import { Time } from '../time.tsx';
import classes from './repository-table.module.css';
import { Sparkline } from './sparkline.tsx';
import { VirtualRows } from './virtual-rows.tsx';

export type RepositorySort = NonNullable<Input<'tracking.repositories'>['sort']>;
export interface Sorting {
  sort: RepositorySort;
  direction: 'asc' | 'desc';
}

/** The ways to sort, for where there is no room for their columns. */
export const SORTS: readonly { sort: RepositorySort; label: string; first: Sorting['direction'] }[] = [
  { sort: 'pushed', label: 'Last push', first: 'desc' },
  { sort: 'name', label: 'Name', first: 'asc' },
  { sort: 'stars', label: 'Most stars', first: 'desc' },
  { sort: 'forks', label: 'Most forks', first: 'desc' },
  { sort: 'issues', label: 'Most open issues', first: 'desc' },
  { sort: 'pull_requests', label: 'Most pull requests', first: 'desc' },
];

/** The columns, and the way that each is sorted first. */
const COLUMNS: readonly { sort: RepositorySort; label: string; first: 'asc' | 'desc'; className: string }[] = [
  { sort: 'name', label: 'Name', first: 'asc', className: classes.name ?? '' },
  { sort: 'stars', label: 'Stars', first: 'desc', className: classes.number ?? '' },
  { sort: 'issues', label: 'Issues', first: 'desc', className: classes.number ?? '' },
  { sort: 'pull_requests', label: 'Pull requests', first: 'desc', className: classes.number ?? '' },
  { sort: 'pushed', label: 'Last push', first: 'desc', className: classes.when ?? '' },
];

/** The table of repositories, sorted by its headings. */
export function RepositoryTable({
  repositories,
  total,
  sorting,
  onSort,
  onEnd,
}: {
  repositories: readonly RepositoryView[];
  total: number;
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
  onEnd: () => void;
}) {
  return (
    <table aria-label="Repositories" aria-rowcount={total + 1} className={classes.table} data-sort={sorting.sort}>
      <thead className={classes.block}>
        <tr aria-rowindex={1} className={`${classes.cells} ${classes.head}`}>
          {COLUMNS.map(({ sort, label, first, className }) => {
            const active = sorting.sort === sort;
            return (
              <th
                key={sort}
                scope="col"
                aria-sort={active ? (sorting.direction === 'asc' ? 'ascending' : 'descending') : 'none'}
                className={className}
              >
                <UnstyledButton
                  className={classes.sort ?? ''}
                  onClick={() =>
                    onSort({ sort, direction: active ? (sorting.direction === 'asc' ? 'desc' : 'asc') : first })
                  }
                >
                  {label}
                  {active &&
                    (sorting.direction === 'asc' ? (
                      <IconArrowUp size={14} aria-hidden />
                    ) : (
                      <IconArrowDown size={14} aria-hidden />
                    ))}
                </UnstyledButton>
              </th>
            );
          })}
          <th scope="col" className={classes.weeks}>
            <span className={classes.plain}>Half a year</span>
          </th>
        </tr>
      </thead>
      <VirtualRows
        items={repositories}
        keyOf={({ id }) => id}
        estimate={64}
        as="table"
        rowClassName={`${classes.cells} ${classes.row}`}
        onEnd={onEnd}
      >
        {(repository) => <RepositoryRow repository={repository} />}
      </VirtualRows>
    </table>
  );
}

function RepositoryRow({ repository }: { repository: RepositoryView }) {
  const { id, owner, name, description, stars, starsTrend, openIssues, openPullRequests, pushedAt } = repository;
  const commits = repository.commitsByWeek.reduce((sum, week) => sum + week, 0);
  return (
    <>
      <td className={classes.name}>
        <Link href={`/repositories/${id}`} className={classes.link ?? ''} dir="auto">
          <span className={classes.owner}>{owner}/</span>
          {name}
        </Link>
        <Marks repository={repository} />
        <Text size="sm" c="dimmed" lineClamp={1} dir="auto">
          {description ?? '\u00a0'}
        </Text>
      </td>
      <td className={classes.number}>
        {stars.toLocaleString('en')}
        {starsTrend !== 0 && (
          <span className={classes.trend}>
            <span aria-hidden="true">
              {starsTrend > 0 ? '+' : '−'}
              {Math.abs(starsTrend).toLocaleString('en')}
            </span>
            <VisuallyHidden>
              {' '}
              ({count(Math.abs(starsTrend), 'star')} {starsTrend > 0 ? 'more' : 'less'} in 30 days)
            </VisuallyHidden>
          </span>
        )}
      </td>
      <td className={classes.number}>{openIssues.toLocaleString('en')}</td>
      <td className={classes.number}>{openPullRequests.toLocaleString('en')}</td>
      <td className={classes.when}>{pushedAt === null ? 'empty' : <Time iso={pushedAt} />}</td>
      <td className={classes.weeks}>
        <Sparkline values={repository.commitsByWeek} label={`${count(commits, 'commit')} in half a year`} />
      </td>
    </>
  );
}

/** What sets a repository apart from the usual one. */
function Marks({ repository: { private: hidden, fork, archived, state, muted } }: { repository: RepositoryView }) {
  return (
    <span className={classes.marks}>
      {hidden && (
        <>
          <IconLock size={14} aria-hidden />
          <VisuallyHidden>private</VisuallyHidden>
        </>
      )}
      {muted && (
        <>
          <IconBellOff size={14} aria-hidden />
          <VisuallyHidden>muted</VisuallyHidden>
        </>
      )}
      {state === 'gone' && <Mark>gone</Mark>}
      {state === 'left_out' && <Mark>left out</Mark>}
      {archived && <Mark>archived</Mark>}
      {fork && <Mark>fork</Mark>}
    </span>
  );
}

function Mark({ children }: { children: string }) {
  return (
    <Badge variant="default" size="sm" tt="none" fw={500}>
      {children}
    </Badge>
  );
}
