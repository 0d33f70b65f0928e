import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { surviveKillsWhileTracking } from '../support/tracking-kills.ts';

const KILLS = 30;
/** Another one each time, so that many runs see many instants; TRACKEEP_SOAK_SEED repeats a run. */
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

it(`${KILLS} kills in the first sync of 1,000 repositories lose nothing (TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  const options = { seed: SEED, kills: KILLS, repositories: 1_000, commits: 100_000, longestMs: 4_000 };
  await expect(surviveKillsWhileTracking(options)).resolves.toBeGreaterThan(KILLS / 3);
}, 1_800_000);
