import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, hasCode } from '../core/errors.ts';
import { callRunningApp } from './socket-client.ts';

/** Longer than a start takes on a busy machine. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 100;

/**
 * Asks the instance that holds the data folder to show itself. It may have taken the lock only just now and not have
 * its socket yet: two that were started in the same moment must not both end.
 *
 * @returns a one-time link into its web UI; null when it has brought its window to the front
 * @throws AppError `already_running` when it holds the folder and cannot be reached
 */
export async function showRunningApp(dataDir: string): Promise<string | null> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return (await callRunningApp(dataDir, 'app.open', {})).url;
    } catch (cause) {
      if (!hasCode(cause, 'app_not_running')) throw cause;
      if (waited >= PATIENCE_MS) {
        throw new AppError('already_running', `Trackeep Tray holds ${dataDir} already, but does not answer.`, {
          cause,
        });
      }
    }
    // A real timer, not the clock's: those do not keep the process alive, and nothing else does so here.
    await sleep(PAUSE_MS);
  }
}
