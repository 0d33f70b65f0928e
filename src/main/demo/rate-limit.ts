import type { Clock } from '../core/clock.ts';

const WINDOW_MS = 3_600_000;

/** GitHub's primary limit: so many requests an hour for each token, 60 for all who show none. */
export interface RateLimit {
  /** Counts one request unless it is free. @returns the headers that tell what is left */
  count(who: string, free: boolean): { exceeded: boolean; headers: Record<string, string> };
}

export function createRateLimit({ clock }: { clock: Clock }): RateLimit {
  const windows = new Map<string, { used: number; resetAt: number }>();
  return {
    count(who, free) {
      const limit = who === '' ? 60 : 5000;
      const now = clock.now();
      let window = windows.get(who);
      if (!window || window.resetAt <= now) {
        window = { used: 0, resetAt: now + WINDOW_MS };
        windows.set(who, window);
      }
      const exceeded = window.used >= limit;
      if (!free && !exceeded) window.used += 1;
      return {
        exceeded,
        headers: {
          'x-ratelimit-limit': String(limit),
          'x-ratelimit-remaining': String(limit - window.used),
          'x-ratelimit-used': String(window.used),
          'x-ratelimit-reset': String(Math.ceil(window.resetAt / 1000)),
          'x-ratelimit-resource': 'core',
        },
      };
    },
  };
}
