import type { Clock, Timer } from './clock.ts';
import type { Logger } from './logger.ts';

export interface Schedule {
  /** When the task runs next, ms since the epoch; null while it runs or after `stop`. */
  next(): number | null;
  /** Runs the task now, and counts the interval from then. While it runs already, that run is enough. */
  trigger(): void;
  /** Counts the interval anew, for when it has changed. */
  reschedule(): void;
  stop(): void;
}

export interface Scheduler {
  /**
   * Runs `task` every `intervalMs`, the first time after one interval. It never overlaps itself; what it throws is
   * logged and the schedule goes on.
   *
   * @param options.intervalMs asked anew before each wait, ms
   * @param options.jitter share of the interval (0 to 1) by which each wait is shortened at random, so that many
   *   machines that woke together do not call together
   */
  every(
    name: string,
    options: { intervalMs: () => number; jitter?: number; task: (signal: AbortSignal) => Promise<void> },
  ): Schedule;
  /** The machine woke up: whatever is overdue runs now, once. */
  wake(): void;
  /** Ends all schedules and waits for tasks under way, whose signals abort. */
  stop(): Promise<void>;
}

/**
 * No timer sleeps longer than this. A timer counts time that the machine is awake, so one of 24 h set before a night's
 * sleep would fire a night late; looking at both clocks every minute notices the sleep, and a changed wall clock too.
 */
const LONGEST_SLEEP_MS = 60_000;
/** Wall clock and monotonic clock may drift apart this much between two looks before it counts as a jump. */
const TOLERANCE_MS = 5_000;

/** Runs tasks on a wall-clock schedule that survives sleep and clock jumps. */
export function createScheduler({
  clock,
  logger,
  random = Math.random,
}: {
  clock: Clock;
  logger: Logger;
  random?: () => number;
}): Scheduler {
  const schedules = new Set<{ look(): void; end(): Promise<void> }>();

  return {
    every(name, { intervalMs, jitter = 0, task }) {
      const abort = new AbortController();
      let due: number | null = null;
      let timer: Timer | null = null;
      let running: Promise<void> | null = null;
      let seen = { wall: clock.now(), monotonic: clock.monotonic() };

      const plan = () => {
        seen = { wall: clock.now(), monotonic: clock.monotonic() };
        due = seen.wall + Math.round(intervalMs() * (1 - jitter * random()));
        sleep();
      };

      const sleep = () => {
        timer?.cancel();
        if (abort.signal.aborted || due === null) return;
        timer = clock.after(Math.min(Math.max(due - clock.now(), 0), LONGEST_SLEEP_MS), look);
      };

      const look = () => {
        if (running !== null || due === null) return;
        const wall = clock.now();
        const monotonic = clock.monotonic();
        const jump = wall - seen.wall - (monotonic - seen.monotonic);
        seen = { wall, monotonic };
        // Set back, the clock would keep the task waiting for as long as it was set back: it moves along. Set forward
        // (or asleep), the task is simply due earlier, as a person would expect of "every day".
        if (jump < -TOLERANCE_MS) due += jump;
        if (wall >= due) run();
        else sleep();
      };

      const run = () => {
        if (running !== null || abort.signal.aborted) return;
        timer?.cancel();
        due = null;
        running = (async () => {
          try {
            await task(abort.signal);
          } catch (error) {
            if (!abort.signal.aborted) logger.error('a scheduled task failed', { task: name, error });
          }
        })().finally(() => {
          running = null;
          if (!abort.signal.aborted) plan();
        });
      };

      const entry = {
        look,
        async end() {
          schedules.delete(entry);
          timer?.cancel();
          due = null;
          abort.abort(new Error('The app stops.'));
          await running;
        },
      };
      schedules.add(entry);
      plan();
      return {
        next: () => due,
        trigger: run,
        reschedule: () => {
          if (running === null && !abort.signal.aborted) plan();
        },
        stop: () => void entry.end(),
      };
    },

    wake() {
      for (const schedule of schedules) schedule.look();
    },

    async stop() {
      await Promise.all([...schedules].map((schedule) => schedule.end()));
    },
  };
}
