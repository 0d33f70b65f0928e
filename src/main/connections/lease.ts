import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Schema } from '../storage/schema.ts';

/** Twice what a request to a provider may take. What a process that died leaves behind ends by itself. */
const LEASE_MS = 30_000;
/** A lease that was left behind is over by then, and whoever took it next has had their time, too. */
const PATIENCE_MS = 2 * LEASE_MS;
/** Between two looks; half of it to one and a half, so that many who wait do not look at the same instant. */
const LOOK_EVERY_MS = 100;

/** The right to renew an account's token, which one process has at a time. */
export interface Lease {
  readonly account: Leased;
  /**
   * Grows with every lease of the account: whoever slept through its own cannot store what it got, since the number in
   * the row is another by then.
   */
  readonly number: number;
}

/** What is leased: one account, or all that share its token. */
export interface Leased {
  id: string;
  tokenGroup?: string | null;
}

/** Keeps two processes on one database from renewing one token: a provider gives each refresh token one successor. */
export interface Leases {
  /** @returns null while another process holds it, or when the account is gone */
  take(account: Leased): Promise<Lease | null>;
  /**
   * Takes it as soon as it is free.
   *
   * @param wanted asked before every try; null: another process has done what it was wanted for
   * @returns null if it is not wanted any more
   * @throws what `wanted` throws; AppError `provider_error` when it is not to be had within a minute
   */
  await(wanted: () => Promise<Leased | null>): Promise<Lease | null>;
  /** Gives it back, if it is still held. */
  release(lease: Lease): Promise<void>;
  /** Takes back what earlier processes of this place held when they died: nobody has to wait for its end. */
  clearFormer(): Promise<void>;
  /** Those that wait give up. */
  stop(): void;
}

export interface LeasesParts {
  db: Kysely<Schema>;
  clock: Clock;
  /** 0 ≤ n < 1 */
  random: () => number;
  /**
   * Where this process is, if it is alone there: only one process at a time has this place. Others on the same database
   * have another, or none. Null: it may not be alone.
   */
  place: string | null;
}

export function createLeases({ db, clock, random, place }: LeasesParts): Leases {
  // Tells processes apart and not requests: within one, the renewals of an account follow each other anyway.
  const holder = place === null ? randomUUID() : `${place}/${randomUUID()}`;
  const stopping = new AbortController();

  const take = async (account: Leased): Promise<Lease | null> => {
    const now = clock.now();
    const rows = await db
      .updateTable('installations')
      .set(({ selectFrom }) => ({
        lease_holder: holder,
        lease_until: now + LEASE_MS,
        // One number for all that share the token, also for an account that came to them later.
        lease_number: selectFrom('installations as all')
          .select(sql<number>`max(lease_number) + 1`.as('next'))
          .where(...rowsOf(account, 'all.')),
      }))
      .where(...rowsOf(account))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('installations as held')
              .select('held.id')
              .where(...rowsOf(account, 'held.'))
              .where('held.lease_holder', '!=', holder)
              .where('held.lease_until', '>', now)
              // One that ends much later than any can comes from a clock that was set back since. A little later is
              // usual: whoever waited for the database's lock comes with a time from before it.
              .where('held.lease_until', '<=', now + 2 * LEASE_MS),
          ),
        ),
      )
      .returning(['id', 'lease_number'])
      .execute();
    const own = rows.find(({ id }) => id === account.id);
    return own === undefined ? null : { account, number: own.lease_number };
  };

  return {
    take,
    async await(wanted) {
      const end = clock.monotonic() + PATIENCE_MS;
      for (;;) {
        const account = await wanted();
        if (account === null) return null;
        const lease = await take(account);
        if (lease !== null) return lease;
        if (clock.monotonic() >= end) {
          throw new AppError('provider_error', 'Another process of Trackeep Tray is renewing the token, for too long.');
        }
        await clock.sleep(LOOK_EVERY_MS * (0.5 + random()), stopping.signal);
      }
    },
    async release({ account }) {
      await db
        .updateTable('installations')
        .set({ lease_holder: null, lease_until: null })
        .where(...rowsOf(account))
        .where('lease_holder', '=', holder)
        .execute();
    },
    async clearFormer() {
      if (place === null) return;
      await db
        .updateTable('installations')
        .set({ lease_holder: null, lease_until: null })
        .where('lease_holder', 'like', `${place}/%`)
        .where('lease_holder', '!=', holder)
        .execute();
    },
    stop() {
      stopping.abort(new AppError('app_not_running', 'Trackeep Tray is being ended.'));
    },
  };
}

function rowsOf({ id, tokenGroup = null }: Leased, prefix = '') {
  return tokenGroup === null
    ? ([sql.ref<string>(`${prefix}id`), '=', id] as const)
    : ([sql.ref<string | null>(`${prefix}token_group`), '=', tokenGroup] as const);
}
