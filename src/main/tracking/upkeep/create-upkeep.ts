import { type Kysely, sql } from 'kysely';
import type { TrackingView } from '../../../shared/tracking-views.ts';
import type { Bus } from '../../core/bus.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Schedule, Scheduler } from '../../core/scheduler.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Settings } from '../../storage/settings.ts';
import { onlyThrough, orphans, removeRepositories } from './removal.ts';
import { dropOld } from './retention.ts';

const ROUND_MS = 24 * 3_600_000;
/** Repositories that are deleted in one transaction. */
const SWEPT_AT_ONCE = 20;

/** Keeps what is stored within its bounds. */
export interface Upkeep {
  /** Deletes everything that was tracked through an account, in one transaction. */
  forget(connectionId: string): Promise<void>;
  stored(): Promise<Omit<TrackingView['stored'], 'databaseBytes'>>;
  /** Deletes what accounts left behind that are not connected any more, now and whenever one goes; and old rows daily. */
  start(): void;
  /** Lets the deletion under way come to its end. */
  stop(): Promise<void>;
}

export interface UpkeepParts {
  db: Kysely<Schema>;
  settings: Pick<Settings, 'get'>;
  bus: Bus;
  clock: Clock;
  logger: Logger;
  scheduler: Scheduler;
  /** Something stored is another now. */
  changed: () => void;
}

export function createUpkeep({ db, settings, bus, clock, logger, scheduler, changed }: UpkeepParts): Upkeep {
  let rounds: Schedule | undefined;
  let unhear = () => {};
  let sweeping: Promise<void> | null = null;
  let sweepAgain = false;
  let stopped = false;
  let counted: { at: number; counts: Omit<TrackingView['stored'], 'databaseBytes'> } | null = null;

  /** @returns whether there may be more */
  const sweepSome = () =>
    db.transaction().execute(async (transaction) => {
      const ids = await orphans(transaction, SWEPT_AT_ONCE);
      await removeRepositories(transaction, ids);
      return ids.length > 0;
    });

  const sweep = async () => {
    while (sweepAgain) {
      sweepAgain = false;
      while (!stopped && (await sweepSome())) changed();
    }
  };

  /** One at a time; what happens meanwhile is looked at afterwards. */
  const sweepSoon = () => {
    sweepAgain = true;
    sweeping ??= sweep()
      .catch((error: unknown) => logger.error('what disconnected accounts left could not be deleted', { error }))
      .finally(() => {
        sweeping = null;
      });
  };

  const round = async (signal: AbortSignal) => {
    const { keepDays } = settings.get().tracking;
    if (await dropOld(db, { keepDays, now: clock.now(), signal })) changed();
  };

  return {
    async forget(connectionId) {
      await db.transaction().execute(async (transaction) => {
        await removeRepositories(transaction, await onlyThrough(transaction, connectionId));
        await transaction.deleteFrom('tracked_through').where('connection_id', '=', connectionId).execute();
        await transaction.deleteFrom('tracked_contributions').where('connection_id', '=', connectionId).execute();
        await transaction.deleteFrom('tracked_accounts').where('connection_id', '=', connectionId).execute();
      });
      changed();
    },

    async stored() {
      // Counting takes time that grows with what is counted, and this is asked for again and again.
      const { rows: now } = await sql<{ at: number }>`select total_changes() as at`.execute(db);
      const at = now[0]?.at ?? 0;
      if (counted?.at !== at) {
        const { rows } = await sql<Omit<TrackingView['stored'], 'databaseBytes'>>`
          select
            (select count(*) from tracked_repositories) as repositories,
            (select count(*) from tracked_commits) as commits,
            (select count(*) from tracked_pull_requests) as pullRequests,
            (select count(*) from tracked_events) as events`.execute(db);
        const [counts] = rows;
        if (counts === undefined) throw new Error('SQLite did not count.');
        counted = { at, counts };
      }
      return counted.counts;
    },

    start() {
      unhear = bus.on('connections', sweepSoon);
      sweepSoon();
      rounds = scheduler.every('old rows of tracking', { intervalMs: () => ROUND_MS, jitter: 0.1, task: round });
      void rounds.trigger();
    },
    async stop() {
      unhear();
      rounds?.stop();
      stopped = true;
      await sweeping;
    },
  };
}
