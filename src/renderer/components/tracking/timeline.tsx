import { Title } from '@mantine/core';
import { IconTimeline } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { Input } from '../../../shared/contract.ts';
import type { EventView } from '../../../shared/tracking-views.ts';
import { usePages } from '../../data/tracking.ts';
import { dayHeading } from '../../words/tracking.ts';
import { useNow } from '../use-now.ts';
import { EventRow } from './event-row.tsx';
import { Paged } from './paged.tsx';
import classes from './row.module.css';
import { VirtualRows } from './virtual-rows.tsx';

/** The heading of a day, or what happened on it. */
type Line = { heading: string } | { event: EventView };

/**
 * What happened, day by day, the latest first.
 *
 * @param named whether each says which repository it is of
 * @param onClear shows everything, where the person asked for less
 */
export function Timeline({
  question,
  named,
  onClear,
}: {
  question: Omit<Input<'tracking.activity'>, 'cursor' | 'limit'>;
  named: boolean;
  onClear: (() => void) | undefined;
}) {
  const pages = usePages('tracking.activity', { ...question, limit: 100 });
  // The headings change only at midnight.
  const now = useNow(60_000);
  const { items } = pages;
  const lines = useMemo(() => byDay(items ?? [], now), [items, now]);
  return (
    <Paged
      pages={pages}
      empty={{
        icon: <IconTimeline size={36} stroke={1.4} aria-hidden />,
        title: 'Nothing has happened yet',
        description: 'Commits, pull requests, releases and stars stand here as they come.',
        onClear,
      }}
      height={420}
    >
      {() => (
        <VirtualRows
          as="list"
          label="What happened"
          items={lines}
          keyOf={(line) => ('event' in line ? line.event.id : line.heading)}
          estimate={60}
          onEnd={pages.readOn}
        >
          {(line) =>
            'event' in line ? (
              <EventRow event={line.event} named={named} />
            ) : (
              <Title order={3} className={classes.day ?? ''}>
                {line.heading}
              </Title>
            )
          }
        </VirtualRows>
      )}
    </Paged>
  );
}

function byDay(events: readonly EventView[], now: number): Line[] {
  let heading = '';
  return events.flatMap((event): Line[] => {
    const day = dayHeading(event.at, now);
    if (day === heading) return [{ event }];
    heading = day;
    return [{ heading }, { event }];
  });
}
