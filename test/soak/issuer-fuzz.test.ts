import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { fuzzIssuer } from '../support/issuer-fuzz.ts';

const RUNS = 10_000;
/** Another one each time, so that many runs see many requests; TRACKEEP_SOAK_SEED repeats a run. */
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 31));

it(`10,000 random requests are answered well (TRACKEEP_SOAK_SEED=${SEED})`, async () => {
  await expect(fuzzIssuer({ runs: RUNS, seed: SEED })).resolves.toBeUndefined();
}, 900_000);
