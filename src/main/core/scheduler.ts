import type { Clock, Timer } from './clock.ts';
import type { Logger } from './logger.ts';

export interface ScheduleOptions {
  /** From the end of one run to the next, ms. Asked at every look, so a changed setting holds within a minute. */
  intervalMs: () => number;
  /**
   * Share of the interval, 0 to 1, that is added at random, anew for each run: machines that woke together must not
   * call together. Added and never taken off, since an interval is also a promise of how seldom something happens.
   */
  jitter?: number;
  /** @param signal aborts when the schedule is stopped */
  task: (signal: AbortSignal) => Promise<void>;
}

export interface Schedule {
  /** When the task runs next, ms since the epoch; null while it runs, after `stop`, and for an endless interval. */
  next(): number | null;
  /** Runs the task now and counts the interval anew. While it runs already, that run is the one. Never rejects. */
  trigger(): Promise<void>;
  /** Looks now whether the task is due, for when the interval was shortened. */
  reschedule(): void;
  stop(): void;
}

export interface Scheduler {
  /**
   * Runs a task again and again, the first time after one interval. It never overlaps itself; what it throws is logged,
   * and the schedule goes on.
   *
   * @param name for the log
   */
  every(name: string, options: ScheduleOptions): Schedule;
  /** The machine woke up: whatever is overdue runs now, once. */
  wake(): void;
  /** Ends all schedules and waits for the tasks under way, whose signals abort. */
  stop(): Promise<void>;
}

/**
 * No timer sleeps longer. A timer counts only the time that the machine is awake, so one of 24 h set before a night's
 * sleep would fire a night late; a look at both clocks every minute notices the sleep without being told of it.
 */
const LONGEST_SLEEP_MS = 60_000;

export interface SchedulerParts {
  clock: Clock;
  logger: Logger;
  /** From 0 up to 1. */
  random?: () => number;
}

/**
 * Tasks by both clocks: one is due when its interval has passed on either. On the wall clock it passes while the machine
 * sleeps, and on the monotonic one it passes although somebody set the wall clock back. However many intervals went by
 * meanwhile, that is one run.
 */
export function createScheduler({ clock, logger, random = Math.random }: SchedulerParts): Scheduler {
  const schedules = new Set<{ look(): void; end(): Promise<void> }>();

  function every(name: string, { intervalMs, jitter = 0, task }: ScheduleOptions): Schedule {
    const abort = new AbortController();
    let timer: Timer | null = null;
    let running: Promise<void> | null = null;
    let since = { wall: 0, monotonic: 0, stretch: 1 };

    const remaining = () => {
      const passed = Math.max(clock.now() - since.wall, clock.monotonic() - since.monotonic);
      return Math.max(0, Math.round(intervalMs() * since.stretch) - passed);
    };

    const look = () => {
      timer?.cancel();
      if (abort.signal.aborted || running !== null) return;
      const ms = remaining();
      if (ms === 0) void run();
      else timer = clock.after(Math.min(ms, LONGEST_SLEEP_MS), look);
    };

    const beginInterval = () => {
      since = { wall: clock.now(), monotonic: clock.monotonic(), stretch: 1 + jitter * random() };
      look();
    };

    const run = (): Promise<void> => {
      if (running !== null || abort.signal.aborted) return running ?? Promise.resolve();
      timer?.cancel();
      running = attempt().finally(() => {
        running = null;
        beginInterval();
      });
      return running;
    };

    const attempt = async () => {
      try {
        await task(abort.signal);
      } catch (error) {
        if (!abort.signal.aborted) logger.error('a scheduled task failed', { task: name, error });
      }
    };

    const entry = {
      look,
      async end() {
        schedules.delete(entry);
        timer?.cancel();
        abort.abort(new Error('The schedule was stopped.'));
        await running;
      },
    };
    schedules.add(entry);
    beginInterval();

    return {
      next() {
        if (running !== null || abort.signal.aborted) return null;
        const at = clock.now() + remaining();
        return Number.isFinite(at) ? Math.round(at) : null;
      },
      trigger: run,
      reschedule: look,
      stop: () => void entry.end(),
    };
  }

  return {
    every,
    wake() {
      for (const schedule of [...schedules]) schedule.look();
    },
    async stop() {
      await Promise.all([...schedules].map((schedule) => schedule.end()));
    },
  };
}
