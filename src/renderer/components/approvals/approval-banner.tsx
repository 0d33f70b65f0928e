import { Button, Group, Paper, Text } from '@mantine/core';
import { useLocation } from 'wouter';
import { useLinkState, useView } from '../../data/app-link.tsx';
import classes from '../banners.module.css';
import { ClientName } from '../client-name.tsx';
import { StateShape } from '../state-mark.tsx';
import { useApprovalDialog } from './approval-context.ts';
import { TimeLeft } from './time-left.tsx';

/**
 * Says over every other page that a program waits, where the dialog does not say it: because the person was typing, or
 * has closed it.
 */
export function ApprovalBanner() {
  const waiting = useView('approvals.list').data ?? [];
  const { opened, show } = useApprovalDialog();
  const [location] = useLocation();
  const linked = useLinkState() === 'open';
  const [first] = waiting;
  return (
    <div role="status" className={classes.link}>
      {first && linked && !opened && location !== '/approvals' && (
        <Paper shadow="md" withBorder px="lg" py="sm" className={classes.body ?? ''}>
          <Group gap="md" justify="space-between">
            <Group gap="sm" wrap="nowrap">
              <StateShape shape="triangle" tone="warning" size={20} />
              <div>
                <Text fw={600}>
                  {waiting.length === 1 ? 'A program asks for access' : `${waiting.length} programs ask for access`}
                </Text>
                <Text size="sm" c="dimmed">
                  <ClientName client={first.client} />, <TimeLeft until={first.expiresAt} />
                </Text>
              </div>
            </Group>
            <Button onClick={() => show(first)}>Look at it</Button>
          </Group>
        </Paper>
      )}
    </div>
  );
}
