import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { raceDisconnects } from '../support/disconnect-races.ts';

const ROUNDS = 1_000;
/** Another one each time, so that many runs see many orders; TRACKEEP_SOAK_SEED repeats a run. */
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

it(`${ROUNDS} disconnects while tokens are asked for leave none alive (TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  await expect(raceDisconnects({ rounds: ROUNDS, seed: SEED })).resolves.toBeUndefined();
}, 900_000);
