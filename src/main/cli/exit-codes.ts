import type { ErrorCode } from '../../shared/error-codes.ts';

/** What a script can rely on. */
export const EXIT = { fine: 0, failed: 1, usage: 2, notRunning: 3, signInNeeded: 4 } as const;

export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.fine, 'Fine.'],
  [EXIT.failed, 'Failed; standard error says why and what to do.'],
  [EXIT.usage, 'Used wrongly, or an account must be named.'],
  [EXIT.notRunning, 'The app is not running.'],
  [EXIT.signInNeeded, 'Not connected, or the account needs to sign in again.'],
];

const OF_ERROR: Partial<Record<ErrorCode, number>> = {
  bad_input: EXIT.usage,
  account_ambiguous: EXIT.usage,
  app_not_running: EXIT.notRunning,
  not_connected: EXIT.signInNeeded,
  needs_reconnect: EXIT.signInNeeded,
};

export function exitCodeOf(code: ErrorCode): number {
  return OF_ERROR[code] ?? EXIT.failed;
}
