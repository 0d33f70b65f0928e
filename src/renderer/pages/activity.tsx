import { Group, NativeSelect, Stack } from '@mantine/core';
import { useState } from 'react';
import { Page, Section } from '../components/page.tsx';
import { Busiest } from '../components/tracking/busiest.tsx';
import { ContributionMap } from '../components/tracking/contribution-map.tsx';
import { SearchField } from '../components/tracking/search-field.tsx';
import { Timeline } from '../components/tracking/timeline.tsx';
import { TrackingBanner } from '../components/tracking/tracking-banner.tsx';
import { EVENT_GROUPS, type EventGroup } from '../words/tracking.ts';

/** What happened in the person's repositories. */
export function ActivityPage() {
  const [group, setGroup] = useState<EventGroup>('all');
  const [search, setSearch] = useState('');
  const kinds = EVENT_GROUPS.find(({ value }) => value === group)?.kinds;
  const clear = () => {
    setGroup('all');
    setSearch('');
  };
  return (
    <Page wide name="Activity" title="Activity" lead="What happened in your repositories. It stays on this machine.">
      <TrackingBanner />
      <ContributionMap />
      <Busiest />
      <Section title="Timeline" bare>
        <Stack gap="xs">
          <Group gap="sm">
            <NativeSelect
              aria-label="What happened"
              value={group}
              onChange={(event) => setGroup(event.currentTarget.value as EventGroup)}
              data={EVENT_GROUPS.map(({ value, label }) => ({ value, label }))}
            />
            <SearchField label="Search by repository, title or person" value={search} onChange={setSearch} />
          </Group>
          <Timeline
            question={{ ...(kinds === undefined ? {} : { kinds: [...kinds] }), ...(search === '' ? {} : { search }) }}
            named
            onClear={group === 'all' && search === '' ? undefined : clear}
          />
        </Stack>
      </Section>
    </Page>
  );
}
