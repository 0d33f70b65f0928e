import type { Logger } from '../core/logger.ts';
import type { Schedule, Scheduler } from '../core/scheduler.ts';
import type { Vault } from '../vault/vault.ts';
import type { Installations } from './installations.ts';
import type { Leases } from './lease.ts';
import type { Pauses } from './pauses.ts';
import type { RenewalRounds } from './renewal-rounds.ts';
import type { EndWarnings } from './sign-in-end.ts';

/** Between two looks at what expires soon. */
const RENEWAL_ROUND_MS = 60_000;
/** Between two looks at where the person's GitHub Apps are installed. */
const APP_ROUND_MS = 60 * 60_000;

/** What the room does without being asked. */
export interface Background {
  start(): void;
  /** Begins nothing more. */
  stop(): void;
}

export interface BackgroundParts {
  scheduler: Scheduler;
  vault: Pick<Vault, 'view'>;
  leases: Pick<Leases, 'clearFormer'>;
  renewals: Pick<RenewalRounds, 'round'>;
  endWarnings: EndWarnings;
  githubApps: { round(): Promise<void> };
  /** @returns what ends it */
  exports: { start(): () => void };
  installations: Pick<Installations, 'all'>;
  pauses: Pick<Pauses, 'resume'>;
  logger: Logger;
}

export function createBackground(parts: BackgroundParts): Background {
  const { scheduler, vault, leases, renewals, endWarnings, githubApps, exports, installations, pauses, logger } = parts;
  let rounds: Schedule[] = [];
  let endExports = () => {};
  // A closed vault would be asked for its key each time, and a keychain asks the person.
  const isOpen = () => vault.view().state === 'open';

  return {
    start() {
      if (rounds.length > 0) return;
      leases.clearFormer().catch((error: unknown) => logger.warn('leases of a former run were not ended', { error }));
      rounds = [
        scheduler.every('token renewal', {
          intervalMs: () => RENEWAL_ROUND_MS,
          jitter: 0.5,
          task: async () => {
            if (isOpen()) await renewals.round();
            await endWarnings.round();
          },
        }),
        scheduler.every('GitHub App installations', {
          intervalMs: () => APP_ROUND_MS,
          jitter: 0.2,
          task: async () => {
            if (isOpen()) await githubApps.round();
          },
        }),
      ];
      endExports = exports.start();
      installations
        .all()
        .then((all) => all.forEach(pauses.resume))
        .catch((error: unknown) => logger.warn('earlier pauses could not be read', { error }));
    },
    stop() {
      for (const schedule of rounds) schedule.stop();
      endExports();
    },
  };
}
