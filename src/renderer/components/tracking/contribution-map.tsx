import { Heatmap } from '@mantine/charts';
import { Skeleton, Text, useComputedColorScheme } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useMemo } from 'react';
import { DAY_MS } from '../../../shared/durations.ts';
import { useAnswer } from '../../data/tracking.ts';
import { count, dayInWords, isoDay } from '../../words/tracking.ts';
import { Section } from '../page.tsx';
import { Time } from '../time.tsx';
import classes from './contribution-map.module.css';

const DAYS = 371;
const WEEKS = 54;
/** A square a day, as large as fits, px. */
const SMALLEST = 7;
const LARGEST = 16;
const GAP = 2;
/** The names of the weekdays, px. */
const WORDS = 32;

/** From a little to a lot, each told apart from the next on its background. */
const SHADES = {
  light: ['#b7c9ec', '#7396e0', '#3660c2', '#1f4999'],
  dark: ['#2d4470', '#3f63ae', '#6f95e2', '#b3cbf7'],
};

/** A year of the person's contributions, a square a day. */
export function ContributionMap() {
  const contributions = useAnswer('tracking.contributions', { days: DAYS });
  const scheme = useComputedColorScheme('light');
  const { data } = contributions;
  const { ref, width } = useElementSize();
  const merged = useMergedRef(ref, showLast);
  const counts = useMemo(
    () => Object.fromEntries((data?.days ?? []).flatMap(({ day, count }) => (count > 0 ? [[isoDay(day), count]] : []))),
    [data],
  );
  // Nothing to draw without an account at GitHub, or before it was asked.
  if (data && data.askedAt === null) return null;
  const size = Math.max(SMALLEST, Math.min(LARGEST, Math.floor((width - WORDS) / WEEKS) - GAP));
  const first = data?.days[0]?.day;
  const last = data?.days.at(-1)?.day;
  return (
    <Section
      title="Contributions"
      description={
        data ? (
          <>
            {count(data.total, 'contribution')} in a year, as GitHub counts them
            {data.askedAt !== null && (
              <>
                , asked <Time iso={data.askedAt} />
              </>
            )}
            .
          </>
        ) : (
          '\u00a0'
        )
      }
    >
      {data && first !== undefined && last !== undefined ? (
        // Where it does not fit it can be moved by the keyboard too, and shows the last months first.
        <div
          className={classes.map}
          ref={merged}
          {...(width > 0 && width < WORDS + WEEKS * (size + GAP)
            ? { role: 'group', tabIndex: 0, 'aria-label': 'Contributions by day' }
            : {})}
        >
          <Heatmap
            role="img"
            aria-label={inWords(data.weeks, data.total)}
            data={counts}
            startDate={isoDay(first)}
            endDate={isoDay(last)}
            colors={SHADES[scheme]}
            rectSize={size}
            gap={GAP}
            weekdaysLabelsWidth={WORDS}
            withMonthLabels
            withWeekdayLabels
            withTooltip
            getTooltipLabel={({ date, value }) =>
              `${count(value ?? 0, 'contribution')}, ${dayInWords(Math.round(Date.parse(date) / DAY_MS))}`
            }
          />
        </div>
      ) : contributions.error ? (
        <Text size="sm">{contributions.error.view.message}</Text>
      ) : (
        <Skeleton height={118} />
      )}
    </Section>
  );
}

/** Where not all of it fits, the last months come first. */
function showLast(element: HTMLElement | null): void {
  if (element) element.scrollLeft = element.scrollWidth;
}

/** The picture for those who cannot see it. */
function inWords(weeks: readonly { week: number; count: number }[], total: number): string {
  const busiest = weeks.reduce((most, week) => (week.count > most.count ? week : most), { week: 0, count: 0 });
  const most =
    busiest.count === 0 ? '' : `; most of them, ${busiest.count}, in the week of ${dayInWords(busiest.week)}`;
  return `${count(total, 'contribution')} in a year${most}`;
}
