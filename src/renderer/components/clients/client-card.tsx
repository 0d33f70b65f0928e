import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useId } from 'react';
import type { ClientView, GrantView } from '../../../shared/client-views.ts';
import { isClaim, placeOfHost } from '../../words/clients.ts';
import { ClientName } from '../client-name.tsx';
import { Copyable } from '../copy.tsx';
import { Fact, Facts } from '../fact.tsx';
import { ObservedProcess } from '../observed-process.tsx';
import { Registration } from '../registration.tsx';
import { StateMark } from '../state-mark.tsx';
import { Time } from '../time.tsx';
import grants from './grant-row.module.css';
import { GrantRow } from './grant-row.tsx';

/** One program that registered here: what it may do first, what is known of it after that. */
export function ClientCard({
  client,
  onRevoke,
  onRevokeAll,
  onRemove,
}: {
  client: ClientView;
  onRevoke: (grant: GrantView) => void;
  onRevokeAll: () => void;
  onRemove: () => void;
}) {
  const id = useId();
  const allowed = client.grants.length > 0;
  return (
    <Paper component="article" withBorder p="lg" aria-labelledby={id} style={{ borderColor: 'var(--quiet-border)' }}>
      <Stack>
        <Group justify="space-between" align="flex-start" gap="sm">
          <div style={{ flex: '1 1 14rem', minWidth: 0, overflowWrap: 'anywhere' }}>
            <Title order={2} id={id}>
              <ClientName client={client} />
            </Title>
            <Registration client={client} />
          </div>
          {allowed ? (
            <StateMark word="Has access" shape="check" tone="good" />
          ) : (
            <StateMark word="No access" shape="dot" tone="waiting" />
          )}
        </Group>
        {allowed && (
          <ul className={grants.grants}>
            {client.grants.map((grant) => (
              <GrantRow key={grant.id} grant={grant} onRevoke={() => onRevoke(grant)} />
            ))}
          </ul>
        )}
        <Facts>
          <Fact label="Last used">{client.lastUsedAt === null ? 'never' : <Time iso={client.lastUsedAt} />}</Fact>
          <Fact label="Seen using it">
            <ObservedProcess process={client.process} />
          </Fact>
          {client.redirectHosts.length > 0 && (
            <Fact label="Answers go to">{client.redirectHosts.map(placeOfHost).join('; ')}</Fact>
          )}
          {client.forgottenAt !== null && (
            <Fact label="Forgotten">
              <Time iso={client.forgottenAt} />, unless it is used before
            </Fact>
          )}
          <Fact label="ID">
            <Copyable value={client.id} what="the client's ID" />
          </Fact>
        </Facts>
        <Group gap="xs">
          {client.grants.length > 1 && (
            <Button variant="default" c="var(--tone-bad)" onClick={onRevokeAll}>
              Revoke all of it…
            </Button>
          )}
          {isClaim(client.kind) ? (
            <Button variant="default" c="var(--tone-bad)" onClick={onRemove}>
              Remove…
            </Button>
          ) : (
            <Text size="sm" c="dimmed">
              It cannot be removed here, only its access revoked.
            </Text>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}
