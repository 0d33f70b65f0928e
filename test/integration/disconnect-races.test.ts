import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { raceDisconnects } from '../support/disconnect-races.ts';

/** A share of what `npm run soak` does. */
const ROUNDS = 20;
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

it(`disconnects while tokens are asked for leave none alive (TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  await expect(raceDisconnects({ rounds: ROUNDS, seed: SEED })).resolves.toBeUndefined();
}, 120_000);
