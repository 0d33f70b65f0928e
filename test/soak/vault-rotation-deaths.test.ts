import { describe, expect, it } from 'vitest';
import { rotateUntilOneSurvives } from '../support/vault-deaths.ts';

describe('a process killed at each step of a rotation there is', () => {
  it.each(['keychain', 'passphrase', 'file'] as const)(
    'leaves everything readable and no key behind (%s)',
    async (source) => {
      expect(await rotateUntilOneSurvives(source, 1)).toBeGreaterThan(20);
    },
    180_000,
  );
});
