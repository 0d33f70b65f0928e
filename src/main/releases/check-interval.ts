import type { Outcome } from './outcome.ts';

/** Each scheduled check comes up to this share of the interval early, so that not all machines ask at once. */
export const JITTER = 0.1;
const FIRST_RETRY_MS = 5 * 60_000;

/**
 * The time until the next scheduled check, ms: the person's interval, but sooner again after a trouble that passes by
 * itself, and not before GitHub wants it.
 *
 * @param failures checks in a row that failed
 * @param now ms since the epoch
 */
export function nextInterval(intervalMs: number, outcome: Outcome, failures: number, now: number): number {
  if (outcome.kind === 'rate_limited' && outcome.retryAt !== null) {
    // The scheduler shortens every wait by the jitter; this one must not become too short.
    return Math.max(outcome.retryAt - now, 0) / (1 - JITTER);
  }
  if (failures > 0) return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), intervalMs);
  return intervalMs;
}
