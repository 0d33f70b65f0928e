import { expect, it } from 'vitest';
import { followChanges } from '../support/tracking-rounds.ts';

it.each([1, 2, 3])(
  'whatever happens and whichever webhooks arrive, the database ends equal to GitHub (seed %i)',
  async (seed) => {
    await expect(followChanges({ seed, changes: 40 })).resolves.toBeUndefined();
  },
  120_000,
);
