import type { UpdatesState } from '../../shared/release-views.ts';
import type { AppError } from '../core/errors.ts';

/** How the last check came out. */
export type Outcome =
  | { kind: 'never_checked' }
  | { kind: 'reached' }
  | { kind: 'no_releases' }
  | { kind: 'not_signed_in'; error: AppError }
  | { kind: 'rate_limited'; error: AppError; retryAt: number | null }
  | { kind: 'offline'; error: AppError; since: number }
  | { kind: 'failed'; error: AppError };

/**
 * What a failed check means. A passing trouble never hides what an earlier check found.
 *
 * @param before the outcome until now: an outage keeps the time of its beginning
 * @param now ms since the epoch
 */
export function outcomeOf(error: AppError, before: Outcome, now: number): Outcome {
  switch (error.code) {
    case 'not_connected':
    case 'needs_reconnect':
      return { kind: 'not_signed_in', error };
    case 'rate_limited':
      return { kind: 'rate_limited', error, retryAt: error.retryAt };
    case 'offline':
      return { kind: 'offline', error, since: before.kind === 'offline' ? before.since : now };
    default:
      return { kind: 'failed', error };
  }
}

/** Whether a new sign-in, or a vault that opens, is what the check waits for. */
export function waitsForConnection(outcome: Outcome): boolean {
  return outcome.kind === 'not_signed_in' || (outcome.kind === 'failed' && outcome.error.code.startsWith('vault_'));
}

/**
 * The state that a person is told.
 *
 * @param comparison of the newest release with the current version; null: the current version is not known
 */
export function stateOf(outcome: Outcome, comparison: number | null): UpdatesState {
  if (outcome.kind !== 'reached') return outcome.kind;
  if (comparison === null) return 'current_unknown';
  return comparison > 0 ? 'available' : 'up_to_date';
}
