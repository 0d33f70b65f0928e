import { describe, expect, it } from 'vitest';
import type { LogFields, Logger } from '../../src/main/core/logger.ts';
import { createScheduler } from '../../src/main/core/scheduler.ts';
import { createManualClock } from '../support/manual-clock.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function setUp({ random = () => 0 }: { random?: () => number } = {}) {
  const clock = createManualClock();
  const errors: [string, LogFields | undefined][] = [];
  const logger: Logger = {
    debug() {},
    info() {},
    warn() {},
    error: (message, fields) => errors.push([message, fields]),
    child: () => logger,
  };
  return { clock, errors, scheduler: createScheduler({ clock, logger, random }) };
}

describe('a schedule', () => {
  it('runs its task after each interval, the first time after the first', async () => {
    const { clock, scheduler } = setUp();
    const runs: number[] = [];
    const start = clock.monotonic();
    scheduler.every('check', { intervalMs: () => HOUR, task: async () => void runs.push(clock.monotonic() - start) });

    await clock.advance(3 * HOUR);

    expect(runs).toEqual([HOUR, 2 * HOUR, 3 * HOUR]);
  });

  it('tells when the task runs next', async () => {
    const { clock, scheduler } = setUp();
    const schedule = scheduler.every('check', { intervalMs: () => HOUR, task: async () => {} });
    const start = clock.now();

    expect(schedule.next()).toBe(start + HOUR);
    await clock.advance(HOUR + 60_000);
    expect(schedule.next()).toBe(start + 2 * HOUR);
  });

  it('adds a random share of the interval, anew for each run', async () => {
    const shares = [0.5, 1, 0];
    const { clock, scheduler } = setUp({ random: () => shares.shift() ?? 0 });
    const runs: number[] = [];
    scheduler.every('check', {
      intervalMs: () => HOUR,
      jitter: 0.25,
      task: async () => void runs.push(clock.monotonic()),
    });

    await clock.advance(3.5 * HOUR);

    expect(runs).toEqual([1.125 * HOUR, 2.375 * HOUR, 3.375 * HOUR]);
  });

  it('follows an interval that the person shortens meanwhile', async () => {
    const { clock, scheduler } = setUp();
    let interval = DAY;
    let runs = 0;
    const schedule = scheduler.every('check', { intervalMs: () => interval, task: async () => void runs++ });
    await clock.advance(2 * HOUR);
    expect(runs).toBe(0);

    interval = HOUR;
    schedule.reschedule();
    await clock.settle();

    expect(runs).toBe(1);
  });

  it('waits while the interval is endless, and goes on when it is not any more', async () => {
    const { clock, scheduler } = setUp();
    let interval = Number.POSITIVE_INFINITY;
    let runs = 0;
    const schedule = scheduler.every('check', { intervalMs: () => interval, task: async () => void runs++ });
    await clock.advance(30 * DAY);
    expect([runs, schedule.next()]).toEqual([0, null]);

    interval = HOUR;
    await clock.advance(60_000);

    expect(runs).toBe(1);
  });

  it('goes on after a task that failed, and logs why', async () => {
    const { clock, errors, scheduler } = setUp();
    const trouble = new Error('no luck');
    let runs = 0;
    scheduler.every('check', {
      intervalMs: () => HOUR,
      task: async () => {
        runs++;
        throw trouble;
      },
    });

    await clock.advance(2 * HOUR);

    expect(runs).toBe(2);
    expect(errors[0]).toEqual(['a scheduled task failed', { task: 'check', error: trouble }]);
  });

  it('never runs a task beside itself', async () => {
    const { clock, scheduler } = setUp();
    let under = 0;
    let most = 0;
    let runs = 0;
    const schedule = scheduler.every('slow', {
      intervalMs: () => HOUR,
      task: async () => {
        runs++;
        most = Math.max(most, ++under);
        await clock.sleep(5 * HOUR);
        under--;
      },
    });

    await clock.advance(HOUR);
    void schedule.trigger();
    scheduler.wake();
    expect(schedule.next()).toBeNull();
    await clock.advance(9 * HOUR);

    expect({ most, runs }).toEqual({ most: 1, runs: 2 });
  });

  it('runs at once when it is triggered, and counts the interval from there', async () => {
    const { clock, scheduler } = setUp();
    const runs: number[] = [];
    const schedule = scheduler.every('check', {
      intervalMs: () => HOUR,
      task: async () => void runs.push(clock.monotonic()),
    });
    await clock.advance(HOUR / 2);

    await schedule.trigger();
    await clock.advance(HOUR);

    expect(runs).toEqual([HOUR / 2, 1.5 * HOUR]);
  });
});

describe('a machine that sleeps', () => {
  it('runs an overdue task once after the wake-up, not once for each interval that went by', async () => {
    const { clock, scheduler } = setUp();
    let runs = 0;
    scheduler.every('check', { intervalMs: () => HOUR, task: async () => void runs++ });

    clock.jump(3 * DAY);
    scheduler.wake();
    await clock.advance(HOUR - 1);

    expect(runs).toBe(1);
  });

  it('is noticed within a minute where nobody tells of the wake-up', async () => {
    const { clock, scheduler } = setUp();
    let runs = 0;
    scheduler.every('check', { intervalMs: () => DAY, task: async () => void runs++ });
    await clock.advance(HOUR);

    clock.jump(2 * DAY);
    await clock.advance(60_000);

    expect(runs).toBe(1);
  });

  it('does not run a task that is not due yet', async () => {
    const { clock, scheduler } = setUp();
    let runs = 0;
    scheduler.every('check', { intervalMs: () => DAY, task: async () => void runs++ });

    clock.jump(DAY - 120_000);
    scheduler.wake();
    await clock.advance(60_000);

    expect(runs).toBe(0);
  });
});

describe('a clock that is set', () => {
  it('back does not freeze a schedule for as long as it was set back', async () => {
    const { clock, scheduler } = setUp();
    let runs = 0;
    const schedule = scheduler.every('check', { intervalMs: () => HOUR, task: async () => void runs++ });
    await clock.advance(HOUR / 2);

    clock.jump(-365 * DAY);
    expect(schedule.next()).toBe(clock.now() + HOUR / 2);
    await clock.advance(HOUR / 2);

    expect(runs).toBe(1);
  });

  it('forward runs what is due by the new time, once', async () => {
    const { clock, scheduler } = setUp();
    let runs = 0;
    scheduler.every('check', { intervalMs: () => HOUR, task: async () => void runs++ });

    clock.jump(10 * 365 * DAY);
    await clock.advance(HOUR);

    expect(runs).toBe(1);
  });
});

describe('stopping', () => {
  it('aborts the task under way and waits until it has ended', async () => {
    const { clock, scheduler, errors } = setUp();
    let ended = false;
    scheduler.every('check', {
      intervalMs: () => HOUR,
      task: async (signal) => {
        await clock.sleep(DAY, signal).catch(() => {});
        await clock.settle();
        ended = true;
        throw new Error('stopped in the middle');
      },
    });
    await clock.advance(HOUR);

    await scheduler.stop();

    expect(ended).toBe(true);
    expect(errors).toEqual([]);
  });

  it('leaves nothing that could run later', async () => {
    const { clock, scheduler } = setUp();
    let runs = 0;
    const task = async () => void runs++;
    const schedule = scheduler.every('one', { intervalMs: () => HOUR, task });
    scheduler.every('other', { intervalMs: () => HOUR, task });

    schedule.stop();
    await scheduler.stop();
    scheduler.wake();
    await schedule.trigger();
    await clock.advance(DAY);

    expect([runs, clock.waiting, schedule.next()]).toEqual([0, 0, null]);
  });
});
