import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pauseAskedFor } from '../../src/main/connections/github/rate-limit.ts';
import { LONGEST_PAUSE_MS } from '../../src/main/connections/pauses.ts';

const NOW = Date.UTC(2026, 10, 2, 9);
const SECOND = 1_000;
const asked = (status: number, headers: Record<string, string | number>, data: unknown = {}, strikes = 0) =>
  pauseAskedFor({ status, headers, data }, NOW, strikes);
const reset = (ms: number) => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String((NOW + ms) / SECOND) });

describe('the pause that GitHub asks for', () => {
  it('is none for an answer that is no limit', () => {
    expect(asked(200, reset(60 * SECOND))).toBeNull();
    expect(asked(403, { 'x-ratelimit-remaining': '17' }, { message: 'Resource not accessible' })).toBeNull();
    expect(asked(500, { 'retry-after': '10' })).toBeNull();
  });

  it('lasts to the reset of the primary limit', () => {
    expect(asked(403, reset(90 * SECOND))).toBe(90 * SECOND);
    expect(asked(429, reset(90 * SECOND))).toBe(90 * SECOND);
  });

  it('is measured by GitHub’s clock where it tells the time', () => {
    const date = new Date(NOW + 3_600 * SECOND).toUTCString();
    expect(asked(403, { ...reset(3_600 * SECOND + 30 * SECOND), date })).toBe(30 * SECOND);
  });

  it('is a minute where the reset is over or cannot be read', () => {
    expect(asked(403, reset(-5 * SECOND))).toBe(60 * SECOND);
    expect(asked(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' })).toBe(60 * SECOND);
    expect(asked(403, { 'x-ratelimit-remaining': 0 })).toBe(60 * SECOND);
  });

  it('is what Retry-After says, in seconds or as a date, before anything else', () => {
    expect(asked(403, { ...reset(3_600 * SECOND), 'retry-after': '7' })).toBe(7 * SECOND);
    expect(asked(429, { 'retry-after': new Date(NOW + 40 * SECOND).toUTCString() })).toBe(40 * SECOND);
    expect(asked(429, { 'retry-after': '0' })).toBe(SECOND);
  });

  it('is a minute for a secondary limit that only its body tells of, then twice as long each time', () => {
    const data = { message: 'You have exceeded a secondary rate limit.' };
    expect(asked(403, {}, data)).toBe(60 * SECOND);
    expect(asked(403, {}, data, 2)).toBe(240 * SECOND);
    expect(asked(403, {}, data, 50)).toBe(900 * SECOND);
    expect(asked(403, {}, { documentation_url: 'https://docs.github.com/rest#about-secondary-rate-limits' })).toBe(
      60 * SECOND,
    );
    expect(asked(429, {}, null)).toBe(60 * SECOND);
  });

  it('is between a second and a day, whatever is sent', () => {
    const header = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String), fc.constant('0'));
    const headers = fc.record({
      'retry-after': header,
      'x-ratelimit-remaining': header,
      'x-ratelimit-reset': header,
      date: header,
    });
    fc.assert(
      fc.property(fc.constantFrom(403, 429), headers, fc.anything(), (status, sent, data) => {
        const pause = asked(status, sent, data);
        if (pause === null) return;
        expect(pause).toBeGreaterThanOrEqual(SECOND);
        expect(pause).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
      }),
    );
  });
});
