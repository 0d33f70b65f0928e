import { Group, SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { Page } from '../components/page.tsx';
import { PullRequestList } from '../components/tracking/pull-request-list.tsx';
import { SearchField } from '../components/tracking/search-field.tsx';
import { TrackingBanner } from '../components/tracking/tracking-banner.tsx';
import { useView } from '../data/app-link.tsx';
import { count } from '../words/tracking.ts';

const VIEWS = [
  {
    value: 'waiting',
    label: 'Waiting for me',
    empty: {
      title: 'Nothing waits for you',
      description: 'No review is asked of you, and nothing of yours is held up.',
    },
  },
  {
    value: 'mine',
    label: 'Mine',
    empty: { title: 'No open ones of yours', description: 'What you open stands here until it is merged or closed.' },
  },
  {
    value: 'merged',
    label: 'Merged',
    empty: { title: 'Nothing was merged yet', description: 'The last ones to be merged stand here.' },
  },
  {
    value: 'all',
    label: 'All',
    empty: { title: 'No pull requests yet', description: 'Those of all your repositories stand here.' },
  },
] as const;
type View = (typeof VIEWS)[number]['value'];

/** Pull requests of all repositories: first those that wait for the person. */
export function PullRequestsPage() {
  const [view, setView] = useState<View>('waiting');
  const [search, setSearch] = useState('');
  const waiting = useView('tracking.get').data?.waiting;
  const chosen = VIEWS.find(({ value }) => value === view) ?? VIEWS[0];
  return (
    <Page wide name="Pull requests" title="Pull requests" lead={lead(waiting)}>
      <TrackingBanner />
      <Stack gap="md">
        <Group gap="sm">
          <SegmentedControl
            aria-label="Which pull requests"
            value={view}
            onChange={(value) => setView(value)}
            data={VIEWS.map(({ value, label }) => ({ value, label }))}
          />
          <SearchField label="Search by title" value={search} onChange={setSearch} />
        </Group>
        <PullRequestList
          key={view}
          question={{ view, ...(search === '' ? {} : { search }) }}
          label={chosen.label}
          named
          empty={chosen.empty}
          onClear={search === '' ? undefined : () => setSearch('')}
        />
      </Stack>
    </Page>
  );
}

function lead(waiting: number | undefined): string {
  if (waiting === undefined) return '\u00a0';
  if (waiting === 0) return 'Nothing waits for you.';
  return `${count(waiting, 'pull request')} ${waiting === 1 ? 'waits' : 'wait'} for you.`;
}
