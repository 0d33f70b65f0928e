import { Button, Group, NativeSelect, Stack } from '@mantine/core';
import { IconBooks } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Page } from '../components/page.tsx';
import { Paged } from '../components/tracking/paged.tsx';
import classes from '../components/tracking/repository-table.module.css';
import { RepositoryTable, SORTS, type Sorting } from '../components/tracking/repository-table.tsx';
import { SearchField } from '../components/tracking/search-field.tsx';
import { TrackingBanner } from '../components/tracking/tracking-banner.tsx';
import { useCommand, useView } from '../data/app-link.tsx';
import { usePages } from '../data/tracking.ts';
import { count } from '../words/tracking.ts';

const STATES = [
  { value: 'tracked', label: 'Tracked' },
  { value: 'left_out', label: 'Left out' },
  { value: 'gone', label: 'Gone' },
  { value: 'any', label: 'All' },
] as const;
type StateFilter = (typeof STATES)[number]['value'];

/** The person's repositories. */
export function RepositoriesPage() {
  const [search, setSearch] = useState('');
  const [state, setState] = useState<StateFilter>('tracked');
  const [sorting, setSorting] = useState<Sorting>({ sort: 'pushed', direction: 'desc' });
  const accounts = useView('tracking.get').data?.accounts;
  const refresh = useCommand('tracking.refresh');
  const pages = usePages('tracking.repositories', {
    ...(search === '' ? {} : { search }),
    ...{ state, ...sorting, limit: 100 },
  });
  const filtered = search !== '' || state !== 'tracked';
  const clear = () => {
    setSearch('');
    setState('tracked');
  };
  return (
    <Page
      wide
      name="Repositories"
      title="Repositories"
      lead={
        pages.items
          ? `${count(pages.total, 'repository', 'repositories')}${filtered ? ' of what is here' : ''}.`
          : '\u00a0'
      }
      actions={
        accounts !== undefined &&
        accounts.length > 0 && (
          <Button variant="default" loading={refresh.isPending} onClick={() => refresh.mutate({})}>
            Look now
          </Button>
        )
      }
    >
      <TrackingBanner />
      {refresh.error && <ErrorNotice error={refresh.error.view} onRetry={() => refresh.mutate({})} />}
      <Stack gap="md">
        <Group gap="sm">
          <SearchField label="Search by name or description" value={search} onChange={setSearch} />
          <NativeSelect
            aria-label="Which repositories"
            value={state}
            onChange={(event) => setState(event.currentTarget.value as StateFilter)}
            data={STATES.map(({ value, label }) => ({ value, label }))}
          />
          <NativeSelect
            aria-label="Sorted by"
            className={classes.sorting ?? ''}
            value={sorting.sort}
            onChange={(event) => {
              const chosen = SORTS.find(({ sort }) => sort === event.currentTarget.value);
              if (chosen) setSorting({ sort: chosen.sort, direction: chosen.first });
            }}
            data={SORTS.map(({ sort, label }) => ({ value: sort, label }))}
          />
        </Group>
        <Paged
          pages={pages}
          empty={{
            icon: <IconBooks size={36} stroke={1.4} aria-hidden />,
            title: 'No repositories yet',
            description: 'As soon as some are found they stand here, with what happens in them.',
            onClear: filtered ? clear : undefined,
          }}
          height={420}
        >
          {(repositories) => (
            <RepositoryTable
              repositories={repositories}
              total={pages.total}
              sorting={sorting}
              onSort={setSorting}
              onEnd={pages.readOn}
            />
          )}
        </Paged>
      </Stack>
    </Page>
  );
}
