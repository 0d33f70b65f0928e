import type { TrackingState } from '../../../shared/tracking-views.ts';
import { type AppError, toAppError } from '../../core/errors.ts';
import type { Schedule, Scheduler } from '../../core/scheduler.ts';
import { loadAccount, noteFirstSync } from '../store/repositories.ts';
import { type Account, type AccountContext, createPageSize } from './account-context.ts';
import type { BoardEntry } from './board.ts';
import type { Fetch } from './fetch.ts';
import { fetchOne } from './fetch-one.ts';
import { createListing, type Listing } from './listing.ts';
import { look } from './look.ts';
import { createPace, Interrupted, type PaceParts } from './pace.ts';
import { plan } from './plan.ts';

export type { Account };

/** Fetches at once. */
const LANES = 4;
/** Whatever was planned, the next round does not come sooner. */
const SOONEST_MS = 1_000;

export interface AccountSyncParts
  extends Omit<AccountContext, 'pace' | 'pages' | 'signal'>,
    Pick<PaceParts, 'connections' | 'paused' | 'random'> {
  fetch: Fetch;
  scheduler: Scheduler;
  /** How the sync stands has changed. */
  changed(): void;
}

export interface AccountState {
  state: TrackingState;
  repositories: number;
  synced: number;
  firstSyncDone: boolean;
  syncedAt: number | null;
  nextAt: number | null;
  problem: AppError | null;
}

/** Keeps what one account sees current. */
export interface AccountSync {
  readonly account: Account;
  /** Does what is due, as far as it may. */
  pump(): void;
  /** Lists everything again. @param urgent the person waits for it: out of turn, and out of the reserve */
  list(urgent: boolean): void;
  /** What stood in the way may be gone: tries again. */
  retry(): void;
  /** Needs the person: it asks nothing until `retry`. */
  stopFor(error: AppError): void;
  /** Why it asks nothing that the person waits for; null: it does ask. */
  obstacle(): AppError | null;
  /** Whether it can be asked at all, now or after a pause. */
  isUsable(): boolean;
  /** Whether a listing that the person waits for is under way. */
  isListingUrgently(): boolean;
  state(): AccountState;
  start(): Promise<void>;
  /** Ends in good order. */
  stop(): Promise<void>;
}

export function createAccountSync(parts: AccountSyncParts): AccountSync {
  const { account, db, board, clock, fetch, scheduler } = parts;
  const { connectionId } = account;
  const abort = new AbortController();
  const { signal } = abort;
  const pace = createPace({ ...parts, signal });
  const context: AccountContext = { ...parts, pace, pages: createPageSize(), signal };
  const running = new Set<Promise<void>>();
  let schedule: Schedule | null = null;
  /** Null: it has not started. */
  let listing: Listing | null = null;
  let isListing = false;
  let isLooking = false;
  let fetching = 0;
  let firstSyncDone = false;
  let currentAt: number | null = null;
  /** The time of the last round, and of the next one. */
  let pumpedAt = clock.now();
  let wakeAt = Number.POSITIVE_INFINITY;

  /** A piece of work; when it ends, something else may be due. */
  const run = (task: Promise<void>, ended: () => void) => {
    const done: Promise<void> = task
      .then(noteIfCurrent)
      .catch((error: unknown) => {
        if (!signal.aborted && !(error instanceof Interrupted)) pace.holdBack(toAppError(error));
      })
      .finally(() => {
        running.delete(done);
        ended();
        pump();
        parts.changed();
      });
    running.add(done);
  };

  function pump(): void {
    if (signal.aborted || listing === null || parts.paused()) return;
    const now = clock.now();
    const open = pace.mayAsk(false);
    wakeAt = pace.held()?.until ?? Number.POSITIVE_INFINITY;
    if (open || pace.mayAsk(true)) begin(listing, now, open);
    schedule?.reschedule();
  }

  /** @param open whether more may be asked than what the person waits for */
  function begin(listing: Listing, now: number, open: boolean): void {
    if (!isListing && listing.isDue(now) && (open || listing.isWantedUrgently())) {
      isListing = true;
      run(listing.page(), () => {
        isListing = false;
      });
    }
    const entries = board.of(connectionId).filter(({ urgent }) => open || urgent !== null);
    const { looks, fetches, wakeAt: soonest } = plan(entries, now, Math.max(0, LANES - fetching));
    if (looks.length > 0 && !isLooking) {
      isLooking = true;
      run(look(context, looks.slice(0, context.pages.now())), () => {
        isLooking = false;
      });
    }
    for (const entry of fetches) {
      fetching += 1;
      run(fetchOne(context, fetch, entry), () => {
        fetching -= 1;
      });
    }
    if (open) wakeAt = Math.min(wakeAt, soonest, isListing ? Number.POSITIVE_INFINITY : listing.nextAt(now));
  }

  const isCurrent = (entries: readonly BoardEntry[]) =>
    listing !== null && !listing.isUnfinished() && entries.every(({ moved, troubled }) => !moved || troubled);

  async function noteIfCurrent(): Promise<void> {
    // While much is under way it is not, and looking through thousands would tell no more.
    if (signal.aborted || running.size > 1 || !isCurrent(board.of(connectionId))) return;
    currentAt = clock.now();
    if (firstSyncDone) return;
    firstSyncDone = true;
    await noteFirstSync(db, connectionId, currentAt);
  }

  const stateNow = (entries: readonly BoardEntry[]): TrackingState => {
    const held = pace.held();
    if (parts.paused()) return 'paused';
    if (held !== null) return held.kind === 'problem' ? 'problem' : 'limited';
    if (listing === null) return 'waiting';
    if (isListing || listing.isUnfinished()) return 'listing';
    return isCurrent(entries) ? 'current' : 'syncing';
  };

  return {
    account,
    pump,
    list(urgent) {
      listing?.want(urgent);
      if (urgent) pace.release();
      pump();
    },
    retry() {
      pace.release();
      pump();
    },
    stopFor(error) {
      pace.stopFor(error);
      parts.changed();
    },
    obstacle() {
      const held = pace.held();
      return held === null || held.kind === 'reserve' ? null : held.error;
    },
    isUsable: () => !signal.aborted && pace.held()?.until !== null,
    isListingUrgently: () => listing?.isWantedUrgently() ?? false,
    state() {
      const mine = [...board.all()].filter(({ connectionIds }) => connectionIds.has(connectionId));
      const state = stateNow(mine);
      const held = pace.held();
      const next = state === 'paused' ? null : held === null ? wakeAt : held.until;
      return {
        state,
        repositories: mine.length,
        synced: mine.filter(({ moved }) => !moved).length,
        firstSyncDone,
        syncedAt: currentAt,
        nextAt: next !== null && Number.isFinite(next) ? next : null,
        problem: held?.error ?? null,
      };
    },
    async start() {
      if (schedule !== null) return;
      const progress = await loadAccount(db, connectionId);
      if (signal.aborted || progress === null) return;
      firstSyncDone = progress.firstSyncedAt !== null;
      if (firstSyncDone) currentAt = progress.listedAt;
      listing = createListing(context, progress);
      schedule = scheduler.every(`tracking ${account.login}`, {
        intervalMs: () => Math.max(wakeAt - pumpedAt, SOONEST_MS),
        task: async () => {
          pumpedAt = clock.now();
          // The schedule is asked to look again by what follows, and counts as running only from here on.
          await Promise.resolve();
          pump();
        },
      });
      pumpedAt = clock.now();
      pump();
    },
    async stop() {
      schedule?.stop();
      abort.abort(new DOMException('Tracking stops.', 'AbortError'));
      await Promise.all(running);
    },
  };
}
