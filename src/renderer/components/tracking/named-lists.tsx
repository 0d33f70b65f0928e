import { Badge, Text } from '@mantine/core';
import { IconGitBranch, IconTag } from '@tabler/icons-react';
import { usePages } from '../../data/tracking.ts';
import { OutsideTitle } from '../external-link.tsx';
import { Time } from '../time.tsx';
import { Paged } from './paged.tsx';
import classes from './row.module.css';
import { VirtualRows } from './virtual-rows.tsx';

/** The branches of a repository, the default one first. */
export function BranchList({ repositoryId }: { repositoryId: number }) {
  const pages = usePages('tracking.branches', { repositoryId, limit: 100 });
  return (
    <Paged
      pages={pages}
      empty={{
        icon: <IconGitBranch size={36} stroke={1.4} aria-hidden />,
        title: 'No branches',
        description: 'The repository is empty, or they are still on their way.',
      }}
      height={200}
    >
      {(items) => (
        <VirtualRows
          as="list"
          label="Branches"
          items={items}
          keyOf={({ name }) => name}
          estimate={44}
          onEnd={pages.readOn}
        >
          {({ name, isDefault, committedAt, headOid, url }) => (
            <article className={classes.row}>
              <IconGitBranch size={18} stroke={1.6} aria-hidden className={classes.icon} />
              <div className={classes.words}>
                <OutsideTitle href={url}>{name}</OutsideTitle>{' '}
                {isDefault && (
                  <Badge variant="default" size="sm" tt="none" fw={500}>
                    default
                  </Badge>
                )}
              </div>
              <Text size="sm" c="dimmed" className={classes.when ?? ''}>
                <code>{headOid.slice(0, 7)}</code>
                {committedAt !== null && (
                  <>
                    , <Time iso={committedAt} />
                  </>
                )}
              </Text>
            </article>
          )}
        </VirtualRows>
      )}
    </Paged>
  );
}

/** The releases of a repository, the latest first. */
export function ReleaseList({ repositoryId }: { repositoryId: number }) {
  const pages = usePages('tracking.releases', { repositoryId, limit: 100 });
  return (
    <Paged
      pages={pages}
      empty={{
        icon: <IconTag size={36} stroke={1.4} aria-hidden />,
        title: 'No releases',
        description: 'When one is published it stands here.',
      }}
      height={200}
    >
      {(items) => (
        <VirtualRows
          as="list"
          label="Releases"
          items={items}
          keyOf={({ tag }) => tag}
          estimate={44}
          onEnd={pages.readOn}
        >
          {({ tag, name, prerelease, publishedAt, url }) => (
            <article className={classes.row}>
              <IconTag size={18} stroke={1.6} aria-hidden className={classes.icon} />
              <div className={classes.words}>
                <OutsideTitle href={url}>{name === '' ? tag : name}</OutsideTitle>{' '}
                {name !== '' && name !== tag && (
                  <Text span size="sm" c="dimmed">
                    <bdi>{tag}</bdi>{' '}
                  </Text>
                )}
                {prerelease && (
                  <Badge variant="default" size="sm" tt="none" fw={500}>
                    prerelease
                  </Badge>
                )}
              </div>
              <Text size="sm" c="dimmed" className={classes.when ?? ''}>
                <Time iso={publishedAt} />
              </Text>
            </article>
          )}
        </VirtualRows>
      )}
    </Paged>
  );
}
