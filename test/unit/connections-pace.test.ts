import { beforeEach, describe, expect, it } from 'vitest';
import { createPace, type Pace, type Turn } from '../../src/main/connections/pace.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const MINUTE_MS = 60_000;
const HOST = 'github.com';

let clock: ManualClock;
let pace: Pace;
let given: { name: string; at: number; turn: Turn }[];
beforeEach(() => {
  clock = createManualClock();
  pace = createPace({ clock });
  given = [];
});

const ask = (name: string, by: 'caller' | 'ahead', host = HOST) =>
  pace.turn(host, by).then((turn) => void given.push({ name, at: clock.monotonic(), turn }));
const askMany = (count: number, by: 'caller' | 'ahead') => {
  for (let number = 1; number <= count; number += 1) void ask(`${by} ${number}`, by);
};
const names = () => given.map(({ name }) => name);
/** Gives every turn back as soon as it was given. */
const workOff = async (ms: number) => {
  for (let left = ms; left > 0; left -= 500) {
    for (const { turn } of given) turn.end();
    await clock.advance(500);
  }
};
const mostWithin = (ms: number) =>
  Math.max(...given.map(({ at }) => given.filter((other) => other.at >= at && other.at < at + ms).length));

describe('how fast new tokens are asked for', () => {
  it('is no more than ten at once, and goes on as soon as one is done', async () => {
    askMany(12, 'caller');
    await clock.settle();
    expect(given).toHaveLength(10);
    given[3]?.turn.end();
    given[3]?.turn.end();
    await clock.settle();
    expect(given).toHaveLength(11);
  });

  it('never makes more than 160 a minute of a thousand, and keeps none of them waiting for ever', async () => {
    askMany(1_000, 'caller');
    await workOff(9 * MINUTE_MS);
    expect(given).toHaveLength(1_000);
    expect(mostWithin(MINUTE_MS)).toBeLessThanOrEqual(160);
    expect(names()).toEqual(Array.from({ length: 1_000 }, (_, index) => `caller ${index + 1}`));
  });

  it('lets callers go before the background, which leaves places for them', async () => {
    askMany(100, 'ahead');
    await clock.settle();
    expect(given).toHaveLength(8);
    askMany(2, 'caller');
    await clock.settle();
    expect(names().slice(8)).toEqual(['caller 1', 'caller 2']);
    askMany(3, 'caller');
    await workOff(1_000);
    expect(names().slice(10, 13)).toEqual(['caller 1', 'caller 2', 'caller 3']);
  });

  it('leaves twenty turns of a minute to callers, however much the background has to do', async () => {
    askMany(500, 'ahead');
    await workOff(2 * MINUTE_MS);
    const before = given.length;
    for (const { turn } of given) turn.end();
    for (let number = 0; number < 20; number += 1) {
      void ask('caller', 'caller').then(() => given.at(-1)?.turn.end());
      await clock.settle();
    }
    expect(names().slice(before)).toEqual(Array(20).fill('caller'));
  });

  it('is counted for each host by itself', async () => {
    askMany(10, 'caller');
    await clock.settle();
    void ask('elsewhere', 'caller', 'slack.com');
    await clock.settle();
    expect(names()).toContain('elsewhere');
  });

  it('ends with the app: who waits gives up, and nobody begins to wait', async () => {
    askMany(10, 'caller');
    const waiting = pace.turn(HOST, 'ahead');
    pace.stop();
    await expect(waiting).rejects.toMatchObject({ code: 'app_not_running' });
    await expect(pace.turn('slack.com', 'caller')).rejects.toMatchObject({ code: 'app_not_running' });
    expect(clock.waiting).toBe(0);
  });
});
