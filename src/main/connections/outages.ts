import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import type { AppError } from '../core/errors.ts';
import type { Installation } from './installations.ts';

const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 15 * 60_000;
/** Each wait is between 75 and 125 % of its length, so that many machines do not come back at the same instant. */
const JITTER = 0.25;

/**
 * The passing troubles with renewing sign-ins: kept in memory only, since a restart tries anew anyway. A host that
 * cannot be reached is one outage however many accounts it has: one notice when it begins, one when it is over.
 */
export interface Outages {
  /** Why the account's sign-in could not be renewed; null: all is well as far as we know. */
  of(id: string): AppError | null;
  /** Whether the wait after the last failure is over. */
  mayTry(id: string): boolean;
  failed(account: Account, error: AppError): void;
  recovered(account: Account): void;
  /** The account is gone, or ended for good: that is no recovery. */
  forget(id: string): void;
}

type Account = Pick<Installation, 'id' | 'host' | 'login'>;

interface Trouble {
  host: string;
  error: AppError;
  attempts: number;
  retryAt: number;
}

/** @param random 0 ≤ n < 1 */
export function createOutages(parts: { clock: Clock; bus: Bus; random: () => number }): Outages {
  const { clock, bus, random } = parts;
  const troubles = new Map<string, Trouble>();
  const isOut = (host: string) => [...troubles.values()].some((trouble) => trouble.host === host);

  return {
    of: (id) => troubles.get(id)?.error ?? null,
    mayTry(id) {
      const trouble = troubles.get(id);
      if (!trouble) return true;
      const wait = trouble.retryAt - clock.now();
      // A wait beyond the longest comes from a clock that was set back since.
      return wait <= 0 || wait > LONGEST_RETRY_MS * (1 + JITTER);
    },
    failed({ id, host, login }, error) {
      const attempts = (troubles.get(id)?.attempts ?? 0) + 1;
      const wait = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
      const jittered = wait * (1 - JITTER + 2 * JITTER * random());
      const first = !isOut(host);
      troubles.set(id, { host, error, attempts, retryAt: clock.now() + jittered });
      if (!first) return;
      bus.emit('notice', {
        kind: 'warning',
        title: `The sign-in at ${host} could not be renewed`,
        body: `${error.message} The token of ${login} is kept, and Trackeep Tray keeps trying.`,
        page: 'connections',
      });
    },
    recovered({ id, host }) {
      if (!troubles.delete(id) || isOut(host)) return;
      bus.emit('notice', {
        kind: 'success',
        title: `${host} is back`,
        body: 'The sign-in was renewed. There is nothing to do.',
        page: 'connections',
      });
    },
    forget(id) {
      troubles.delete(id);
    },
  };
}
