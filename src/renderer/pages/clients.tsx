import { Button, EmptyState, Group, Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { IconApps } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { ClientView } from '../../shared/client-views.ts';
import { ClientCard } from '../components/clients/client-card.tsx';
import { ClientQuestion, type Taking } from '../components/clients/client-question.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Page } from '../components/page.tsx';
import { useView } from '../data/app-link.tsx';
import { programs } from '../words/clients.ts';

/** The programs that registered here: who may do what, since when, and how to take it back. */
export function ClientsPage() {
  const clients = useView('clients.list');
  const [taking, setTaking] = useState<Taking | null>(null);
  const [asked, setAsked] = useState(false);
  const [said, setSaid] = useState('');
  const ask = (question: Taking) => {
    setTaking(question);
    setAsked(true);
  };

  const list = clients.data;
  const someAllowed = list?.some(({ grants }) => grants.length > 0) ?? false;
  return (
    <Page
      name="Clients"
      title="Clients"
      lead={lead(list)}
      actions={
        list &&
        someAllowed && (
          <Button variant="default" c="var(--tone-bad)" onClick={() => ask({ what: 'everything', clients: list })}>
            Revoke everything…
          </Button>
        )
      }
    >
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {clients.error && !list ? (
        <ErrorNotice error={clients.error.view} onRetry={() => void clients.refetch()} retrying={clients.isFetching} />
      ) : !list ? (
        <>
          <Skeleton height={320} />
          <Skeleton height={320} />
        </>
      ) : list.length === 0 ? (
        <NoClients />
      ) : (
        <Stack>
          {list.map((client) => (
            <ClientCard
              key={client.id}
              client={client}
              onRevoke={(grant) => ask({ what: 'grant', client, grant })}
              onRevokeAll={() => ask({ what: 'client', client })}
              onRemove={() => ask({ what: 'registration', client })}
            />
          ))}
        </Stack>
      )}
      <ClientQuestion opened={asked} taking={taking} onClose={() => setAsked(false)} onTaken={setSaid} />
    </Page>
  );
}

function lead(list: ClientView[] | undefined): string {
  if (!list) return '\u00a0';
  if (list.length === 0) return 'No program has registered yet.';
  const allowed = list.filter(({ grants }) => grants.length > 0).length;
  if (allowed === 0) return `${programs(list.length)} registered; none has access.`;
  return `${programs(allowed)} ${allowed === 1 ? 'has' : 'have'} access.`;
}

function NoClients() {
  const [, navigate] = useLocation();
  return (
    <EmptyState
      icon={<IconApps size={36} stroke={1.4} aria-hidden />}
      title="No programs yet"
      description="Editors, agents and scripts that sign in through Trackeep Tray are listed here, with what you allowed them and when they used it. Here you take it back, too."
      py="xl"
    >
      <EmptyState.Actions>
        <Group>
          <Button variant="default" onClick={() => navigate('/approvals')}>
            How a program gets access
          </Button>
        </Group>
      </EmptyState.Actions>
    </EmptyState>
  );
}
