import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useId } from 'react';
import type { ConnectionView, GitHubAppView } from '../../../shared/connection-views.ts';
import { useCommand } from '../../data/app-link.tsx';
import { CONNECTION_STATES } from '../../words/states.ts';
import { Copyable } from '../copy.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { ExternalButton } from '../external-link.tsx';
import { Fact, Facts } from '../fact.tsx';
import { PageLink } from '../page-link.tsx';
import { StateMark } from '../state-mark.tsx';
import { Time } from '../time.tsx';
import classes from './app-card.module.css';

/** One app with the places where it is installed. */
export function AppCard({
  app,
  connections,
  onRemove,
}: {
  app: GitHubAppView;
  connections: ConnectionView[];
  onRemove: () => void;
}) {
  const sync = useCommand('githubApps.sync');
  const id = useId();
  const look = () => sync.mutate({ id: app.id });
  const problem = sync.error?.view ?? app.problem;
  return (
    <Paper component="article" withBorder p="lg" aria-labelledby={id} style={{ borderColor: 'var(--quiet-border)' }}>
      <Stack style={{ overflowWrap: 'anywhere' }}>
        <div>
          <Title order={2} id={id}>
            {app.name}
          </Title>
          <Text size="sm" c="dimmed">
            {app.owner !== null && `Of ${app.owner}, `}
            {app.owner === null ? `At ${app.host}` : `at ${app.host}`}
          </Text>
        </div>
        {problem && <ErrorNotice error={problem} onRetry={look} retrying={sync.isPending} />}
        <div>
          <Text fw={500} size="sm" mb={4} id={`${id}-places`}>
            Installed in
          </Text>
          {connections.length === 0 ? (
            <Text size="sm" c="dimmed">
              No account or organisation yet. Install it at GitHub, and choose its repositories there.
            </Text>
          ) : (
            <ul className={classes.places} aria-labelledby={`${id}-places`}>
              {connections.map((connection) => (
                <li key={connection.id} className={classes.place}>
                  <PageLink href="/connections">{connection.login}</PageLink>
                  <StateMark {...CONNECTION_STATES[connection.state]} />
                </li>
              ))}
            </ul>
          )}
        </div>
        <Facts>
          <Fact label="Number">
            <Copyable value={app.id} what="the app's number" />
          </Fact>
          {app.clientId !== null && (
            <Fact label="Client ID">
              <Copyable value={app.clientId} what="the app's client ID" />
            </Fact>
          )}
          <Fact label="Added">
            <Time iso={app.addedAt} />
          </Fact>
        </Facts>
        <Group gap="xs">
          <ExternalButton href={app.installUrl} primary={connections.length === 0}>
            {connections.length === 0 ? 'Install it' : 'Install elsewhere'}
          </ExternalButton>
          <Button variant="default" onClick={look} loading={sync.isPending}>
            Look for installations
          </Button>
          <ExternalButton href={app.url}>Open at GitHub</ExternalButton>
          <Button variant="default" c="var(--tone-bad)" onClick={onRemove}>
            Remove…
          </Button>
          <Text size="sm" role="status">
            {sync.isSuccess && found(sync.data.connectionIds.length)}
          </Text>
        </Group>
      </Stack>
    </Paper>
  );
}

function found(count: number): string {
  if (count === 0) return 'GitHub knows of none.';
  return count === 1 ? 'GitHub knows of 1.' : `GitHub knows of ${count}.`;
}
