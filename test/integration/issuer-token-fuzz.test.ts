import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { fuzzIssuer } from '../support/issuer-fuzz.ts';

/** A share of what `npm run soak` does. */
const RUNS = 300;
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

it(`random requests are answered well (TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  await expect(fuzzIssuer({ runs: RUNS, seed: SEED })).resolves.toBeUndefined();
}, 120_000);
