import { Button, Group, List, Paper, Stack, Text, Title } from '@mantine/core';
import { useId } from 'react';
import type { ConnectionView } from '../../shared/views.ts';
import { useCommand } from '../data/app-link.tsx';
import { CONNECTION_STATES, PROVIDER_NAMES, scopeInWords } from '../words/states.ts';
import { clockTime } from '../words/times.ts';
import { Copyable } from './copy.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { Fact, Facts } from './fact.tsx';
import { StateMark } from './state-mark.tsx';
import { Time } from './time.tsx';
import { useNow } from './use-now.ts';

/** One connected account with all there is to know about it. */
export function ConnectionCard({ connection, onDisconnect }: { connection: ConnectionView; onDisconnect: () => void }) {
  const refresh = useCommand('connections.refresh');
  const id = useId();
  const now = useNow(30_000);
  const problem = refresh.error?.view ?? connection.problem;
  const again = () => refresh.mutate({ id: connection.id });
  return (
    <Paper component="article" withBorder p="lg" aria-labelledby={id} style={{ borderColor: 'var(--quiet-border)' }}>
      <Stack>
        <Group justify="space-between" align="flex-start" gap="sm">
          <div>
            <Title order={2} id={id}>
              {connection.login}
            </Title>
            <Text size="sm" c="dimmed">
              {connection.name !== null && `${connection.name}, `}
              {PROVIDER_NAMES[connection.platform]} at {connection.host}
            </Text>
          </div>
          <div role="status">
            <StateMark {...CONNECTION_STATES[connection.state]} />
          </div>
        </Group>
        {problem && <ErrorNotice error={problem} onRetry={again} retrying={refresh.isPending} />}
        {connection.pausedUntil !== null && Date.parse(connection.pausedUntil) > now && (
          <Text size="sm">
            GitHub asks for a pause until {clockTime(connection.pausedUntil, now)}. It goes on by itself.
          </Text>
        )}
        <Facts>
          <Fact label="Allowed to">
            <Scopes scopes={connection.scopes} />
          </Fact>
          <Fact label="Token">
            {connection.accessExpiresAt === null ? (
              'does not expire'
            ) : (
              <>
                expires <Time iso={connection.accessExpiresAt} />
                {connection.refreshExpiresAt !== null && ', refreshed before that'}
              </>
            )}
          </Fact>
          {connection.refreshExpiresAt !== null && (
            <Fact label="Refresh token">
              expires <Time iso={connection.refreshExpiresAt} />, renewed with every refresh
            </Fact>
          )}
          <Fact label="Connected">
            <Time iso={connection.connectedAt} />
          </Fact>
          <Fact label="Last refreshed">
            {connection.lastRefreshedAt === null ? 'never' : <Time iso={connection.lastRefreshedAt} />}
          </Fact>
          <Fact label="Last used">
            {connection.lastUsedAt === null ? 'never' : <Time iso={connection.lastUsedAt} />}
          </Fact>
          <Fact label="ID">
            <Copyable value={connection.id} what="the connection's ID" />
          </Fact>
        </Facts>
        <Group gap="xs">
          <Button
            variant="default"
            onClick={again}
            loading={refresh.isPending || connection.state === 'refreshing'}
            disabled={connection.refreshExpiresAt === null && connection.accessExpiresAt === null}
          >
            Refresh now
          </Button>
          <Button variant="default" c="var(--tone-bad)" onClick={onDisconnect}>
            Disconnect…
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function Scopes({ scopes }: { scopes: string[] }) {
  if (scopes.length === 0) return 'what the permissions of your GitHub App allow';
  return (
    <List size="sm" listStyleType="none">
      {scopes.map((scope) => (
        <List.Item key={scope}>{scopeInWords(scope)}</List.Item>
      ))}
    </List>
  );
}
