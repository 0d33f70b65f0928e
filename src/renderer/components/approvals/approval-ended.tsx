import { Button, Group, Stack, Text } from '@mantine/core';
import { useLocation } from 'wouter';
import type { ApprovalView } from '../../../shared/client-views.ts';
import { APPROVAL_ENDS, type ApprovalEnd } from '../../words/approvals.ts';
import { ClientName } from '../client-name.tsx';
import { StateShape } from '../state-mark.tsx';
import { takeFocus } from '../take-focus.ts';
import classes from './approval-dialog.module.css';

/** What became of a request, in words of its own for every end. */
export function ApprovalEnded({
  end,
  approval,
  next,
  onNext,
  onClose,
}: {
  end: ApprovalEnd;
  approval: ApprovalView;
  next: ApprovalView | null;
  onNext: () => void;
  onClose: () => void;
}) {
  const [, navigate] = useLocation();
  const { shape, tone, title, text } = APPROVAL_ENDS[end];
  const showsClients = end === 'approved' || end === 'elsewhere';
  return (
    <Stack justify="space-between" className={classes.ended ?? ''}>
      <Stack align="center" gap="xs" pt="xl" role="status">
        <StateShape shape={shape} tone={tone} size={44} />
        <Text fw={600} size="lg" ta="center">
          {title}
        </Text>
        <Text ta="center" style={{ overflowWrap: 'anywhere' }}>
          <ClientName client={approval.client} />
        </Text>
        <Text c="dimmed" ta="center" maw="28rem">
          {text}
        </Text>
      </Stack>
      <Group justify="flex-end">
        {showsClients && (
          <Button
            variant="default"
            onClick={() => {
              onClose();
              navigate('/clients');
            }}
          >
            Show clients
          </Button>
        )}
        {next ? (
          <>
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button onClick={onNext} ref={takeFocus}>
              Show the next request
            </Button>
          </>
        ) : (
          <Button variant={showsClients ? 'filled' : 'default'} onClick={onClose} ref={takeFocus}>
            {end === 'approved' ? 'Done' : 'Close'}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
