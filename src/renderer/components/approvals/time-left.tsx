import { countdown } from '../../words/times.ts';
import { useNow } from '../use-now.ts';

/** What is left of a request's time. Not announced again every second. */
export function TimeLeft({ until }: { until: string }) {
  const left = Date.parse(until) - useNow(1_000);
  return (
    <span role="timer" aria-live="off">
      {countdown(left)} left
    </span>
  );
}
