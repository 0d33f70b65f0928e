import type { Clock, Timer } from '../core/clock.ts';

/** A busy program takes hundreds of tokens a second, and whoever hears of one reads all accounts anew. */
const EVERY_MS = 3_000;

/** Tells others that tokens were handed out, but not of each. */
export interface UseSignal {
  /** Some were just now. */
  noted(): void;
  stop(): void;
}

/** @param tell called at once, and then once for all that follows within a few seconds */
export function createUseSignal({ clock, tell }: { clock: Clock; tell: () => void }): UseSignal {
  let timer: Timer | null = null;
  let again = false;

  const noted = (): void => {
    again = timer !== null;
    if (again) return;
    timer = clock.after(EVERY_MS, () => {
      timer = null;
      if (again) noted();
    });
    tell();
  };

  return { noted, stop: () => timer?.cancel() };
}
