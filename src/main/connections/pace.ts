import type { Clock, Timer } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';

/**
 * GitHub allows 100 requests at once, for all that an account does, and 900 points a minute, of which one for a new token
 * costs five (docs.github.com, "Rate limits for the REST API"). Other providers name no such numbers.
 */
const MOST_AT_ONCE = 10;
/** Two a second, so 120 a minute. */
const EVERY_MS = 500;
/** What may go at once after a quiet time: at most 160 in any minute, which is 800 points. */
const MOST_SAVED = 40;
/** Work ahead of time leaves these to whoever waits for a token now. */
const KEPT = { places: 2, saved: 20 };

/** Leave to ask a provider for a new token, until it is given back. */
export interface Turn {
  end(): void;
}

/**
 * How fast, and how many at once, new tokens are asked for at one host. A thousand that end in one minute must be neither
 * a thousand requests at once nor a thousand that come too late.
 */
export interface Pace {
  /**
   * Waits for a turn. Callers go before the background, and each in the order in which they came.
   *
   * @param by `ahead`: nobody waits for the token yet
   * @throws AppError `app_not_running` after `stop`
   */
  turn(host: string, by: 'caller' | 'ahead'): Promise<Turn>;
  /** Those that wait give up. */
  stop(): void;
}

interface Waiting {
  resolve(turn: Turn): void;
  reject(error: AppError): void;
}

interface Line {
  /** Turns that may be had without waiting, as of `at`. */
  saved: number;
  /** Monotonic, ms. */
  at: number;
  taken: number;
  callers: Waiting[];
  ahead: Waiting[];
  timer: Timer | null;
}

export function createPace({ clock }: { clock: Clock }): Pace {
  const lines = new Map<string, Line>();
  let stopped = false;

  const lineOf = (host: string): Line => {
    const line = lines.get(host) ?? {
      ...{ saved: MOST_SAVED, at: clock.monotonic(), taken: 0, callers: [], ahead: [], timer: null },
    };
    lines.set(host, line);
    return line;
  };

  const turnOf = (line: Line): Turn => {
    let ended = false;
    line.saved -= 1;
    line.taken += 1;
    return {
      end() {
        if (ended) return;
        ended = true;
        line.taken -= 1;
        look(line);
      },
    };
  };

  /** Gives out the turns that can be had now, and comes back when the next one can. */
  const look = (line: Line): void => {
    line.timer?.cancel();
    line.timer = null;
    const now = clock.monotonic();
    line.saved = Math.min(MOST_SAVED, line.saved + (now - line.at) / EVERY_MS);
    line.at = now;
    for (;;) {
      const byCaller = line.callers.length > 0;
      const queue = byCaller ? line.callers : line.ahead;
      const kept = byCaller ? { places: 0, saved: 0 } : KEPT;
      if (queue.length === 0 || line.taken >= MOST_AT_ONCE - kept.places) return;
      const missing = kept.saved + 1 - line.saved;
      if (missing > 0) {
        line.timer = clock.after(Math.ceil(missing * EVERY_MS), () => look(line));
        return;
      }
      queue.shift()?.resolve(turnOf(line));
    }
  };

  const stopping = () => new AppError('app_not_running', 'Trackeep Tray is being ended.');

  return {
    turn(host, by) {
      if (stopped) return Promise.reject(stopping());
      const line = lineOf(host);
      const { promise, ...waiting } = Promise.withResolvers<Turn>();
      line[by === 'caller' ? 'callers' : 'ahead'].push(waiting);
      look(line);
      return promise;
    },
    stop() {
      stopped = true;
      for (const line of lines.values()) {
        line.timer?.cancel();
        for (const { reject } of [...line.callers.splice(0), ...line.ahead.splice(0)]) reject(stopping());
      }
    },
  };
}
