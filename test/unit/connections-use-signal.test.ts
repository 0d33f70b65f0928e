import { expect, it } from 'vitest';
import { createUseSignal } from '../../src/main/connections/use-signal.ts';
import { createManualClock } from '../support/manual-clock.ts';

it('tells of hand-outs at once, and then once every few seconds while they go on', async () => {
  const clock = createManualClock();
  const told: number[] = [];
  const uses = createUseSignal({ clock, tell: () => told.push(clock.monotonic()) });
  for (let second = 0; second < 10; second += 1) {
    for (let time = 0; time < 100; time += 1) uses.noted();
    await clock.advance(1_000);
  }
  await clock.advance(60_000);
  expect(told).toEqual([0, 3_000, 6_000, 9_000, 12_000]);
  uses.noted();
  expect(told).toHaveLength(6);
  uses.noted();
  uses.stop();
  await clock.advance(60_000);
  expect(told).toHaveLength(6);
});
