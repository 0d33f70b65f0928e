import type { Kysely } from 'kysely';
import { z } from 'zod';
import { DAY_MS } from '../../shared/durations.ts';
import type { Connections } from '../connections/connections.ts';
import type { Clock } from '../core/clock.ts';
import { AppError, toAppError } from '../core/errors.ts';
import { iso } from '../core/iso-time.ts';
import type { Logger } from '../core/logger.ts';
import type { Schedule, Scheduler } from '../core/scheduler.ts';
import type { Schema } from '../storage/schema.ts';
import type { Settings } from '../storage/settings.ts';
import { CONTRIBUTIONS } from './github/queries.ts';

/** What GitHub counts as the person's contributions, by day, kept for every account. */
export interface Contributions {
  /** Asks for those of every account that is due, now and regularly. */
  start(): void;
  /** Looks whether an account is due, ahead of time: there may be a new one. */
  look(): void;
  /** Something was stored of an account. One that was too new to be asked for may be due now. */
  listed(): void;
  stop(): void;
}

export interface ContributionsParts {
  db: Kysely<Schema>;
  connections: Pick<Connections, 'github' | 'budget'>;
  /** The accounts at GitHub that are tracked. */
  accounts(): Promise<readonly { connectionId: string }[]>;
  settings: Pick<Settings, 'get'>;
  scheduler: Scheduler;
  clock: Clock;
  logger: Logger;
  /** Something stored is another now. */
  changed: () => void;
}

const INTERVAL_MS = 6 * 3_600_000;
/** Between two looks at whether an account is due: a new one should not wait for long. */
const LOOK_MS = 60_000;
/** GitHub tells a year at once. */
const YEAR_DAYS = 365;
/** GitHub counts a commit on the day it was written, and only once it reaches the default branch. */
const RECENT_DAYS = 40;
/** The share of GitHub's hourly limit that is left to the person's own clicks. */
const RESERVE = 0.2;

const Answer = z.object({
  data: z.object({
    viewer: z.object({
      contributionsCollection: z.object({
        contributionCalendar: z.object({
          weeks: z.array(
            z.object({
              contributionDays: z.array(z.object({ date: z.iso.date(), contributionCount: z.int().nonnegative() })),
            }),
          ),
        }),
      }),
    }),
  }),
});

export function createContributions(parts: ContributionsParts): Contributions {
  const { db, connections, accounts, settings, scheduler, clock, logger, changed } = parts;
  /** Why the last attempt failed is not repeated every minute. */
  const notBefore = new Map<string, number>();
  let looks: Schedule | undefined;
  let hasNew = false;

  /** @returns null: never; undefined: the account is not tracked yet, or not any more */
  const askedAt = async (connectionId: string): Promise<number | null | undefined> => {
    const row = await db
      .selectFrom('tracked_accounts')
      .select('contributions_at')
      .where('connection_id', '=', connectionId)
      .executeTakeFirst();
    return row?.contributions_at;
  };

  const isDue = async (connectionId: string, last: number | null): Promise<boolean> => {
    const now = clock.now();
    const wait = notBefore.get(connectionId);
    // A time that lies further ahead than any of ours was noted by a clock that ran ahead.
    if (wait !== undefined && wait > now && wait <= now + INTERVAL_MS) return false;
    if (last !== null && last <= now && last > now - INTERVAL_MS) return false;
    const { graphql } = await connections.budget(connectionId);
    return graphql === undefined || graphql.remaining > graphql.limit * RESERVE;
  };

  const ask = async (connectionId: string, last: number | null): Promise<{ day: number; count: number }[]> => {
    const now = clock.now();
    const today = Math.floor(now / DAY_MS);
    const unasked = last === null ? YEAR_DAYS : Math.ceil((now - last) / DAY_MS) + RECENT_DAYS;
    const from = (today + 1 - Math.min(Math.max(unasked, RECENT_DAYS), YEAR_DAYS)) * DAY_MS;
    const variables = { from: iso(from), to: iso(now) };
    const octokit = await connections.github(connectionId);
    const { data } = await octokit.request('POST /graphql', { query: CONTRIBUTIONS, variables });
    const answer = Answer.safeParse(data);
    if (!answer.success) {
      throw new AppError('provider_error', 'GitHub does not tell the contributions.', { cause: answer.error });
    }
    const { weeks } = answer.data.data.viewer.contributionsCollection.contributionCalendar;
    const days = weeks.flatMap(({ contributionDays }) =>
      contributionDays.map(({ date, contributionCount }) => ({
        day: Math.round(Date.parse(date) / DAY_MS),
        count: contributionCount,
      })),
    );
    // Days are those of the person's time zone, so the first may be told of in part. It is known already.
    return last === null ? days : days.slice(1);
  };

  const keep = (connectionId: string, days: readonly { day: number; count: number }[]) =>
    db.transaction().execute(async (transaction) => {
      // Disconnected, or forgotten, while GitHub was asked: then there is nothing to keep it for.
      const [account] = await transaction
        .updateTable('tracked_accounts')
        .set({ contributions_at: clock.now() })
        .where('connection_id', '=', connectionId)
        .returning('connection_id')
        .execute();
      if (account === undefined || days.length === 0) return;
      await transaction
        .insertInto('tracked_contributions')
        .values(days.map(({ day, count }) => ({ connection_id: connectionId, day, count })))
        .onConflict((conflict) =>
          conflict.columns(['connection_id', 'day']).doUpdateSet((build) => ({ count: build.ref('excluded.count') })),
        )
        .execute();
    });

  const look = async (signal: AbortSignal) => {
    hasNew = false;
    if (settings.get().tracking.paused) return;
    for (const { connectionId } of await accounts()) {
      if (signal.aborted) return;
      const last = await askedAt(connectionId);
      hasNew ||= last === undefined;
      if (last === undefined || !(await isDue(connectionId, last))) continue;
      try {
        await keep(connectionId, await ask(connectionId, last));
        notBefore.delete(connectionId);
        changed();
      } catch (error) {
        const { retryAt } = toAppError(error);
        notBefore.set(connectionId, retryAt ?? clock.now() + INTERVAL_MS / 6);
        logger.debug('contributions could not be asked for', { connection: connectionId, error });
      }
    }
  };

  return {
    start() {
      looks = scheduler.every('contributions', { intervalMs: () => LOOK_MS, task: look });
      void looks.trigger();
    },
    look: () => void looks?.trigger(),
    listed() {
      if (hasNew) void looks?.trigger();
    },
    stop: () => looks?.stop(),
  };
}
