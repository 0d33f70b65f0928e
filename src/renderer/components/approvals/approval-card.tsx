import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useId } from 'react';
import type { ApprovalView } from '../../../shared/client-views.ts';
import { useCommand } from '../../data/app-link.tsx';
import { ClientName } from '../client-name.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { useApprovalDialog } from './approval-context.ts';
import { RequestedScopes, Requester, RequestFacts } from './request-parts.tsx';
import { TimeLeft } from './time-left.tsx';

/** One request that waits. Denying can be done here; allowing needs the numbers, which the dialog has. */
export function ApprovalCard({ approval }: { approval: ApprovalView }) {
  const deny = useCommand('approvals.deny');
  const { show } = useApprovalDialog();
  const id = useId();
  const { client } = approval;
  const run = () => deny.mutate({ id: approval.id });
  return (
    <Paper component="article" withBorder p="lg" aria-labelledby={id} style={{ borderColor: 'var(--quiet-border)' }}>
      <Stack>
        <Group justify="space-between" align="flex-start" gap="sm">
          <Requester client={client}>
            <Title order={2} id={id}>
              <ClientName client={client} />
            </Title>
          </Requester>
          <Text fw={500}>
            <TimeLeft until={approval.expiresAt} />
          </Text>
        </Group>
        <RequestedScopes approval={approval} />
        <RequestFacts approval={approval} />
        {deny.error && <ErrorNotice error={deny.error.view} onRetry={run} retrying={deny.isPending} />}
        <Group gap="xs">
          <Button onClick={() => show(approval)}>Choose the number…</Button>
          <Button variant="default" onClick={run} loading={deny.isPending}>
            Deny
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
