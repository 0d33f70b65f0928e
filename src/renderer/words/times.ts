import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/durations.ts';

/** Hours and days begin where rounding the smaller unit would reach them: "in 1 hour", not "in 60 minutes". */
const STEPS = [
  { unit: 'year', ms: 365 * DAY_MS, from: 365 * DAY_MS },
  { unit: 'month', ms: 30 * DAY_MS, from: 30 * DAY_MS },
  { unit: 'day', ms: DAY_MS, from: DAY_MS - HOUR_MS / 2 },
  { unit: 'hour', ms: HOUR_MS, from: HOUR_MS - MINUTE_MS / 2 },
  { unit: 'minute', ms: MINUTE_MS, from: MINUTE_MS },
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/**
 * A time as a person would say it: "5 minutes ago", "in 8 hours", "just now".
 *
 * @param iso the time, ISO 8601
 * @param now ms since the epoch
 */
export function relativeTime(iso: string, now: number): string {
  const distance = Date.parse(iso) - now;
  const size = Math.abs(distance);
  if (size < MINUTE_MS) return distance > 5_000 ? 'in less than a minute' : 'just now';
  const step = STEPS.find(({ from }) => size >= from) ?? STEPS[4];
  return relative.format(Math.sign(distance) * Math.round(size / step.ms), step.unit);
}

/** The same time to the second, in the person's own way of writing and their time zone. */
export function exactTime(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' }).format(new Date(iso));
}

/** The time of day for something within a day ("14:05"), else day and time, in the person's own way of writing. */
export function clockTime(iso: string, now: number): string {
  const near = Math.abs(Date.parse(iso) - now) < DAY_MS;
  return new Intl.DateTimeFormat(
    undefined,
    near ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' },
  ).format(new Date(iso));
}

/**
 * What is left of a countdown: "14:05". Never negative.
 *
 * @param ms that are left
 */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * How often something happens, in the largest unit that fits: "every 6 hours", "every day", "every 90 minutes".
 *
 * @param ms a whole number of minutes
 */
export function every(ms: number): string {
  const units = [
    { unit: 'day', ms: DAY_MS },
    { unit: 'hour', ms: HOUR_MS },
  ];
  const fitting = units.find((each) => ms % each.ms === 0) ?? { unit: 'minute', ms: MINUTE_MS };
  const count = Math.round(ms / fitting.ms);
  return count === 1 ? `every ${fitting.unit}` : `every ${count} ${fitting.unit}s`;
}
