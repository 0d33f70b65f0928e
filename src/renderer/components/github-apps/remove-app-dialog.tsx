import { List, Stack, Text } from '@mantine/core';
import type { ConnectionView, GitHubAppView } from '../../../shared/connection-views.ts';
import { useCommand } from '../../data/app-link.tsx';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { ExternalLink } from '../external-link.tsx';

/**
 * Asks before an app is forgotten, naming what goes with it.
 *
 * @param app null before the first question; kept by the page, since its card goes while the dialog still closes
 */
export function RemoveAppDialog({
  opened,
  app,
  connections,
  onClose,
  onRemoved,
}: {
  opened: boolean;
  app: GitHubAppView | null;
  connections: ConnectionView[];
  onClose: () => void;
  onRemoved: (app: GitHubAppView) => void;
}) {
  const remove = useCommand('githubApps.remove');
  const close = () => {
    remove.reset();
    onClose();
  };
  const run = () => {
    if (app === null) return;
    remove.mutate(
      { id: app.id },
      {
        onSuccess: () => {
          close();
          onRemoved(app);
        },
      },
    );
  };
  return (
    <ConfirmDialog
      opened={opened}
      onClose={close}
      title={`Remove ${app?.name ?? ''}?`}
      keep="Keep it"
      act="Remove"
      onConfirm={run}
      pending={remove.isPending}
      error={remove.error}
    >
      {app && <Losses app={app} connections={connections} />}
    </ConfirmDialog>
  );
}

function Losses({ app, connections }: { app: GitHubAppView; connections: ConnectionView[] }) {
  return (
    <Stack gap="sm" style={{ overflowWrap: 'anywhere' }}>
      <Text>Its private key is deleted from the vault, and cannot be had again; GitHub can make another one.</Text>
      {connections.length > 0 && (
        <>
          <Text>Programs get no more of its tokens for</Text>
          <List spacing={4}>
            {connections.map(({ id, login }) => (
              <List.Item key={id}>{login}</List.Item>
            ))}
          </List>
        </>
      )}
      <Text>
        The app stays at GitHub until you delete it there:{' '}
        <ExternalLink href={app.url}>{new URL(app.url).host}</ExternalLink>
      </Text>
    </Stack>
  );
}
