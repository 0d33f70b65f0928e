import type { Clock } from '../core/clock.ts';
import { hasCode } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { HeldBack } from './held-back.ts';
import { type Installation, type Installations, tokenKey } from './installations.ts';
import type { Pace, Turn } from './pace.ts';
import type { Registry } from './registry.ts';
import { openWorking, type Renewal } from './renewal.ts';

/**
 * Before the end of a token, so that nobody ever waits for the next one. For an app's installations long enough that a
 * thousand that end together are renewed at the provider's pace, in about eight minutes.
 */
const AHEAD_MS = { user: 10 * 60_000, app_installation: 15 * 60_000 };

/** The background: renews what expires soon, at each provider as fast as its pace allows and no faster. */
export interface RenewalRounds {
  /**
   * Looks what is due now. The renewals themselves go on after it; the next round takes up what is left by then, and
   * tries again what failed.
   */
  round(): Promise<void>;
  /** Resolves when no renewal of the background is under way. For the end of the app, after the pace was stopped. */
  settled(): Promise<void>;
}

export interface RenewalRoundsParts {
  installations: Installations;
  registry: Registry;
  renewal: Renewal;
  pace: Pace;
  heldBack: HeldBack;
  clock: Clock;
  logger: Logger;
}

export function createRenewalRounds(parts: RenewalRoundsParts): RenewalRounds {
  const { installations, registry, renewal, pace, heldBack, clock, logger } = parts;
  /** By host, so that one that hangs keeps no other waiting: what is due there, the token that ends first in front. */
  const lines = new Map<string, Installation[]>();
  const working = new Set<string>();
  const underWay = new Set<Promise<void>>();

  const due = () => {
    const now = clock.now();
    return installations.expiring({
      user: now + AHEAD_MS.user,
      app_installation: now + AHEAD_MS.app_installation,
    });
  };

  const renew = async ({ host, id, generation, lastRefreshedAt }: Installation, turn: Turn): Promise<void> => {
    try {
      const now = await openWorking(installations, id);
      // A caller was faster.
      if (now.generation !== generation || now.lastRefreshedAt !== lastRefreshedAt) return;
      await renewal.renew(id, now.accessToken, turn);
    } catch (error) {
      logger.debug('a token was not renewed in the background', { connection: id, error });
      // It is the host's trouble, and the others would only meet it, too: the next round shows whether it is over.
      if (hasCode(error, 'offline', 'tls_untrusted', 'rate_limited')) lines.delete(host);
    } finally {
      turn.end();
    }
  };

  const follow = (renewing: Promise<void>): void => {
    underWay.add(renewing);
    void renewing.finally(() => underWay.delete(renewing));
  };

  const work = async (host: string): Promise<void> => {
    if (working.has(host)) return;
    working.add(host);
    try {
      while (lines.get(host)?.length) {
        const turn = await pace.turn(host, 'ahead');
        const next = lines.get(host)?.shift();
        if (next === undefined) turn.end();
        else follow(renew(next, turn));
      }
    } catch {
      // The app is being ended: the next start finds what is left.
      lines.delete(host);
    } finally {
      working.delete(host);
    }
  };

  return {
    async round() {
      lines.clear();
      const seen = new Set<string>();
      for (const installation of await due()) {
        const key = tokenKey(installation);
        // One renewal is for all that share the token.
        if (seen.has(key) || renewal.underWay(installation)) continue;
        if (registry.strangeness(installation) !== null || heldBack(installation) !== null) continue;
        seen.add(key);
        const { host } = installation;
        const line = lines.get(host);
        if (line) line.push(installation);
        else lines.set(host, [installation]);
      }
      for (const host of lines.keys()) void work(host);
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}
