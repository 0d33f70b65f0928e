import { Text, VisuallyHidden } from '@mantine/core';
import { IconGitBranch } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { PullRequestView } from '../../../shared/tracking-views.ts';
import { CHECKS_STATES, count, PULL_REQUEST_STATES, REVIEW_STATES, WAITS_FOR } from '../../words/tracking.ts';
import { OutsideTitle } from '../external-link.tsx';
import { StateMark, StateShape } from '../state-mark.tsx';
import { Time } from '../time.tsx';
import classes from './pull-request-row.module.css';

/**
 * One pull request: what it is, how it stands, and why it waits. A click leads to GitHub.
 *
 * @param named whether to say which repository it is of
 */
export function PullRequestRow({ pull, named }: { pull: PullRequestView; named: boolean }) {
  const state = pull.draft && pull.state === 'open' ? 'draft' : pull.state;
  return (
    <article className={classes.row}>
      <div className={classes.shape}>
        <StateShape {...PULL_REQUEST_STATES[state]} size={20} />
        <VisuallyHidden>{PULL_REQUEST_STATES[state].word}</VisuallyHidden>
      </div>
      <div className={classes.words}>
        <OutsideTitle href={pull.url}>{pull.title}</OutsideTitle>
        <Text size="sm" c="dimmed" component="div">
          {named && (
            <Link href={`/repositories/${pull.repository.id}`} className={classes.repository ?? ''}>
              <bdi>
                {pull.repository.owner}/{pull.repository.name}
              </bdi>
            </Link>
          )}
          {named && ' '}#{pull.number} by <bdi>{pull.author ?? 'an account that is gone'}</bdi>
          {', '}
          <When pull={pull} />
        </Text>
        <Text size="sm" c="dimmed" component="div" className={classes.branches}>
          <IconGitBranch size={14} aria-hidden />
          <VisuallyHidden>from</VisuallyHidden>
          <bdi>{pull.headRef}</bdi> into <bdi>{pull.baseRef}</bdi>
          {pull.additions !== null && pull.deletions !== null && (
            <span className={classes.size}>
              +{pull.additions.toLocaleString('en')} −{pull.deletions.toLocaleString('en')}
              <VisuallyHidden> lines</VisuallyHidden>
            </span>
          )}
        </Text>
      </div>
      {pull.state === 'open' && (
        <div className={classes.states}>
          {pull.waitsFor !== null && <span className={classes.waits}>{WAITS_FOR[pull.waitsFor]}</span>}
          <Marks pull={pull} />
        </div>
      )}
    </article>
  );
}

/** How an open one stands. What it waits for is said already. */
function Marks({ pull: { waitsFor, review, checks, mergeable, reviewers } }: { pull: PullRequestView }) {
  return (
    <>
      {review !== null && !(review === 'review_required' ? waitsFor === 'review' : waitsFor === 'changes') && (
        <StateMark {...REVIEW_STATES[review]} size={16} />
      )}
      {checks !== null && waitsFor !== 'checks' && <StateMark {...CHECKS_STATES[checks]} size={16} />}
      {mergeable === 'conflicting' && waitsFor !== 'conflicts' && (
        <StateMark word="Conflicts" shape="triangle" tone="warning" size={16} />
      )}
      {reviewers.length > 0 && waitsFor !== 'review' && (
        <Text size="sm" c="dimmed">
          {count(reviewers.length, 'reviewer')} asked
        </Text>
      )}
    </>
  );
}

function When({ pull }: { pull: PullRequestView }) {
  if (pull.mergedAt !== null) {
    return (
      <>
        merged <Time iso={pull.mergedAt} />
      </>
    );
  }
  if (pull.closedAt !== null) {
    return (
      <>
        closed <Time iso={pull.closedAt} />
      </>
    );
  }
  return (
    <>
      updated <Time iso={pull.updatedAt} />
    </>
  );
}
