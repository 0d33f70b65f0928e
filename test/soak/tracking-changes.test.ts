import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { followChanges } from '../support/tracking-rounds.ts';

/** Others each time, so that many runs see many stories; TRACKEEP_SOAK_SEED repeats a run. */
const SEED = Number(process.env.TRACKEEP_SOAK_SEED ?? randomInt(2 ** 30));
const STORIES = Array.from({ length: 20 }, (_, index) => SEED + index);

it.each(STORIES)(
  'after many changes and webhooks the database is equal to GitHub (TRACKEEP_SOAK_SEED=%i)',
  async (seed) => {
    await expect(followChanges({ seed, changes: 150 })).resolves.toBeUndefined();
  },
  600_000,
);
