import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { surviveKills } from '../support/kill-rounds.ts';

const KILLS = 50;
/** Another one each time, so that many runs see many instants; TRACKEEP_SOAK_SEED repeats a run. */
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

it(`${KILLS} kills at random instants lose nothing (TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  await expect(surviveKills({ kills: KILLS, seed: SEED })).resolves.toBeUndefined();
}, 900_000);
