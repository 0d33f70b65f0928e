import { Button, Group, List, Stack, Text } from '@mantine/core';
import type { ConnectionView, DisconnectView } from '../../shared/views.ts';
import { useCommand } from '../data/app-link.tsx';
import { PROVIDER_NAMES, type Shape, type Tone } from '../words/states.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { ExternalButton } from './external-link.tsx';
import { StateShape } from './state-mark.tsx';
import { takeFocus } from './take-focus.ts';

/**
 * Asks before disconnecting, naming what is lost; afterwards says what came of it at the provider.
 *
 * @param connection null before the first was chosen; kept by the page, since its row goes while the dialog still talks
 * @param last whether no other account remains
 */
export function DisconnectDialog({
  opened,
  connection,
  last,
  onClose,
}: {
  opened: boolean;
  connection: ConnectionView | null;
  last: boolean;
  onClose: () => void;
}) {
  return (
    <Dialog opened={opened} onClose={onClose} title={`Disconnect ${connection?.login ?? ''}`}>
      {connection && <Steps connection={connection} last={last} onClose={onClose} />}
    </Dialog>
  );
}

function Steps({ connection, last, onClose }: { connection: ConnectionView; last: boolean; onClose: () => void }) {
  const disconnect = useCommand('connections.disconnect');
  const run = () => disconnect.mutate({ id: connection.id });
  if (disconnect.data) return <Outcome outcome={disconnect.data} onClose={onClose} />;
  return (
    <Stack>
      <List spacing="xs">
        <List.Item>
          The token of <b>{connection.login}</b> at {connection.host} is deleted from this machine and, where{' '}
          {PROVIDER_NAMES[connection.platform]} lets us, revoked.
        </List.Item>
        <List.Item>Programs that get it from Trackeep Tray stop working with it.</List.Item>
        {last && <List.Item>It is the only account: updates cannot be checked until you connect one again.</List.Item>}
      </List>
      {disconnect.error && (
        <ErrorNotice error={disconnect.error.view} onRetry={run} onLeave={onClose} retrying={disconnect.isPending} />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button color="red.8" onClick={run} loading={disconnect.isPending}>
          Disconnect
        </Button>
      </Group>
    </Stack>
  );
}

const MARKS: Record<DisconnectView['upstream'], { shape: Shape; tone: Tone }> = {
  revoked: { shape: 'check', tone: 'good' },
  not_possible: { shape: 'question', tone: 'warning' },
  failed: { shape: 'triangle', tone: 'warning' },
};

function Outcome({ outcome, onClose }: { outcome: DisconnectView; onClose: () => void }) {
  return (
    <Stack>
      <Group gap="sm" wrap="nowrap" align="flex-start" role="status">
        <StateShape {...MARKS[outcome.upstream]} size={22} />
        <Text>{outcome.message}</Text>
      </Group>
      <Group justify="flex-end">
        {outcome.manualUrl !== null && <ExternalButton href={outcome.manualUrl}>Revoke it by hand</ExternalButton>}
        <Button onClick={onClose} ref={takeFocus}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
