import { describe, expect, it } from 'vitest';
import { rotateUntilOneSurvives } from '../support/vault-deaths.ts';

describe('a process killed in the middle of a rotation', () => {
  it.each([
    { source: 'keychain', stride: 5 },
    { source: 'file', stride: 5 },
    { source: 'passphrase', stride: 9 },
  ] as const)('leaves everything readable and no key behind ($source)', async ({ source, stride }) => {
    expect(await rotateUntilOneSurvives(source, stride)).toBeGreaterThanOrEqual(2);
  });
});
