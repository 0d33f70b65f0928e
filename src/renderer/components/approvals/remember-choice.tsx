import { SegmentedControl, Text } from '@mantine/core';
import { useId } from 'react';
import type { ApprovalView } from '../../../shared/client-views.ts';
import { REMEMBER } from '../../words/approvals.ts';
import { hasSensitive } from '../../words/clients.ts';
import { clockTime } from '../../words/times.ts';
import { useNow } from '../use-now.ts';
import classes from './approval-dialog.module.css';

/** For how long the same request is answered without asking. Nothing is remembered unless the person chooses it. */
export function RememberChoice({
  approval,
  value,
  onChange,
}: {
  approval: ApprovalView;
  value: number | null;
  onChange: (ms: number | null) => void;
}) {
  const id = useId();
  const now = useNow(30_000);
  return (
    <div>
      <Text id={id} fw={600} size="sm" mb={6}>
        Remember this answer
      </Text>
      <SegmentedControl
        aria-labelledby={id}
        fullWidth
        classNames={{ root: classes.options ?? '', control: classes.option ?? '', label: classes.optionLabel ?? '' }}
        value={String(value)}
        onChange={(chosen) => onChange(chosen === 'null' ? null : Number(chosen))}
        data={REMEMBER.map(({ label, ms }) => ({ value: String(ms), label }))}
      />
      <Text size="sm" c="dimmed" mt={6} className={classes.consequence ?? ''} aria-live="polite">
        {value === null
          ? 'If it asks again, you are asked again.'
          : `Until ${clockTime(new Date(now + value).toISOString(), now)} it gets the same again without asking${hasSensitive(approval.scopes) ? ', what is sensitive included' : ''}.`}
      </Text>
    </div>
  );
}
