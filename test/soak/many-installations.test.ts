import { expect, it } from 'vitest';
import { keepManyFresh, wakeToManyEnded } from '../support/many-installations.ts';

const INSTALLATIONS = 1_000;

it('1,000 installations whose tokens end in one minute are all fresh before, without a burst', async () => {
  await expect(keepManyFresh({ installations: INSTALLATIONS })).resolves.toBeUndefined();
}, 600_000);

it('after a sleep in which 1,000 tokens ended, callers come first and all are renewed, without a burst', async () => {
  await expect(wakeToManyEnded({ installations: INSTALLATIONS })).resolves.toBeUndefined();
}, 600_000);
