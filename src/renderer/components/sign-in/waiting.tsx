import { Button, Group, Loader, Text } from '@mantine/core';
import type { FlowView } from '../../../shared/connection-views.ts';
import { countdown } from '../../words/times.ts';
import { useNow } from '../use-now.ts';

export interface WaitingProps {
  flow: FlowView;
  /** The provider's name. */
  name: string;
  cancelling: boolean;
  onCancel: () => void;
}

/** What every waiting sign-in shows at its foot: that it waits, how long still, and the way out. */
export function WaitingFoot({ flow, name, cancelling, onCancel }: WaitingProps) {
  const left = Date.parse(flow.expiresAt) - useNow(1_000);
  return (
    <Group justify="space-between" gap="sm">
      <div>
        <Group gap="xs" role="status">
          <Loader size={14} aria-hidden />
          <Text size="sm">Waiting for you at {name}…</Text>
        </Group>
        <Text size="sm" c="dimmed" role="timer">
          {flow.way === 'device' ? 'The code is good for ' : 'Time left: '}
          {countdown(left)}
        </Text>
      </div>
      <Button variant="default" onClick={onCancel} loading={cancelling}>
        Cancel sign-in
      </Button>
    </Group>
  );
}
