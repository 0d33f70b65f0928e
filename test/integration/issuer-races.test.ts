import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { raceRefreshes, raceRevocations } from '../support/issuer-load-races.ts';

/** A share of what `npm run soak` does. */
const ROUNDS = 60;
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

it(`a revocation that was answered leaves nothing of a refresh (${ROUNDS} rounds, TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  await expect(raceRevocations({ rounds: ROUNDS, seed: SEED })).resolves.toBeUndefined();
}, 60_000);

it(`programs that refresh one token at once share one successor (${ROUNDS} rounds, TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  await expect(raceRefreshes({ rounds: ROUNDS, seed: SEED })).resolves.toBeUndefined();
}, 60_000);
