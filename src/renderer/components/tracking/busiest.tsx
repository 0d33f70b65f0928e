import { SimpleGrid, Text } from '@mantine/core';
import { Link } from 'wouter';
import { usePages } from '../../data/tracking.ts';
import { count } from '../../words/tracking.ts';
import { Section } from '../page.tsx';
import { PageLink } from '../page-link.tsx';
import classes from './busiest.module.css';
import { Sparkline } from './sparkline.tsx';

/** The repositories that were pushed to last, with half a year of commits. */
export function Busiest() {
  const { items = [] } = usePages('tracking.repositories', { sort: 'pushed', direction: 'desc', limit: 6 });
  const shown = items.filter(({ commitsByWeek }) => commitsByWeek.some((commits) => commits > 0));
  if (shown.length === 0) return null;
  return (
    <Section
      title="Pushed to lately"
      description="Commits a week, for half a year."
      actions={
        <Text size="sm">
          <PageLink href="/repositories">All repositories</PageLink>
        </Text>
      }
    >
      <SimpleGrid
        cols={{ base: 1, xs: 2, md: 3 }}
        spacing="lg"
        verticalSpacing="sm"
        component="ul"
        className={classes.grid ?? ''}
      >
        {shown.map(({ id, owner, name, commitsByWeek }) => (
          <li key={id} className={classes.repository}>
            <Link href={`/repositories/${id}`} className={classes.name ?? ''} title={`${owner}/${name}`}>
              <bdi>{name}</bdi>
            </Link>
            <Sparkline
              values={commitsByWeek}
              label={`${count(
                commitsByWeek.reduce((sum, week) => sum + week, 0),
                'commit',
              )} in half a year`}
            />
          </li>
        ))}
      </SimpleGrid>
    </Section>
  );
}
