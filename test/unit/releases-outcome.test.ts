import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import { nextInterval } from '../../src/main/releases/check-interval.ts';
import { type Outcome, outcomeOf, stateOf, waitsForConnection } from '../../src/main/releases/outcome.ts';

const NEVER: Outcome = { kind: 'never_checked' };
const error = (code: AppError['code'], retryAt?: number) =>
  new AppError(code, 'x', retryAt === undefined ? {} : { retryAt });

describe('what a failed check means', () => {
  it.each([
    ['not_connected', 'not_signed_in'],
    ['needs_reconnect', 'not_signed_in'],
    ['rate_limited', 'rate_limited'],
    ['offline', 'offline'],
    ['tls_untrusted', 'failed'],
    ['provider_error', 'failed'],
    ['vault_locked', 'failed'],
    ['internal', 'failed'],
  ] as const)('%s is the state %s', (code, kind) => {
    expect(stateOf(outcomeOf(error(code), NEVER, 1), null)).toBe(kind);
  });

  it('is an outage since its first failed check', () => {
    const first = outcomeOf(error('offline'), NEVER, 100);
    expect(outcomeOf(error('offline'), first, 200)).toMatchObject({ since: 100 });
    const between = outcomeOf(error('provider_error'), first, 150);
    expect(outcomeOf(error('offline'), between, 200)).toMatchObject({ since: 200 });
  });

  it.each([
    ['not_connected', true],
    ['needs_reconnect', true],
    ['vault_locked', true],
    ['offline', false],
    ['provider_error', false],
  ] as const)('%s is over with a new sign-in or an open vault: %s', (code, waits) => {
    expect(waitsForConnection(outcomeOf(error(code), NEVER, 1))).toBe(waits);
  });
});

describe('the time until the next check', () => {
  const DAY = 86_400_000;
  const failed: Outcome = { kind: 'failed', error: error('provider_error') };

  it('is the interval of the person', () => {
    expect(nextInterval(DAY, { kind: 'reached' }, 0, 0)).toBe(DAY);
  });

  it('is short after a failure and grows with each one, up to that interval', () => {
    const waits = [1, 2, 3, 20].map((failures) => nextInterval(DAY, failed, failures, 0));
    expect(waits).toEqual([300_000, 600_000, 1_200_000, DAY]);
  });

  it('reaches to the end of a pause that GitHub wants', () => {
    const limited: Outcome = { kind: 'rate_limited', error: error('rate_limited'), retryAt: 500_000 };
    expect(nextInterval(DAY, limited, 0, 200_000)).toBe(300_000);
    expect(nextInterval(DAY, limited, 0, 900_000)).toBe(60_000);
  });
});
