import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { useEffect, useId, useState } from 'react';
import type { ApprovalView } from '../../../shared/client-views.ts';
import type { ErrorView } from '../../../shared/errors.ts';
import { useApprovalNumbers } from '../../data/app-link.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { StateShape } from '../state-mark.tsx';
import classes from './approval-dialog.module.css';
import { TimeLeft } from './time-left.tsx';

/**
 * How long the numbers take no click after they came up, ms. The dialog opens by itself, perhaps just where the person
 * was about to click.
 */
const SETTLING_MS = 700;

/** The three numbers, of which the right one approves, and Deny, which is never further away than they are. */
export function ApprovalAnswer({
  approval,
  wrong,
  pending,
  refused,
  onChoose,
  onDeny,
}: {
  approval: ApprovalView;
  /** The numbers that were chosen and are not the one. */
  wrong: readonly number[];
  pending: boolean;
  /** What the last answer met. */
  refused: ErrorView | null;
  onChoose: (number: number) => void;
  onDeny: () => void;
}) {
  const numbers = useApprovalNumbers(approval.id);
  const settled = useSettled();
  const id = useId();
  const closed = pending || !settled;
  const warned = wrong.length > 0 || approval.triesLeft === 1;
  const trouble = refused?.code === 'number_wrong' ? null : (refused ?? numbers.error?.view ?? null);
  return (
    <section className={classes.answer} aria-label="Your answer">
      <Stack gap="sm">
        <Text id={id} fw={600} inherit>
          Choose the number that stands on the page in your browser
        </Text>
        <fieldset aria-labelledby={id} aria-describedby={`${id}-said`} className={classes.numbers}>
          {numbers.data?.map((number) => {
            const excluded = wrong.includes(number);
            return (
              <Button
                key={number}
                variant="default"
                className={classes.number ?? ''}
                // Not `disabled`, which would drop the focus.
                aria-disabled={closed || excluded}
                {...(excluded ? { 'data-disabled': true } : {})}
                onClick={() => !closed && !excluded && onChoose(number)}
              >
                {number}
              </Button>
            );
          }) ?? ['left', 'middle', 'right'].map((place) => <Skeleton key={place} className={classes.number} />)}
        </fieldset>
        <div id={`${id}-said`} className={classes.said}>
          <div role="alert">
            {warned && (
              <Text size="sm" fw={600} className={classes.warning ?? ''}>
                <StateShape shape="triangle" tone="warning" />
                <span>
                  {wrong.length > 0 ? 'That was not the number.' : 'A wrong number was chosen before.'} You have one
                  more try; then it is denied.
                </span>
              </Text>
            )}
          </div>
          {!warned && (
            <Text size="sm" c="dimmed">
              The right one allows it at once.
            </Text>
          )}
        </div>
        {trouble && (
          <ErrorNotice error={trouble} onRetry={() => void numbers.refetch()} retrying={numbers.isFetching} />
        )}
      </Stack>
      <Stack gap="xs">
        <Button
          variant="default"
          fullWidth
          className={classes.deny ?? ''}
          aria-disabled={pending}
          onClick={() => !pending && onDeny()}
        >
          Deny
        </Button>
        <Text size="sm" c="dimmed">
          You see no such page, or did not begin this yourself? Deny.
        </Text>
        <Text size="sm" c="dimmed">
          <TimeLeft until={approval.expiresAt} />, then it gets nothing.
        </Text>
      </Stack>
    </section>
  );
}

/** Whether what has just come up has been there for a moment. */
function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SETTLING_MS);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}
