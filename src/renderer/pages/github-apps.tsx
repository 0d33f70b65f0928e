import { Button, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { GitHubAppView } from '../../shared/connection-views.ts';
import { ConnectionsNav } from '../components/connections/connections-nav.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { AppCard } from '../components/github-apps/app-card.tsx';
import { CreateAppDialog } from '../components/github-apps/create-app-dialog.tsx';
import { ImportAppDialog } from '../components/github-apps/import-app-dialog.tsx';
import { RemoveAppDialog } from '../components/github-apps/remove-app-dialog.tsx';
import { Page } from '../components/page.tsx';
import { useView } from '../data/app-link.tsx';

type Asking = 'create' | 'import' | 'remove';

/** GitHub Apps of the person's own: their installations give tokens that belong to no person. */
export function GitHubAppsPage() {
  const apps = useView('githubApps.list');
  const connections = useView('connections.list').data ?? [];
  const [asking, setAsking] = useState<Asking | null>(null);
  const [leaving, setLeaving] = useState<GitHubAppView | null>(null);
  const [said, setSaid] = useState('');
  const connectionsOf = (app: GitHubAppView | null) =>
    connections.filter(({ id }) => app?.connectionIds.includes(id) ?? false);
  const close = () => setAsking(null);

  const list = apps.data;
  return (
    <Page
      nav={<ConnectionsNav />}
      name="GitHub Apps"
      title="GitHub Apps"
      lead="An app of your own gives short tokens for the repositories that you choose, and none that act as you."
      actions={
        <>
          <Button onClick={() => setAsking('create')}>Create a GitHub App</Button>
          <Button variant="default" onClick={() => setAsking('import')}>
            Import one…
          </Button>
        </>
      }
    >
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {apps.error && !list ? (
        <ErrorNotice error={apps.error.view} onRetry={() => void apps.refetch()} retrying={apps.isFetching} />
      ) : !list ? (
        <Skeleton height={290} />
      ) : list.length === 0 ? (
        <Text>
          There is none yet. Create one here and confirm it at GitHub: its keys come straight into the vault. Or import
          one that you have, by its number and private key.
        </Text>
      ) : (
        <Stack>
          {list.map((app) => (
            <AppCard
              key={app.id}
              app={app}
              connections={connectionsOf(app)}
              onRemove={() => {
                setLeaving(app);
                setAsking('remove');
              }}
            />
          ))}
        </Stack>
      )}
      <CreateAppDialog opened={asking === 'create'} onClose={close} />
      <ImportAppDialog opened={asking === 'import'} onClose={close} />
      <RemoveAppDialog
        opened={asking === 'remove'}
        app={leaving}
        connections={connectionsOf(leaving)}
        onClose={close}
        onRemoved={({ name }) => setSaid(`${name} removed`)}
      />
    </Page>
  );
}
