import { expect, it } from 'vitest';
import { keepManyFresh, wakeToManyEnded } from '../support/many-installations.ts';

/** A share of what `npm run soak` does. */
const INSTALLATIONS = 100;

it(`${INSTALLATIONS} installations whose tokens end in one minute are all fresh before, without a burst`, async () => {
  await expect(keepManyFresh({ installations: INSTALLATIONS })).resolves.toBeUndefined();
}, 120_000);

it(`after a sleep in which ${INSTALLATIONS} tokens ended, callers come first and all are renewed, without a burst`, async () => {
  await expect(wakeToManyEnded({ installations: INSTALLATIONS })).resolves.toBeUndefined();
}, 120_000);
