import { HOUR_MS } from '../../shared/durations.ts';
import type { Clock } from '../core/clock.ts';

const MOST_SOURCES = 1_000;

/** How many clients one source may register within an hour. */
export interface RegistrationLimit {
  /** Counts a registration. @returns null, or when the source may try again, ms from now */
  take(source: string): number | null;
}

/**
 * A sliding window, in memory: a restart forgives, and needs the person.
 *
 * @param most registrations in any hour
 */
export function createRegistrationLimit({ most, clock }: { most: number; clock: Clock }): RegistrationLimit {
  const registrations = new Map<string, number[]>();
  return {
    take(source) {
      const now = clock.monotonic();
      const recent = (registrations.get(source) ?? []).filter((time) => now - time < HOUR_MS);
      if (recent.length >= most) return Math.max(1_000, HOUR_MS - (now - (recent[0] ?? now)));
      recent.push(now);
      registrations.delete(source);
      registrations.set(source, recent);
      // The ones that are longest silent go first.
      if (registrations.size > MOST_SOURCES) registrations.delete(registrations.keys().next().value ?? '');
      return null;
    },
  };
}
