import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useId } from 'react';
import type { ConnectionView, GitHubAppView, ProviderView } from '../../../shared/connection-views.ts';
import { useCommand } from '../../data/app-link.tsx';
import { accountSubtitle, accountTitle, signInEndInWords } from '../../words/connections.ts';
import { CONNECTION_STATES, PROVIDER_NAMES } from '../../words/states.ts';
import { clockTime } from '../../words/times.ts';
import { ErrorNotice, type Remedy } from '../error-notice.tsx';
import { useSignIn } from '../sign-in/sign-in-context.ts';
import { StateMark } from '../state-mark.tsx';
import { useNow } from '../use-now.ts';
import { ConnectionFacts } from './connection-facts.tsx';

/**
 * One connected account: how it is at first glance, everything else below.
 *
 * @param provider null while it is not known, or is no longer there
 * @param app whose installation it is, where it is one and that is known
 */
export function ConnectionCard({
  connection,
  provider,
  app,
  onDisconnect,
}: {
  connection: ConnectionView;
  provider: ProviderView | null;
  app: GitHubAppView | null;
  onDisconnect: () => void;
}) {
  const { platform, state } = connection;
  const refresh = useCommand('connections.refresh');
  const back = useWayBack(connection, app);
  const id = useId();
  const now = useNow(30_000);
  const ending = signInEndInWords(connection);
  const problem = back.problem ?? refresh.error?.view ?? connection.problem;
  const again = () => refresh.mutate({ id: connection.id });
  return (
    <Paper
      component="article"
      withBorder
      p="lg"
      aria-labelledby={`${id}-title ${id}-subtitle`}
      style={{ borderColor: 'var(--quiet-border)' }}
    >
      <Stack>
        <Group justify="space-between" align="flex-start" gap="sm">
          <div style={{ flex: '1 1 14rem', minWidth: 0, overflowWrap: 'anywhere' }}>
            <Title order={3} id={`${id}-title`}>
              {accountTitle(connection)}
            </Title>
            <Text size="sm" c="dimmed" id={`${id}-subtitle`}>
              {accountSubtitle(connection)}
            </Text>
          </div>
          <div role="status">
            <StateMark {...CONNECTION_STATES[state]} />
          </div>
        </Group>
        {problem && (
          <ErrorNotice
            error={problem}
            platform={platform}
            connect={back}
            onRetry={again}
            retrying={refresh.isPending || back.pending}
          />
        )}
        {connection.pausedUntil !== null && Date.parse(connection.pausedUntil) > now && (
          <Text size="sm">
            {PROVIDER_NAMES[platform]} asks for a pause until {clockTime(connection.pausedUntil, now)}. It goes on by
            itself.
          </Text>
        )}
        {ending !== null && <Text size="sm">{ending}</Text>}
        <ConnectionFacts connection={connection} provider={provider} app={app} />
        <Group gap="xs">
          {(state === 'needs_reconnect' || ending !== null) && problem?.action !== 'connect' && (
            <Button onClick={back.run} loading={back.pending}>
              {back.label}
            </Button>
          )}
          <Button
            variant="default"
            onClick={again}
            loading={refresh.isPending || state === 'refreshing'}
            disabled={!isRenewable(connection)}
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

/** An installation's token can be made anew at any time. */
function isRenewable({ kind, accessExpiresAt, refreshExpiresAt }: ConnectionView): boolean {
  return kind === 'app_installation' || accessExpiresAt !== null || refreshExpiresAt !== null;
}

/** What brings an account back that has lapsed: a new sign-in, or a look at where the app is installed now. */
function useWayBack({ platform, kind }: ConnectionView, app: GitHubAppView | null) {
  const signIn = useSignIn();
  const sync = useCommand('githubApps.sync');
  const remedy: Remedy =
    kind === 'app_installation' && app !== null
      ? { label: 'Ask GitHub again', run: () => sync.mutate({ id: app.id }) }
      : { label: 'Reconnect', run: () => signIn.start(platform) };
  return { ...remedy, pending: sync.isPending, problem: sync.error?.view ?? null };
}
