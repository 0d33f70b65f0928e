import { calendarDay } from '../../shared/calendar-day.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import { iso } from '../core/iso-time.ts';
import type { Installation, Installations } from './installations.ts';
import type { Registry } from './registry.ts';

/** How long before the end the person learns of it; where the whole time is short, in its last quarter. */
const WARNING_MS = 14 * 24 * 3_600_000;
const WARNING_SHARE = 0.25;
/** A token this close to its end is renewed any moment. */
const DUE_MS = 10 * 60_000;

/** What the end of a sign-in is judged by. */
type EndingAccount = Pick<
  Installation,
  'state' | 'accessExpiresAt' | 'refreshExpiresAt' | 'refreshSince' | 'lastRefreshedAt'
>;

/** And beside its row. */
export interface EndCircumstances {
  /** Ms since the epoch. */
  now: number;
  /** Whether a renewal cannot be had right now: no network, a pause, a closed vault. */
  hindered: boolean;
}

/**
 * When the refresh token of an account ends, if that is soon and nothing but a new sign-in puts it off; null otherwise.
 *
 * At GitHub (6 months), Atlassian (90 days) and Slack (30 days) every renewal of the access token brings a new refresh token
 * with its full time, so the end comes near only while renewals fail. A session of Trackeep HQ may stay the same through
 * all of them, and then its end is certain.
 *
 * @returns ms since the epoch
 */
export function signInEnd(
  { state, accessExpiresAt, refreshExpiresAt, refreshSince, lastRefreshedAt }: EndingAccount,
  { now, hindered }: EndCircumstances,
): number | null {
  // An access token without an end needs no refresh token.
  if (state !== 'ok' || accessExpiresAt === null || refreshExpiresAt === null || refreshSince === null) return null;
  const lifetime = refreshExpiresAt - refreshSince;
  if (refreshExpiresAt - now > Math.min(WARNING_MS, lifetime * WARNING_SHARE)) return null;
  const isFixed = lastRefreshedAt !== null && refreshSince < lastRefreshedAt;
  const isFailing = hindered && accessExpiresAt - now <= DUE_MS;
  return isFixed || isFailing ? refreshExpiresAt : null;
}

/** Tells the person of sign-ins that end soon: once for each end, also across restarts, and once for all that share it. */
export interface EndWarnings {
  round(): Promise<void>;
}

export interface EndWarningsParts {
  installations: Pick<Installations, 'refreshEnding' | 'markToldOfEnd'>;
  registry: Pick<Registry, 'strangeness' | 'get'>;
  circumstances: (installation: Installation) => EndCircumstances;
  clock: Clock;
  bus: Bus;
  /** Called when a view of an account changed. */
  changed: () => void;
}

export function createEndWarnings(parts: EndWarningsParts): EndWarnings {
  const { installations, registry, circumstances, clock, bus, changed } = parts;
  return {
    async round() {
      for (const installation of await installations.refreshEnding(clock.now() + WARNING_MS)) {
        const end = signInEnd(installation, circumstances(installation));
        if (end === null || !(await installations.markToldOfEnd(installation, end))) continue;
        const { login, platform, host } = installation;
        const name = registry.strangeness({ platform, host }) === null ? registry.get(platform).name : host;
        changed();
        bus.emit('notice', {
          kind: 'warning',
          title: `Sign in to ${name} again by ${calendarDay(iso(end))}`,
          body: `The sign-in of ${login} lasts until then. Reconnect it before, and nothing stops working.`,
          page: 'connections',
        });
      }
    },
  };
}
