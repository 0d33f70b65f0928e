import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { surviveKills } from '../support/kill-rounds.ts';

/** A share of what `npm run soak` does. */
const KILLS = 4;
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

it(`kills at random instants lose nothing (TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  await expect(surviveKills({ kills: KILLS, seed: SEED })).resolves.toBeUndefined();
}, 120_000);
