import { Button, Group, List, Stack, Text } from '@mantine/core';
import type { ConnectionView, DisconnectView } from '../../../shared/connection-views.ts';
import { useCommand, useView } from '../../data/app-link.tsx';
import { accountInFull, exportPlace } from '../../words/connections.ts';
import { PROVIDER_NAMES, type Shape, type Tone } from '../../words/states.ts';
import { Dialog } from '../dialog.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { ExternalButton } from '../external-link.tsx';
import { StateShape } from '../state-mark.tsx';
import { takeFocus } from '../take-focus.ts';

/**
 * Asks before disconnecting, naming what is lost; afterwards says what came of it at the provider.
 *
 * @param connection null before the first was chosen; kept by the page, since its row goes while the dialog still talks
 * @param others the accounts that remain
 */
export function DisconnectDialog({
  opened,
  connection,
  others,
  onClose,
}: {
  opened: boolean;
  connection: ConnectionView | null;
  others: ConnectionView[];
  onClose: () => void;
}) {
  return (
    <Dialog opened={opened} onClose={onClose} title={`Disconnect ${connection ? accountInFull(connection) : ''}`}>
      {connection && <Steps connection={connection} others={others} onClose={onClose} />}
    </Dialog>
  );
}

function Steps({
  connection,
  others,
  onClose,
}: {
  connection: ConnectionView;
  others: ConnectionView[];
  onClose: () => void;
}) {
  const disconnect = useCommand('connections.disconnect');
  const run = () => disconnect.mutate({ id: connection.id });
  if (disconnect.data) return <Outcome outcome={disconnect.data} onClose={onClose} />;
  return (
    <Stack>
      <Losses connection={connection} others={others} />
      {disconnect.error && (
        <ErrorNotice
          error={disconnect.error.view}
          platform={connection.platform}
          onRetry={run}
          onLeave={onClose}
          retrying={disconnect.isPending}
        />
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

function Losses({ connection, others }: { connection: ConnectionView; others: ConnectionView[] }) {
  const { id, platform, kind, login, host } = connection;
  const exports = (useView('exports.list').data ?? []).filter(({ connectionId }) => connectionId === id);
  const isLast = !others.some((other) => other.platform === platform && other.host === host);
  const sharesSignIn =
    platform === 'jira' && others.some((other) => other.platform === 'jira' && other.login === login);
  return (
    <List spacing="xs" style={{ overflowWrap: 'anywhere' }}>
      {kind === 'app_installation' ? (
        <List.Item>
          The tokens of <b>{connection.name ?? 'the app'}</b> for <b>{login}</b> end, and no more are made. The app
          stays installed at {host} until you uninstall it there.
        </List.Item>
      ) : (
        <List.Item>
          The token of <b>{accountInFull(connection)}</b> is deleted from this machine and, where{' '}
          {PROVIDER_NAMES[platform]} lets us, revoked.
        </List.Item>
      )}
      <List.Item>Programs that get it from Trackeep Tray stop working with it.</List.Item>
      {exports.map((one) => (
        <List.Item key={one.to}>It is taken away from {exportPlace(one)}, too.</List.Item>
      ))}
      {platform === 'github' && kind === 'user' && (
        <List.Item>
          The history of its repositories that is kept on this machine is deleted: commits, pull requests and everything
          that happened. What another account sees, too, stays.
        </List.Item>
      )}
      {sharesSignIn && <List.Item>The other sites of {login} stay connected.</List.Item>}
      {platform === 'github' && isLast && (
        <List.Item>It is the only GitHub account: updates cannot be checked until you connect one again.</List.Item>
      )}
    </List>
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
