import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { DownloadView, ReleaseView } from '../../shared/release-views.ts';
import { useCommand, useDoor } from '../data/app-link.tsx';
import { type Arrival, fileSize, percent, speed, withArrival } from '../words/sizes.ts';
import { verificationOutcome, verificationPlan } from '../words/updates.ts';
import { Copyable } from './copy.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { ExternalButton } from './external-link.tsx';
import { Fact, Facts } from './fact.tsx';
import { Section } from './page.tsx';
import { StateMark } from './state-mark.tsx';

/** The release's file for this machine: what it is, its download, and whether it could be verified. */
export function DownloadPanel({ release, download }: { release: ReleaseView; download: DownloadView | null }) {
  const { asset } = release;
  if (!asset) {
    return (
      <Section title="Download">
        <Group justify="space-between" gap="sm">
          <Text>This release has no file for this platform.</Text>
          <ExternalButton href={release.url}>Release page</ExternalButton>
        </Group>
      </Section>
    );
  }
  const current = download?.version === release.version ? download : null;
  const outcome = current && verificationOutcome(current, asset);
  return (
    <Section title="Download">
      <Stack>
        <Facts>
          <Fact label="File">
            {asset.name}
            <Text span size="sm" c="dimmed">
              , {fileSize(asset.size)}
            </Text>
          </Fact>
          <Fact label="Verification">
            {outcome && (
              <div role="status">
                <StateMark {...outcome} />
              </div>
            )}
            <Text size="sm" {...(outcome ? { c: 'dimmed' } : {})}>
              {outcome ? outcome.sentence : verificationPlan(asset)}
            </Text>
          </Fact>
          {current?.path && (
            <Fact label="Saved as">
              <Copyable value={current.path} what="the path" />
            </Fact>
          )}
        </Facts>
        {current &&
          (current.state === 'downloading' || current.state === 'stopped' || current.state === 'verifying') && (
            <DownloadProgress download={current} />
          )}
        <DownloadActions download={current} />
      </Stack>
    </Section>
  );
}

function DownloadProgress({ download }: { download: DownloadView }) {
  const [arrivals, setArrivals] = useState<Arrival[]>([]);
  const { receivedBytes, totalBytes, state } = download;
  useEffect(() => {
    if (state !== 'downloading') setArrivals([]);
    else setArrivals((known) => withArrival(known, { at: performance.now(), bytes: receivedBytes }));
  }, [receivedBytes, state]);
  const done = percent(receivedBytes, totalBytes);
  const perSecond = speed(arrivals);
  return (
    <div>
      <Progress
        value={done}
        aria-label={`Download of ${download.assetName}`}
        striped={state === 'verifying'}
        color={state === 'stopped' ? 'gray' : 'accent'}
      />
      <Group justify="space-between" mt={6}>
        <Text size="sm">
          {done} % · {fileSize(receivedBytes)} of {fileSize(totalBytes)}
        </Text>
        <Text size="sm" c="dimmed">
          {state === 'downloading' && perSecond !== null ? `${fileSize(perSecond)}/s` : '\u00a0'}
        </Text>
      </Group>
    </div>
  );
}

/** What can be done in each state of the download; the error of the last thing tried stands above. */
function DownloadActions({ download }: { download: DownloadView | null }) {
  const start = useCommand('updates.download');
  const stop = useCommand('updates.stop');
  const discard = useCommand('updates.discard');
  const reveal = useCommand('updates.reveal');
  const inWindow = useDoor().door === 'window';
  const state = download?.state ?? null;
  const finished = state === 'verified' || state === 'unverified';
  const failed = [start, stop, discard, reveal].find(({ error }) => error !== null);
  const error = failed?.error?.view ?? download?.error ?? null;
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={() => start.mutate({})} retrying={start.isPending} />}
      <Group gap="xs">
        {state === null && (
          <Button onClick={() => start.mutate({})} loading={start.isPending}>
            Download
          </Button>
        )}
        {state === 'downloading' && (
          <Button variant="default" onClick={() => stop.mutate({})} loading={stop.isPending}>
            Stop
          </Button>
        )}
        {(state === 'stopped' || state === 'failed') && (
          <Button onClick={() => start.mutate({})} loading={start.isPending}>
            {state === 'stopped' ? 'Go on' : 'Download again'}
          </Button>
        )}
        {finished && inWindow && (
          <Button onClick={() => reveal.mutate({})} loading={reveal.isPending}>
            Show in folder
          </Button>
        )}
        {(finished || state === 'stopped' || state === 'failed') && (
          <Button variant="default" onClick={() => discard.mutate({})} loading={discard.isPending}>
            {finished ? 'Delete the file' : 'Discard what arrived'}
          </Button>
        )}
      </Group>
    </>
  );
}
