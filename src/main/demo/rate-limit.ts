import type { Clock } from '../core/clock.ts';

const WINDOW_MS = 3_600_000;

/** How much of an hour's limit is used. `resetAt` in ms since the epoch. */
export interface LimitState {
  limit: number;
  used: number;
  remaining: number;
  resetAt: number;
}

/** GitHub's primary limit: so much an hour for each token, 60 for all who show none. */
export interface RateLimit {
  /**
   * Counts a request.
   *
   * @param cost requests or points; 0: it is free
   * @returns the headers that tell what is left
   */
  count(who: string, cost: number): { exceeded: boolean; headers: Record<string, string>; state: LimitState };
  /** Everybody who has asked so far has used so much more. */
  spend(amount: number): void;
}

export function createRateLimit({
  clock,
  resource = 'core',
}: {
  clock: Clock;
  resource?: 'core' | 'graphql';
}): RateLimit {
  const windows = new Map<string, { used: number; resetAt: number }>();
  const limitOf = (who: string) => (who === '' ? 60 : 5000);
  return {
    count(who, cost) {
      const limit = limitOf(who);
      const now = clock.now();
      let window = windows.get(who);
      if (!window || window.resetAt <= now) {
        window = { used: 0, resetAt: now + WINDOW_MS };
        windows.set(who, window);
      }
      const exceeded = window.used >= limit;
      if (!exceeded) window.used = Math.min(limit, window.used + cost);
      const { used, resetAt } = window;
      const state = { limit, used, remaining: limit - used, resetAt };
      return {
        ...{ exceeded, state },
        headers: {
          'x-ratelimit-limit': String(limit),
          'x-ratelimit-remaining': String(state.remaining),
          'x-ratelimit-used': String(used),
          'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)),
          'x-ratelimit-resource': resource,
        },
      };
    },
    spend(amount) {
      for (const [who, window] of windows) window.used = Math.min(limitOf(who), window.used + amount);
    },
  };
}
