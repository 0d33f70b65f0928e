import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import type { ReleaseView, UpdatesView } from '../../shared/release-views.ts';
import { CurrentVersionForm } from '../components/current-version-form.tsx';
import { DownloadPanel } from '../components/download-panel.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { ExternalLink } from '../components/external-link.tsx';
import { Fact, Facts } from '../components/fact.tsx';
import { Page, Section } from '../components/page.tsx';
import { useSignIn } from '../components/sign-in/sign-in-context.ts';
import { StateMark } from '../components/state-mark.tsx';
import { Time } from '../components/time.tsx';
import { useNow } from '../components/use-now.ts';
import { useCommand, useView } from '../data/app-link.tsx';
import { clockTime } from '../words/times.ts';
import { UPDATES_STATES, updatesHeadline } from '../words/updates.ts';

/** Markdown is the one heavy part of the page; it comes after the rest is there. */
const ReleaseNotes = lazy(() => import('../components/release-notes.tsx'));

/** Whether there is a newer Trackeep, what is in it, and its verified file. */
export function UpdatesPage() {
  const query = useView('updates.get');
  const check = useCommand('updates.check');
  const updates = query.data;
  const checking = check.isPending || updates?.state === 'checking';
  const runCheck = () => check.mutate({});
  return (
    <Page
      name="Updates"
      title={updates ? updatesHeadline(updates) : 'Updates'}
      lead={updates ? <CheckedAt updates={updates} /> : '\u00a0'}
      actions={
        <Button
          variant="default"
          leftSection={<IconRefresh size={18} aria-hidden />}
          onClick={runCheck}
          loading={checking}
        >
          Check now
        </Button>
      }
    >
      {check.error && <ErrorNotice error={check.error.view} onRetry={runCheck} retrying={checking} />}
      {query.error && !updates ? (
        <ErrorNotice error={query.error.view} onRetry={() => void query.refetch()} retrying={query.isFetching} />
      ) : !updates ? (
        <>
          <Skeleton height={170} />
          <Skeleton height={320} />
        </>
      ) : (
        <>
          <Trouble updates={updates} onRetry={runCheck} retrying={checking} />
          <Versions updates={updates} />
          {updates.latest && <DownloadPanel release={updates.latest} download={updates.download} />}
          {updates.latest && <Notes release={updates.latest} />}
        </>
      )}
    </Page>
  );
}

function CheckedAt({ updates }: { updates: UpdatesView }) {
  return (
    <>
      {updates.checkedAt ? (
        <>
          Checked <Time iso={updates.checkedAt} />
        </>
      ) : (
        'Not checked yet'
      )}
      {updates.nextCheckAt && (
        <>
          , next check <Time iso={updates.nextCheckAt} />
        </>
      )}
      .
    </>
  );
}

/** Why the feed cannot be read now, with what to do about it. What was known before stays on the page below. */
function Trouble({ updates, onRetry, retrying }: { updates: UpdatesView; onRetry: () => void; retrying: boolean }) {
  const signIn = useSignIn();
  const now = useNow(30_000);
  if (updates.state === 'not_signed_in') {
    return (
      <Section title="No account to ask with">
        <Group justify="space-between" gap="sm">
          <Text>The release feed is read with your GitHub account.</Text>
          <Button onClick={() => signIn.start('github')}>Connect GitHub</Button>
        </Group>
      </Section>
    );
  }
  if (updates.state === 'rate_limited') {
    return (
      <Section title="Too many requests for now">
        <Text>
          GitHub wants no request
          {updates.retryAt ? ` until ${clockTime(updates.retryAt, now)}` : ' for a while'}. The check follows by itself.
        </Text>
      </Section>
    );
  }
  if (updates.state === 'offline') {
    return (
      <Section title="Offline">
        <Group justify="space-between" gap="sm">
          <Text>
            {updates.offlineSince ? `GitHub has not answered since ${clockTime(updates.offlineSince, now)}. ` : null}
            Trackeep Tray keeps trying by itself.
          </Text>
          <Button variant="default" onClick={onRetry} loading={retrying}>
            Try again
          </Button>
        </Group>
      </Section>
    );
  }
  if (updates.error) return <ErrorNotice error={updates.error} onRetry={onRetry} retrying={retrying} />;
  return null;
}

function Versions({ updates }: { updates: UpdatesView }) {
  const { latest } = updates;
  return (
    <Section title="Versions">
      <Stack>
        <Facts>
          <Fact label="State">
            <span role="status">
              <StateMark {...UPDATES_STATES[updates.state]} />
            </span>
          </Fact>
          <Fact label="Yours">
            {updates.currentVersion ?? 'not known yet'}
            {updates.currentVersionFrom === 'environment' && (
              <Text span size="sm" c="dimmed">
                {' '}
                (from the environment)
              </Text>
            )}
          </Fact>
          <Fact label="Newest">
            {latest ? (
              <>
                {latest.version}
                {latest.prerelease && ' (prerelease)'}
                {latest.publishedAt && (
                  <Text span size="sm" c="dimmed">
                    , published <Time iso={latest.publishedAt} />
                  </Text>
                )}
              </>
            ) : (
              'not known yet'
            )}
          </Fact>
        </Facts>
        {updates.currentVersion === null && <CurrentVersionForm suggestion={latest?.version ?? null} />}
      </Stack>
    </Section>
  );
}

function Notes({ release }: { release: ReleaseView }) {
  return (
    <Section
      title={release.name === '' ? `Trackeep ${release.version}` : release.name}
      description={
        <>
          What the maintainers wrote. <ExternalLink href={release.url}>Release page</ExternalLink>
        </>
      }
    >
      <Suspense fallback={<Skeleton height={220} />}>
        <ReleaseNotes markdown={release.notes} />
      </Suspense>
    </Section>
  );
}
