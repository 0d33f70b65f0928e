import type { Clock } from '../core/clock.ts';

/** What needs longer to end by itself is a call that hangs. */
const PATIENCE_MS = 1_000;

/**
 * Lets the process end with `code` although a native call hangs. A keychain prompt that nobody answers holds a thread
 * of libuv's pool; it cannot be cancelled, the event loop waits for it, and `process.exit` does too, since libuv joins
 * its threads on the way out. Becoming another program is the one way out that keeps the exit code.
 *
 * Everything else must have been stopped before. A process without such a call has ended before this comes to act: the
 * timer does not keep it alive.
 */
export function endAnyway(code: number, clock: Clock): void {
  clock.after(PATIENCE_MS, () => {
    // Not on Windows, whose credential manager has no prompts.
    process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`]);
    process.kill(process.pid, 'SIGKILL');
  });
}
