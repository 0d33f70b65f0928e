import { describe, expect, it } from 'vitest';
import { doctorReport, tally } from '../../src/renderer/words/report.ts';
import { fileSize, percent, speed, withArrival } from '../../src/renderer/words/sizes.ts';
import { countdown, every, relativeTime } from '../../src/renderer/words/times.ts';
import type { Check } from '../../src/shared/app-views.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const at = (offsetMs: number) => new Date(NOW + offsetMs).toISOString();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('a time in words', () => {
  it.each([
    [-2_000, 'just now'],
    [3_000, 'just now'],
    [40_000, 'in less than a minute'],
    [-MINUTE, '1 minute ago'],
    [-12 * MINUTE, '12 minutes ago'],
    [8 * HOUR, 'in 8 hours'],
    [-DAY, '1 day ago'],
    [180 * DAY, 'in 6 months'],
    [-400 * DAY, '1 year ago'],
  ])('%i ms away reads "%s"', (offset, words) => {
    expect(relativeTime(at(offset), NOW)).toBe(words);
  });

  it('counts a code down to zero and not beyond', () => {
    expect([countdown(872_000), countdown(59_001), countdown(0), countdown(-5_000)]).toEqual([
      '14:32',
      '1:00',
      '0:00',
      '0:00',
    ]);
  });

  it.each([
    [15 * MINUTE, 'every 15 minutes'],
    [HOUR, 'every hour'],
    [90 * MINUTE, 'every 90 minutes'],
    [6 * HOUR, 'every 6 hours'],
    [DAY, 'every day'],
    [7 * DAY, 'every 7 days'],
  ])('an interval of %i ms reads "%s"', (ms, words) => {
    expect(every(ms)).toBe(words);
  });
});

describe('a size in words', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [85_312_345, '85.3 MB'],
    [5e15, '5000.0 TB'],
  ])('%i bytes read "%s"', (bytes, words) => {
    expect(fileSize(bytes)).toBe(words);
  });

  it('never says that all is there before it is', () => {
    expect([percent(999, 1_000), percent(1_000, 1_000), percent(0, 0)]).toEqual([99, 100, 0]);
  });
});

describe('the speed of a download', () => {
  const run = (...samples: [at: number, bytes: number][]) =>
    samples.reduce<{ at: number; bytes: number }[]>(
      (known, [time, bytes]) => withArrival(known, { at: time, bytes }),
      [],
    );

  it('is not told before there is enough to tell it from', () => {
    expect(speed(run([0, 0], [100, 50_000]))).toBeNull();
  });

  it('is taken over the last seconds only, so that a stall shows', () => {
    expect(speed(run([0, 0], [1_000, 9_000_000], [6_000, 9_000_000], [7_000, 9_001_000]))).toBe(1_000);
  });

  it('begins anew when the download does', () => {
    expect(speed(run([0, 5_000], [1_000, 10_000], [2_000, 0], [3_000, 700]))).toBe(700);
  });
});

describe('the doctor in words', () => {
  const check = (id: string, verdict: Check['verdict'], remedy: string | null = null): Check => ({
    id,
    title: `Claim ${id}`,
    verdict,
    detail: `Detail ${id}.`,
    remedy,
  });

  it('counts what was found, the worst first', () => {
    expect(tally([check('a', 'safe'), check('b', 'unsafe'), check('c', 'safe')])).toBe('1 unsafe, 2 safe');
  });

  it('makes a report that stands by itself', () => {
    const checks = [check('a', 'safe'), check('b', 'unsafe', 'Do this.')];
    expect(doctorReport({ checkedAt: at(0), verdict: 'unsafe', checks })).toBe(
      [
        'Trackeep Tray doctor, 2026-11-20T12:00:00.000Z',
        'Verdict: Unsafe',
        '',
        '[Safe] Claim a',
        '  Detail a.',
        '[Unsafe] Claim b',
        '  Detail b.',
        '  Remedy: Do this.',
      ].join('\n'),
    );
  });
});
