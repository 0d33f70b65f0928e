import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Installation, Installations } from './installations.ts';

/**
 * However wrong a header or a clock is, the app does not fall silent for longer. Also what tells a pause from one that
 * was noted while the clock was far ahead.
 */
export const LONGEST_PAUSE_MS = 24 * 3_600_000;

/** Until when a provider wants no request from an account. Kept in the account's row, so that a restart waits on too. */
export interface Pauses {
  /** @returns ms since the epoch; null: it may be asked now */
  until(account: Account): number | null;
  /** Pauses from this very instant, and longer than before if it is paused already. */
  begin(id: string, until: number): Promise<void>;
  /** Tells of the end of a pause that an earlier run began. */
  resume(account: Account): void;
}

type Account = Pick<Installation, 'id' | 'pausedUntil'>;

export interface PausesParts {
  installations: Pick<Installations, 'setPause'>;
  clock: Clock;
  /** Called when a pause begins or ends. */
  changed: () => void;
}

export function createPauses(parts: PausesParts): Pauses {
  const { installations, clock, changed } = parts;
  /** Before the row is written: requests of the same instant must not slip through. */
  const begun = new Map<string, number>();

  const stillAhead = (end: number | null | undefined): number | null => {
    const now = clock.now();
    return end != null && end > now && end <= now + LONGEST_PAUSE_MS ? end : null;
  };
  const tellOfEnd = (end: number) => void clock.after(end - clock.now(), changed);

  return {
    until({ id, pausedUntil }) {
      return stillAhead(Math.max(begun.get(id) ?? 0, pausedUntil ?? 0));
    },
    async begin(id, until) {
      const end = Math.max(stillAhead(begun.get(id)) ?? 0, Math.min(until, clock.now() + LONGEST_PAUSE_MS));
      begun.set(id, end);
      changed();
      tellOfEnd(end);
      await installations.setPause(id, end);
    },
    resume({ pausedUntil }) {
      const end = stillAhead(pausedUntil);
      if (end !== null) tellOfEnd(end);
    },
  };
}

/**
 * @param name the provider's
 * @param until ms since the epoch
 */
export function rateLimited(name: string, until: number): AppError {
  const time = new Date(until).toISOString().slice(11, 16);
  return new AppError('rate_limited', `${name} wants no more requests for this account until ${time} UTC.`, {
    retryAt: until,
  });
}
