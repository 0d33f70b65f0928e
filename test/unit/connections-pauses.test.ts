import { beforeEach, describe, expect, it } from 'vitest';
import { createPauses, LONGEST_PAUSE_MS, type Pauses } from '../../src/main/connections/pauses.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const MINUTE = 60_000;

describe('a pause', () => {
  let clock: ManualClock;
  let pauses: Pauses;
  let changes: number;
  let written: number[];
  beforeEach(() => {
    clock = createManualClock();
    changes = 0;
    written = [];
    pauses = createPauses({
      installations: {
        setPause: (_id, until) => {
          written.push(until - clock.now());
          return Promise.withResolvers<void>().promise;
        },
      },
      clock,
      changed: () => {
        changes += 1;
      },
    });
  });

  const row = (pausedUntil: number | null = null) => ({ id: 'a', pausedUntil });
  const left = (pausedUntil: number | null = null) => {
    const until = pauses.until(row(pausedUntil));
    return until === null ? null : until - clock.now();
  };

  it('holds from the very instant, before it is written', () => {
    void pauses.begin('a', clock.now() + MINUTE);
    expect(left()).toBe(MINUTE);
    expect(pauses.until({ id: 'b', pausedUntil: null })).toBeNull();
  });

  it('is told of when it begins and when it ends', async () => {
    void pauses.begin('a', clock.now() + MINUTE);
    expect(changes).toBe(1);
    await clock.advance(MINUTE);
    expect(changes).toBe(2);
    expect(left()).toBeNull();
  });

  it('never becomes shorter', () => {
    void pauses.begin('a', clock.now() + 5 * MINUTE);
    void pauses.begin('a', clock.now() + MINUTE);
    expect(written).toEqual([5 * MINUTE, 5 * MINUTE]);
    expect(left()).toBe(5 * MINUTE);
  });

  it('of an earlier run goes on, and its end is told of', async () => {
    const until = clock.now() + MINUTE;
    pauses.resume(row(until));
    expect(left(until)).toBe(MINUTE);
    await clock.advance(MINUTE);
    expect(changes).toBe(1);
    expect(left(until)).toBeNull();
  });

  it('lasts a day at most, however wrong a clock was', () => {
    void pauses.begin('a', clock.now() + 400 * LONGEST_PAUSE_MS);
    expect(left()).toBe(LONGEST_PAUSE_MS);
    clock.jump(-LONGEST_PAUSE_MS);
    expect(left()).toBeNull();
  });
});
