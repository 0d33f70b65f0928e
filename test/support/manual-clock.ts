import type { Clock, Timer } from '../../src/main/core/clock.ts';

/** Time that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /**
   * Time passes: both clocks go on by `ms`. Timers that fall due are called one by one in the order of their time, and
   * what each of them started has run before the next one is called. Timers set on the way count too.
   */
  advance(ms: number): Promise<void>;
  /** Somebody sets the clock, or the machine slept: only the wall clock moves, forward or (negative) back. */
  jump(ms: number): void;
  /** Lets everything that can run without time passing run: promises, and what they start. */
  settle(): Promise<void>;
  /** How many timers wait. */
  readonly waiting: number;
}

interface Waiting {
  at: number;
  order: number;
  fn: () => void;
}

/** @param startMs the wall clock at the start, ms since the epoch */
export function createManualClock(startMs = Date.UTC(2026, 10, 2, 9)): ManualClock {
  let wall = startMs;
  let monotonic = 0;
  let order = 0;
  const timers = new Set<Waiting>();

  function nextDue(until: number): Waiting | undefined {
    return [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }

  function moveTo(at: number): void {
    wall += at - monotonic;
    monotonic = at;
  }

  function after(ms: number, fn: () => void): Timer {
    const timer = { at: monotonic + Math.max(0, ms), order: order++, fn };
    timers.add(timer);
    return { cancel: () => timers.delete(timer) };
  }

  const clock: ManualClock = {
    now: () => wall,
    monotonic: () => monotonic,
    after,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          timer.cancel();
          reject(signal?.reason);
        };
        const timer = after(ms, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    async advance(ms) {
      const until = monotonic + ms;
      await settle();
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        timers.delete(due);
        moveTo(Math.max(monotonic, due.at));
        due.fn();
        await settle();
      }
      moveTo(until);
    },
    jump(ms) {
      wall += ms;
    },
    settle,
    get waiting() {
      return timers.size;
    },
  };
  return clock;
}

/** One turn of the event loop runs every promise that is ready; the second is for what an immediate of theirs left. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
