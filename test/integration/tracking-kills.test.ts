import { expect, it } from 'vitest';
import { surviveKillsWhileTracking } from '../support/tracking-kills.ts';

it('a first sync that is killed three times has everything in the end, and nothing twice', async () => {
  const options = { seed: 7, kills: 3, repositories: 60, commits: 6_000, longestMs: 700 };
  await expect(surviveKillsWhileTracking(options)).resolves.toBeGreaterThan(0);
}, 120_000);
