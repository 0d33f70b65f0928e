import { describe, expect, it } from 'vitest';
import type { Installation } from '../../src/main/connections/installations.ts';
import { signInEnd } from '../../src/main/connections/sign-in-end.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_000 * DAY;
const fine = { now: NOW, hindered: false };
const hindered = { now: NOW, hindered: true };

/** An account whose tokens were last renewed so long ago, with these lifetimes. */
const renewedBefore = (ago: number, refreshLife: number, some: Partial<Installation> = {}) => ({
  ...{ state: 'ok' as const, lastRefreshedAt: NOW - ago, refreshSince: NOW - ago },
  ...{ accessExpiresAt: NOW - ago + 8 * HOUR, refreshExpiresAt: NOW - ago + refreshLife },
  ...some,
});

describe('where each renewal brings a refresh token with its full time', () => {
  it.each([
    ['GitHub', 182 * DAY],
    ['Atlassian', 90 * DAY],
    ['Slack', 30 * DAY],
    ['a session of three days', 3 * DAY],
  ])('nobody is warned while renewals succeed: %s', (_provider, life) => {
    for (const circumstances of [fine, hindered]) {
      expect(signInEnd(renewedBefore(HOUR, life), circumstances)).toBeNull();
      expect(signInEnd(renewedBefore(9 * HOUR, life), circumstances)).toBeNull();
    }
  });

  it.each([
    ['GitHub', 182 * DAY, 14 * DAY],
    ['Atlassian', 90 * DAY, 14 * DAY],
    ['Slack', 30 * DAY, 7.5 * DAY],
  ])('one is warned when they have failed until the end is near: %s', (_provider, life, ahead) => {
    expect(signInEnd(renewedBefore(life - ahead - HOUR, life), hindered)).toBeNull();
    expect(signInEnd(renewedBefore(life - ahead, life), hindered)).toBe(NOW + ahead);
  });

  it('nobody is warned of what the next renewal puts off', () => {
    expect(signInEnd(renewedBefore(180 * DAY, 182 * DAY), fine)).toBeNull();
  });
});

describe('where the refresh token stays the same through renewals', () => {
  const since = (ago: number, life: number) =>
    renewedBefore(HOUR, 0, { refreshSince: NOW - ago, refreshExpiresAt: NOW - ago + life });

  it('one is warned when the end is near, though all goes well', () => {
    expect(signInEnd(since(22 * DAY, 30 * DAY), fine)).toBeNull();
    expect(signInEnd(since(23 * DAY, 30 * DAY), fine)).toBe(NOW + 7 * DAY);
    expect(signInEnd(since(80 * DAY, 90 * DAY), fine)).toBe(NOW + 10 * DAY);
  });

  it('nobody is warned where it matters no more, or to no token', () => {
    const soon = since(29 * DAY, 30 * DAY);
    expect(signInEnd({ ...soon, state: 'needs_reconnect' }, fine)).toBeNull();
    expect(signInEnd({ ...soon, accessExpiresAt: null }, fine)).toBeNull();
    expect(signInEnd({ ...soon, refreshExpiresAt: null, refreshSince: null }, fine)).toBeNull();
  });
});
