import type { Clock } from '../../core/clock.ts';
import { type AppError, type ErrorCode, hasCode } from '../../core/errors.ts';

const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 15 * 60_000;
const LIMIT_WITHOUT_TIME_MS = 60_000;
/** Each wait is between 75 and 125 % of its length, so that many machines do not come back at the same instant. */
const JITTER = 0.25;

/**
 * Why an account asks nothing for now. `reserve`: what is left of GitHub's limit is for the person's own clicks;
 * `limited`: GitHub wants a pause; `problem`: anything else.
 */
export interface Hold {
  kind: 'reserve' | 'limited' | 'problem';
  /** ms since the epoch; null: until something changes. */
  until: number | null;
  error: AppError | null;
  isOver(): boolean;
}

/** Asking again would not help: the account has to be connected anew, or the vault to be opened. */
const WAIT_FOR_A_CHANGE: ReadonlySet<ErrorCode> = new Set([
  'needs_reconnect',
  'not_connected',
  'vault_locked',
  'vault_missing',
  'vault_denied',
  'vault_unavailable',
  'vault_passphrase_wrong',
  'vault_refused',
]);

/** Troubles that are those of the account, or of everything, and not of one repository. */
export function isOfTheAccount(error: AppError): boolean {
  return !hasCode(error, 'provider_error', 'forbidden', 'not_found', 'sso_required', 'internal', 'bad_input');
}

/**
 * @param attempts troubles in a row, this one included
 * @param random from 0 up to 1
 */
export function holdFor(error: AppError, attempts: number, clock: Clock, random: () => number): Hold {
  if (error.code === 'rate_limited') {
    return holdUntil('limited', error.retryAt ?? clock.now() + LIMIT_WITHOUT_TIME_MS, clock, error);
  }
  if (WAIT_FOR_A_CHANGE.has(error.code)) return { kind: 'problem', until: null, error, isOver: () => false };
  const wait = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
  return holdUntil('problem', clock.now() + wait * (1 - JITTER + 2 * JITTER * random()), clock, error);
}

/** Over by either clock: one that is set back must not make a pause of days. */
export function holdUntil(kind: Hold['kind'], until: number, clock: Clock, error: AppError | null): Hold {
  const end = clock.monotonic() + (until - clock.now());
  return { kind, until, error, isOver: () => clock.now() >= until || clock.monotonic() >= end };
}
