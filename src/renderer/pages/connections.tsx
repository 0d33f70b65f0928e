import { Skeleton, Stack } from '@mantine/core';
import { useState } from 'react';
import type { ConnectionView, Platform, ProviderView } from '../../shared/connection-views.ts';
import { ConnectionCard } from '../components/connections/connection-card.tsx';
import { ConnectionsNav } from '../components/connections/connections-nav.tsx';
import { DisconnectDialog } from '../components/connections/disconnect-dialog.tsx';
import { ProviderSection } from '../components/connections/provider-section.tsx';
import { WaitingFlow } from '../components/connections/waiting-flow.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Page } from '../components/page.tsx';
import { useView } from '../data/app-link.tsx';
import { accountInFull, accounts } from '../words/connections.ts';

/** The providers with the accounts that are connected there. */
export function ConnectionsPage() {
  const connections = useView('connections.list');
  const providers = useView('providers.list');
  const flows = useView('connections.flows').data ?? [];
  const apps = useView('githubApps.list').data ?? [];
  const [leaving, setLeaving] = useState<ConnectionView | null>(null);
  const [asked, setAsked] = useState(false);

  const list = connections.data;
  const failed = [connections, providers].find(({ error, data }) => error && !data);
  return (
    <Page nav={<ConnectionsNav />} name="Connections" title="Connections" lead={lead(list)}>
      {flows.map((flow) => (
        <WaitingFlow key={flow.id} flow={flow} />
      ))}
      {failed?.error && (
        <ErrorNotice error={failed.error.view} onRetry={() => void failed.refetch()} retrying={failed.isFetching} />
      )}
      {list && (providers.data || providers.error) ? (
        <Stack gap="xl">
          {platforms(providers.data ?? [], list).map((platform) => {
            const provider = providers.data?.find((each) => each.platform === platform) ?? null;
            return (
              <ProviderSection
                key={platform}
                platform={platform}
                provider={provider}
                cards={list
                  .filter((connection) => connection.platform === platform)
                  .map((connection) => (
                    <ConnectionCard
                      key={connection.id}
                      connection={connection}
                      provider={provider}
                      app={apps.find(({ connectionIds }) => connectionIds.includes(connection.id)) ?? null}
                      onDisconnect={() => {
                        setLeaving(connection);
                        setAsked(true);
                      }}
                    />
                  ))}
              />
            );
          })}
        </Stack>
      ) : (
        !failed && (
          <Stack gap="xl">
            <Skeleton height={290} />
            <Skeleton height={56} />
            <Skeleton height={56} />
          </Stack>
        )
      )}
      <DisconnectDialog
        opened={asked}
        connection={leaving}
        others={list?.filter(({ id }) => id !== leaving?.id) ?? []}
        onClose={() => setAsked(false)}
      />
    </Page>
  );
}

/** What the app offers, and whatever else an account is left of. */
function platforms(providers: ProviderView[], connections: ConnectionView[]): Platform[] {
  return [...new Set([...providers, ...connections].map(({ platform }) => platform))];
}

function lead(list: ConnectionView[] | undefined): string {
  if (!list) return '\u00a0';
  if (list.length === 0) return 'Nothing connected yet. Connect an account once; its token stays safe and fresh.';
  const lapsed = [...new Set(list.filter(({ state }) => state === 'needs_reconnect').map(accountInFull))];
  if (lapsed.length > 0) return `${lapsed.join(' and ')} ${lapsed.length === 1 ? 'needs' : 'need'} you.`;
  return `${accounts(list.length)} ${list.length === 1 ? 'is' : 'are'} connected.`;
}
