import { Text } from '@mantine/core';
import {
  IconAlertCircle,
  IconArchive,
  IconChecks,
  IconEye,
  IconGitBranch,
  IconGitCommit,
  IconGitFork,
  IconGitMerge,
  IconGitPullRequest,
  IconGitPullRequestClosed,
  IconMessageCircle,
  IconPencil,
  IconStar,
  IconTag,
} from '@tabler/icons-react';
import { Link } from 'wouter';
import type { EventKind, EventView } from '../../../shared/tracking-views.ts';
import { eventWords } from '../../words/tracking.ts';
import { OutsideTitle } from '../external-link.tsx';
import { Time } from '../time.tsx';
import classes from './row.module.css';

const ICONS: Record<EventKind, typeof IconStar> = {
  commits: IconGitCommit,
  branch_created: IconGitBranch,
  branch_moved: IconGitBranch,
  branch_forced: IconGitBranch,
  branch_deleted: IconGitBranch,
  default_branch: IconGitBranch,
  pull_request_opened: IconGitPullRequest,
  pull_request_ready: IconGitPullRequest,
  pull_request_reopened: IconGitPullRequest,
  pull_request_merged: IconGitMerge,
  pull_request_closed: IconGitPullRequestClosed,
  review_requested: IconMessageCircle,
  reviewed: IconMessageCircle,
  checks: IconChecks,
  release: IconTag,
  stars: IconStar,
  forks: IconGitFork,
  watchers: IconEye,
  issues: IconAlertCircle,
  renamed: IconPencil,
  archived: IconArchive,
  visibility: IconEye,
  gone: IconArchive,
  back: IconArchive,
};

/** One thing that happened. A click leads to GitHub, the repository's name to its own page here. */
export function EventRow({ event, named }: { event: EventView; named: boolean }) {
  const { kind, repository, at, actor, title, url } = event;
  const Icon = ICONS[kind];
  return (
    <article className={classes.row}>
      <Icon size={18} stroke={1.6} aria-hidden className={classes.icon} />
      <div className={classes.words}>
        <OutsideTitle href={url}>
          {eventWords(event)}
          {title !== null && (
            <>
              : <bdi>{title}</bdi>
            </>
          )}
        </OutsideTitle>
        <Text size="sm" c="dimmed" component="div">
          {named && (
            <Link href={`/repositories/${repository.id}`} className={classes.repository ?? ''}>
              <bdi>
                {repository.owner}/{repository.name}
              </bdi>
            </Link>
          )}
          {actor !== null && (
            <>
              {named && ', '}by <bdi>{actor}</bdi>
            </>
          )}
        </Text>
      </div>
      <Text size="sm" c="dimmed" className={classes.when ?? ''}>
        <Time iso={at} />
      </Text>
    </article>
  );
}
