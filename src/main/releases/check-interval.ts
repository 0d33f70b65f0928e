import type { Outcome } from './outcome.ts';

/** Each scheduled check comes up to this share of its interval later, so that not all machines ask at once. */
export const JITTER = 0.1;
const FIRST_RETRY_MS = 5 * 60_000;
/** However soon GitHub allows it again: a clock that is off must not make a loop of it. */
const SOONEST_MS = 60_000;

/**
 * The time from the end of a check to the next one, ms: the person's interval, but less after a trouble that passes by
 * itself, and not before GitHub wants it.
 *
 * @param outcome of the check that has just ended
 * @param failures checks in a row that failed, this one included
 * @param endedAt ms since the epoch
 */
export function nextInterval(intervalMs: number, outcome: Outcome, failures: number, endedAt: number): number {
  if (outcome.kind === 'rate_limited' && outcome.retryAt !== null) {
    return Math.max(outcome.retryAt - endedAt, SOONEST_MS);
  }
  if (failures > 0) return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), intervalMs);
  return intervalMs;
}
