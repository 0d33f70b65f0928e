import { Button, EmptyState, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconBrandGithub, IconPlugConnected, IconSettings } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { ConnectionView, FlowView, ProviderView } from '../../shared/views.ts';
import { ConnectionCard } from '../components/connection-card.tsx';
import { DisconnectDialog } from '../components/disconnect-dialog.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Page, Section } from '../components/page.tsx';
import { useSignIn } from '../components/sign-in/sign-in-context.ts';
import { Time } from '../components/time.tsx';
import { useCommand, useView } from '../data/app-link.tsx';
import { PROVIDER_NAMES, SIGN_IN_WAYS } from '../words/states.ts';

/** The connected accounts. */
export function ConnectionsPage() {
  const connections = useView('connections.list');
  const flows = useView('connections.flows').data ?? [];
  const providers = useView('providers.list').data ?? [];
  const [leaving, setLeaving] = useState<ConnectionView | null>(null);
  const [asked, setAsked] = useState(false);

  const list = connections.data;
  return (
    <Page name="Connections" title="Connections" lead={lead(list)} actions={<ConnectButtons providers={providers} />}>
      {flows.map((flow) => (
        <WaitingFlow key={flow.id} flow={flow} />
      ))}
      {connections.error && !list ? (
        <ErrorNotice
          error={connections.error.view}
          onRetry={() => void connections.refetch()}
          retrying={connections.isFetching}
        />
      ) : !list ? (
        <Skeleton height={210} />
      ) : list.length === 0 ? (
        <NoConnections />
      ) : (
        <Stack>
          {list.map((connection) => (
            <ConnectionCard
              key={connection.id}
              connection={connection}
              onDisconnect={() => {
                setLeaving(connection);
                setAsked(true);
              }}
            />
          ))}
        </Stack>
      )}
      <DisconnectDialog
        opened={asked}
        connection={leaving}
        last={list?.every(({ id }) => id === leaving?.id) ?? false}
        onClose={() => setAsked(false)}
      />
    </Page>
  );
}

function lead(list: ConnectionView[] | undefined): string {
  if (!list) return '\u00a0';
  if (list.length === 0) return 'No account is connected yet.';
  const ill = list.filter(({ state }) => state === 'needs_reconnect');
  if (ill.length > 0) return `${ill.map(({ login }) => login).join(' and ')} needs you to sign in again.`;
  return list.length === 1 ? 'One account is connected.' : `${list.length} accounts are connected.`;
}

/** One button for each way that works; where none does, the way to the set-up. */
function ConnectButtons({ providers }: { providers: ProviderView[] }) {
  const signIn = useSignIn();
  const [, navigate] = useLocation();
  return providers.map((provider) => (
    <Group key={provider.platform} gap="xs">
      {provider.ways.map((way, index) => (
        <Button
          key={way}
          variant={index === 0 ? 'filled' : 'default'}
          leftSection={index === 0 ? <IconBrandGithub size={18} aria-hidden /> : undefined}
          onClick={() => signIn.start(provider.platform, way)}
        >
          {index === 0 ? `Connect ${provider.name}` : `Connect ${SIGN_IN_WAYS[way]}`}
        </Button>
      ))}
      <Button
        variant="subtle"
        leftSection={<IconSettings size={18} aria-hidden />}
        onClick={() => navigate('/connections/setup')}
      >
        Set up {provider.name}
      </Button>
    </Group>
  ));
}

/** A sign-in that waits, whoever began it: a reload, another tab, or the trackeep command. */
function WaitingFlow({ flow }: { flow: FlowView }) {
  const signIn = useSignIn();
  const cancel = useCommand('connections.cancel');
  return (
    <Section title={`A sign-in to ${PROVIDER_NAMES[flow.platform]} waits for you`}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed">
          Begun <Time iso={flow.startedAt} />, {SIGN_IN_WAYS[flow.way]}.
        </Text>
        <Group gap="xs">
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ id: flow.id })}>
            Cancel sign-in
          </Button>
          <Button onClick={() => signIn.show(flow.id)}>{flow.way === 'device' ? 'Show the code' : 'Go on'}</Button>
        </Group>
      </Group>
    </Section>
  );
}

function NoConnections() {
  const signIn = useSignIn();
  return (
    <EmptyState
      icon={<IconPlugConnected size={36} stroke={1.4} aria-hidden />}
      title="Nothing connected"
      description="Connect GitHub once; Trackeep Tray keeps the token safe and fresh for everything on this machine that needs it."
      py="xl"
    >
      <EmptyState.Actions>
        <Button onClick={() => signIn.start('github')}>Connect GitHub</Button>
      </EmptyState.Actions>
    </EmptyState>
  );
}
