import { app } from 'electron';
import type { Clock } from '../core/clock.ts';

/** How long an orderly end may take, in ms. What is not finished by then is safe all the same: it only takes a look at the next start. */
const STOP_BOUND_MS = 5_000;

/**
 * Ends what is running before the process ends, however the quit came about: the menu, the CLI, a signal, the system.
 * In `will-quit`, not in `before-quit`: refusing the latter would call off the logout of the person on macOS.
 *
 * @returns the stack of what is to be ended; it is ended in reverse order
 */
export function setupQuit(clock: Clock): AsyncDisposableStack {
  const running = new AsyncDisposableStack();
  let stopping = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (stopping) return;
    stopping = true;
    const bounded = Promise.race([running.disposeAsync(), clock.sleep(STOP_BOUND_MS)]);
    bounded.then(
      () => app.exit(0),
      () => app.exit(1),
    );
  });
  return running;
}
