import { Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import type { TrackedAccountView } from '../../../shared/tracking-views.ts';
import { useCommand, useView } from '../../data/app-link.tsx';
import { clockTime } from '../../words/times.ts';
import { progressWords, TRACKING_STATES } from '../../words/tracking.ts';
import { PageLink } from '../page-link.tsx';
import { StateMark } from '../state-mark.tsx';
import { useNow } from '../use-now.ts';

/**
 * How far the fetching has come, while there is something to say about it: the first time round, a pause, trouble. When
 * everything is current it takes no room.
 */
export function TrackingBanner() {
  const accounts = useView('tracking.get').data?.accounts ?? [];
  const settings = useView('settings.get').data;
  const save = useCommand('settings.set');
  const paused = settings?.tracking.paused ?? false;
  const told = accounts.filter(
    ({ state, firstSyncDone }) => !firstSyncDone || state === 'limited' || state === 'problem' || paused,
  );
  if (told.length === 0) return null;
  const underWay = told.some(({ state }) => state === 'listing' || state === 'syncing');
  return (
    <Paper withBorder p="md" role="status">
      <Stack gap="sm">
        {told.map((account) => (
          <AccountProgress key={account.connectionId} account={account} named={accounts.length > 1} />
        ))}
        {(underWay || paused) && (
          <Group justify="space-between" gap="sm">
            <Text size="sm" c="dimmed" flex="1 1 16rem">
              {paused
                ? 'Nothing is fetched until you go on. What has come stays.'
                : 'You can look around meanwhile. Everything stays on this machine.'}
            </Text>
            <Button
              variant="default"
              size="xs"
              loading={save.isPending}
              onClick={() => save.mutate({ tracking: { paused: !paused } })}
            >
              {paused ? 'Go on' : 'Pause'}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

function AccountProgress({ account, named }: { account: TrackedAccountView; named: boolean }) {
  const now = useNow(10_000);
  const { state, login, host, repositories, synced, nextAt, problem } = account;
  const words = `${named ? `${login} at ${host}: ` : ''}${problem?.message ?? progressWords(account)}`;
  return (
    <div>
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex="1 1 16rem">
          {words}
          {state === 'limited' && nextAt !== null && ` It goes on at ${clockTime(nextAt, now)}.`}
          {problem?.remedy && ` ${problem.remedy}`}
          {problem?.code === 'needs_reconnect' && (
            <>
              {' '}
              <PageLink href="/connections">Open Connections</PageLink>
            </>
          )}
        </Text>
        <StateMark {...TRACKING_STATES[state]} size={16} />
      </Group>
      {repositories > 0 && synced < repositories && (
        <Progress value={(100 * synced) / repositories} size="sm" mt={6} aria-label={`Fetched of ${login}`} />
      )}
    </div>
  );
}
