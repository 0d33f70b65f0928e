import {
  Badge,
  Button,
  Group,
  NativeSelect,
  SegmentedControl,
  SimpleGrid,
  Skeleton,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { RepositoryDetails } from '../../shared/tracking-views.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { ExternalButton } from '../components/external-link.tsx';
import { Page, Section } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Time } from '../components/time.tsx';
import { CommitList } from '../components/tracking/commit-list.tsx';
import { LanguageBar } from '../components/tracking/language-bar.tsx';
import { BranchList, ReleaseList } from '../components/tracking/named-lists.tsx';
import { PullRequestList } from '../components/tracking/pull-request-list.tsx';
import { SearchField } from '../components/tracking/search-field.tsx';
import { Timeline } from '../components/tracking/timeline.tsx';
import { useCommand } from '../data/app-link.tsx';
import { useAnswer } from '../data/tracking.ts';
import { count } from '../words/tracking.ts';

/** The library that draws it is larger than everything else on the page. */
const WeeklyCommits = lazy(async () => ({
  default: (await import('../components/tracking/weekly-commits.tsx')).WeeklyCommits,
}));

/** One repository: what it is, and everything that happened in it. */
export function RepositoryPage({ id }: { id: number }) {
  const query = useAnswer('tracking.repository', { id });
  const repository = query.data;
  if (!repository) {
    return (
      <Page wide name="Repository" title="Repository">
        {query.error ? (
          <>
            <ErrorNotice error={query.error.view} onRetry={() => void query.refetch()} retrying={query.isFetching} />
            <Text>
              <PageLink href="/repositories">All repositories</PageLink>
            </Text>
          </>
        ) : (
          <>
            <Skeleton height={110} />
            <Skeleton height={230} />
            <Skeleton height={320} />
          </>
        )}
      </Page>
    );
  }
  return <Details repository={repository} />;
}

function Details({ repository }: { repository: RepositoryDetails }) {
  const { id, owner, name, description, url, lookedAt, nextLookAt, problem, state } = repository;
  const refresh = useCommand('tracking.refresh');
  const mute = useCommand('tracking.mute');
  return (
    <Page
      wide
      nav={
        <Text size="sm">
          <PageLink href="/repositories">Repositories</PageLink>
        </Text>
      }
      name={`${owner}/${name}`}
      title={
        <bdi>
          {owner}/{name}
        </bdi>
      }
      lead={<span dir="auto">{description ?? 'Without a description.'}</span>}
      actions={
        <>
          <Button variant="default" loading={refresh.isPending} onClick={() => refresh.mutate({ repositoryId: id })}>
            Look now
          </Button>
          <ExternalButton href={url}>Open at GitHub</ExternalButton>
        </>
      }
    >
      {problem && (
        <ErrorNotice
          error={problem}
          onRetry={() => refresh.mutate({ repositoryId: id })}
          retrying={refresh.isPending}
        />
      )}
      {state === 'left_out' && (
        <Text>
          Nothing of it is fetched: it is not among those that <PageLink href="/settings">you chose</PageLink>.
        </Text>
      )}
      {state === 'gone' && (
        <Text>No account of yours sees it any more. What was kept of it is deleted after 90 days.</Text>
      )}
      <Marks repository={repository} />
      <Numbers repository={repository} />
      <Section title="Commits a week" description="Of the default branch, in the last two years.">
        <Suspense fallback={<Skeleton height={160} />}>
          <WeeklyCommits weeks={repository.weeks} />
        </Suspense>
      </Section>
      <Section title="Keeping up">
        <Stack gap="sm">
          <Switch
            label="No notifications of this repository"
            checked={repository.muted}
            disabled={mute.isPending}
            onChange={(event) => mute.mutate({ repositoryId: id, muted: event.currentTarget.checked })}
          />
          <Text size="sm" c="dimmed" component="div">
            Looked at <Time iso={lookedAt} />
            {state === 'tracked' && (
              <>
                , again <Time iso={nextLookAt} />
              </>
            )}
            .{' '}
            {repository.webhookAt !== null ? (
              <>
                The last webhook came <Time iso={repository.webhookAt} />.
              </>
            ) : (
              state === 'tracked' && 'No webhooks arrive; it is asked about more often the more happens in it.'
            )}
          </Text>
        </Stack>
      </Section>
      {/* The last, since it goes on for as long as one scrolls: nobody would ever get to what is below it. */}
      <Parts repository={repository} />
    </Page>
  );
}

function Marks({ repository }: { repository: RepositoryDetails }) {
  const { private: hidden, fork, archived, license, topics, languages } = repository;
  const marks = [fork && 'fork', archived && 'archived', license].filter((mark) => typeof mark === 'string');
  if (!hidden && marks.length === 0 && topics.length === 0 && languages.length === 0) return null;
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {hidden && (
          <Badge variant="default" tt="none" fw={500} leftSection={<IconLock size={12} aria-hidden />}>
            private
          </Badge>
        )}
        {marks.map((mark) => (
          <Badge key={mark} variant="default" tt="none" fw={500}>
            {mark}
          </Badge>
        ))}
        {topics.map((topic) => (
          <Badge key={topic} variant="light" tt="none" fw={500}>
            <bdi>{topic}</bdi>
          </Badge>
        ))}
      </Group>
      {languages.length > 0 && <LanguageBar languages={languages} />}
    </Stack>
  );
}

function Numbers({ repository }: { repository: RepositoryDetails }) {
  const { stars, starsTrend, forks, watchers, openIssues, openPullRequests, commits } = repository;
  const trend =
    starsTrend === 0 ? null : `${starsTrend > 0 ? '+' : '−'}${Math.abs(starsTrend).toLocaleString('en')} in 30 days`;
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }} spacing="md" component="dl" m={0}>
      <Figure label="Stars" value={stars} note={trend} />
      <Figure label="Forks" value={forks} />
      <Figure label="Watchers" value={watchers} />
      <Figure label="Open issues" value={openIssues} />
      <Figure label="Open pull requests" value={openPullRequests} />
      <Figure label="Commits" value={commits} />
    </SimpleGrid>
  );
}

function Figure({ label, value, note = null }: { label: string; value: number; note?: string | null }) {
  return (
    <div>
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} fz="xl" fw={600}>
        {value.toLocaleString('en')}
        {note !== null && (
          <Text span size="xs" c="dimmed" fw={400} display="block">
            {note}
          </Text>
        )}
      </Text>
    </div>
  );
}

const PARTS = ['commits', 'pull_requests', 'branches', 'releases', 'activity'] as const;
type Part = (typeof PARTS)[number];

const LABELS: Record<Part, string> = {
  commits: 'Commits',
  pull_requests: 'Pull requests',
  branches: 'Branches',
  releases: 'Releases',
  activity: 'Activity',
};

/** The long lists, one at a time. */
function Parts({ repository }: { repository: RepositoryDetails }) {
  const { id, branches, releases } = repository;
  const [part, setPart] = useState<Part>('commits');
  const [search, setSearch] = useState('');
  const clear = search === '' ? undefined : () => setSearch('');
  const show = (chosen: Part) => {
    setPart(chosen);
    setSearch('');
  };
  const views: Record<Part, () => ReactNode> = {
    commits: () => <CommitList repositoryId={id} search={search} onClear={clear} />,
    pull_requests: () => (
      <PullRequestList
        question={{ repositoryId: id, ...(search === '' ? {} : { search }) }}
        label="Pull requests"
        named={false}
        empty={{ title: 'No pull requests', description: 'When one is opened it stands here.' }}
        onClear={clear}
      />
    ),
    branches: () => <BranchList repositoryId={id} />,
    releases: () => <ReleaseList repositoryId={id} />,
    activity: () => (
      <Timeline question={{ repositoryId: id, ...(search === '' ? {} : { search }) }} named={false} onClear={clear} />
    ),
  };
  const searched = part !== 'branches' && part !== 'releases';
  return (
    <Section
      bare
      title={LABELS[part]}
      description={
        part === 'branches'
          ? count(branches, 'branch', 'branches')
          : part === 'releases'
            ? count(releases, 'release')
            : undefined
      }
    >
      <Stack gap="xs">
        <Group gap="sm">
          <SegmentedControl
            visibleFrom="xs"
            aria-label="What to show"
            value={part}
            onChange={show}
            data={PARTS.map((value) => ({ value, label: LABELS[value] }))}
          />
          <NativeSelect
            hiddenFrom="xs"
            aria-label="What to show"
            value={part}
            onChange={(event) => show(event.currentTarget.value as Part)}
            data={PARTS.map((value) => ({ value, label: LABELS[value] }))}
          />
          {searched && (
            <SearchField label={`Search ${LABELS[part].toLowerCase()}`} value={search} onChange={setSearch} />
          )}
        </Group>
        {views[part]()}
      </Stack>
    </Section>
  );
}
