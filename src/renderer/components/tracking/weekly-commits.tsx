import { BarChart } from '@mantine/charts';
import { Text } from '@mantine/core';
import type { RepositoryDetails } from '../../../shared/tracking-views.ts';
import { count, dayInWords } from '../../words/tracking.ts';

/** Commits of the default branch, a bar a week. */
export function WeeklyCommits({ weeks }: { weeks: RepositoryDetails['weeks'] }) {
  const first = weeks.findIndex(({ commits }) => commits > 0);
  if (first === -1) {
    return (
      <Text size="sm" c="dimmed">
        No commits in the last two years.
      </Text>
    );
  }
  // A young repository gets the whole width, but not less than half a year of it.
  const shown = weeks.slice(Math.min(first, Math.max(0, weeks.length - 26)));
  const total = shown.reduce((sum, { commits }) => sum + commits, 0);
  const busiest = shown.reduce((most, week) => (week.commits > most.commits ? week : most));
  return (
    <div
      role="img"
      // Until the chart has noticed that its room became smaller.
      style={{ overflowX: 'clip' }}
      aria-label={`${count(total, 'commit')} in ${shown.length} weeks; most of them, ${busiest.commits}, in the week of ${dayInWords(busiest.week)}`}
    >
      <BarChart
        h={160}
        accessibilityLayer={false}
        data={shown.map(({ week, commits }) => ({ week: dayInWords(week), commits }))}
        dataKey="week"
        series={[{ name: 'commits', label: 'Commits', color: 'var(--tone-working)' }]}
        gridAxis="none"
        tickLine="none"
        yAxisProps={{ width: 34, allowDecimals: false, interval: 0 }}
        xAxisProps={{ minTickGap: 48 }}
        barProps={{ isAnimationActive: false, radius: 1 }}
      />
    </div>
  );
}
