import { Text, VisuallyHidden } from '@mantine/core';
import { IconGitCommit } from '@tabler/icons-react';
import type { CommitView } from '../../../shared/tracking-views.ts';
import { usePages } from '../../data/tracking.ts';
import { OutsideTitle } from '../external-link.tsx';
import { Time } from '../time.tsx';
import { Paged } from './paged.tsx';
import classes from './row.module.css';
import { VirtualRows } from './virtual-rows.tsx';

/** The commits of a repository's default branch, the latest first. @param onClear shows all, where the person searched */
export function CommitList({
  repositoryId,
  search,
  onClear,
}: {
  repositoryId: number;
  search: string;
  onClear: (() => void) | undefined;
}) {
  const pages = usePages('tracking.commits', { repositoryId, limit: 100, ...(search === '' ? {} : { search }) });
  return (
    <Paged
      pages={pages}
      empty={{
        icon: <IconGitCommit size={36} stroke={1.4} aria-hidden />,
        title: 'No commits',
        description: 'The default branch has none, or they are still on their way.',
        onClear,
      }}
      height={320}
    >
      {(commits) => (
        <VirtualRows
          as="list"
          label="Commits"
          items={commits}
          keyOf={({ oid }) => oid}
          estimate={60}
          onEnd={pages.readOn}
        >
          {(commit) => <CommitRow commit={commit} />}
        </VirtualRows>
      )}
    </Paged>
  );
}

function CommitRow({ commit }: { commit: CommitView }) {
  const { oid, headline, authorName, authorLogin, committedAt, additions, deletions, url } = commit;
  return (
    <article className={classes.row}>
      <IconGitCommit size={18} stroke={1.6} aria-hidden className={classes.icon} />
      <div className={classes.words}>
        <OutsideTitle href={url}>{headline === '' ? 'Without a message' : headline}</OutsideTitle>
        <Text size="sm" c="dimmed" component="div">
          <bdi>{authorName ?? authorLogin ?? 'nobody'}</bdi>, <code>{oid.slice(0, 7)}</code>
          {additions !== null && deletions !== null && (
            <>
              , +{additions.toLocaleString('en')} −{deletions.toLocaleString('en')}
              <VisuallyHidden> lines</VisuallyHidden>
            </>
          )}
        </Text>
      </div>
      <Text size="sm" c="dimmed" className={classes.when ?? ''}>
        <Time iso={committedAt} />
      </Text>
    </article>
  );
}
