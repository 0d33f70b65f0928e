import type { Kysely } from 'kysely';
import type { TrackedAccountView, TrackingSettings } from '../../../shared/tracking-views.ts';
import type { Connections } from '../../connections/connections.ts';
import type { Bus } from '../../core/bus.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError, fromErrorView } from '../../core/errors.ts';
import { iso, isoOrNull } from '../../core/iso-time.ts';
import type { Logger } from '../../core/logger.ts';
import type { Scheduler } from '../../core/scheduler.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Settings } from '../../storage/settings.ts';
import { createReader } from '../github/reader.ts';
import type { NewEvent } from '../store/events.ts';
import { createPages } from '../store/pages.ts';
import { loadSeen, restateAll } from '../store/repositories.ts';
import { type Account, type AccountSync, createAccountSync } from './account-sync.ts';
import { createBoard } from './board.ts';
import { createFetch } from './fetch.ts';

/** Keeps what every connected GitHub account sees current. */
export interface Sync {
  /**
   * Has repositories looked at out of turn. Answers at once.
   * @param repositoryIds null: all, new ones too
   * @param options.urgent the person waits for it: at once, and out of the reserve
   */
  wake(repositoryIds: readonly number[] | null, options: { urgent: boolean }): void;
  /**
   * Waits until what was woken urgently is done.
   * @throws AppError what stands in the way
   */
  settled(repositoryId: number | null): Promise<void>;
  view(): Promise<TrackedAccountView[]>;
  /** Does something to what is stored of an account while nothing is fetched through it; afterwards it begins anew. */
  without(connectionId: string, work: () => Promise<void>): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface SyncParts {
  db: Kysely<Schema>;
  connections: Connections;
  settings: Pick<Settings, 'get'>;
  clock: Clock;
  logger: Logger;
  bus: Bus;
  scheduler: Scheduler;
  random(): number;
  /** Something stored has changed. @param events what happened, fit to tell the person of */
  stored(events: readonly NewEvent[]): void;
  /** How the sync stands has changed. */
  changed(): void;
}

interface Waiter {
  repositoryId: number | null;
  resolve(): void;
  reject(error: AppError): void;
}

export function createSync(parts: SyncParts): Sync {
  const { db, connections, settings, clock, logger, bus, scheduler } = parts;
  const accounts = new Map<string, AccountSync>();
  const board = createBoard(
    () => [...accounts.keys()],
    (id) => accounts.get(id)?.isUsable() ?? false,
  );
  const reader = createReader({ connections, clock });
  const pages = createPages({ db, now: () => clock.now() });
  const tracking = (): TrackingSettings => settings.get().tracking;
  const fetch = createFetch({ db, reader, pages, now: () => clock.now(), keepDays: () => tracking().keepDays });
  const waiters = new Set<Waiter>();
  const stopListening: (() => void)[] = [];
  let started = false;
  let known: TrackingSettings | null = null;
  /** Changes from outside are taken in one after the other. */
  let queue: Promise<void> = Promise.resolve();

  const changed = () => {
    for (const waiter of [...waiters]) settle(waiter);
    parts.changed();
  };

  const reload = async () => board.load(await loadSeen(db));

  /** @throws what the step throws */
  const enqueue = (step: () => Promise<void>): Promise<void> => {
    const done = queue.then(async () => {
      await step();
      changed();
    });
    queue = done.catch(() => undefined);
    return done;
  };

  /** For what happens elsewhere, where nobody waits for it. */
  const follow = (what: string, step: () => Promise<void>) => {
    enqueue(async () => {
      if (started) await step();
    }).catch((error: unknown) => logger.error('tracking did not take in a change', { what, error }));
  };

  /** Follows the accounts that come and go. */
  async function followConnections(): Promise<void> {
    const list = await connections.list();
    const wanted = list.filter(({ platform, kind }) => platform === 'github' && kind === 'user');
    const gone = [...accounts.keys()].filter((id) => !wanted.some((view) => view.id === id));
    for (const id of gone) {
      const account = accounts.get(id);
      accounts.delete(id);
      await account?.stop();
    }
    if (gone.length > 0) await reload();
    for (const view of wanted) {
      const known = accounts.get(view.id);
      if (view.state === 'needs_reconnect') {
        const error = view.problem
          ? fromErrorView(view.problem)
          : new AppError('needs_reconnect', 'The account has to be connected again.');
        (known ?? (await begin({ connectionId: view.id, host: view.host, login: view.login }))).stopFor(error);
      } else if (!known) {
        const account = await begin({ connectionId: view.id, host: view.host, login: view.login });
        await account.start();
      } else if (known.obstacle()?.code === 'needs_reconnect') {
        await known.start();
        known.retry();
      }
    }
    // What one account leaves, another may see.
    for (const account of accounts.values()) account.pump();
  }

  async function begin(account: Account): Promise<AccountSync> {
    const made = createAccountSync({
      ...{ account, db, board, reader, fetch, connections, clock, scheduler, logger },
      choice: () => tracking().choice,
      paused: () => !started || tracking().paused,
      random: parts.random,
      stored: parts.stored,
      changed,
      reload,
    });
    accounts.set(account.connectionId, made);
    return made;
  }

  async function followSettings(): Promise<void> {
    const before = known;
    known = tracking();
    if (before === null || JSON.stringify(before.choice) !== JSON.stringify(known.choice)) {
      if (await restateAll(db, known.choice, clock.now())) parts.stored([]);
      await reload();
    }
    if (before !== null && before.choice.from !== known.choice.from) {
      for (const account of accounts.values()) account.list(false);
    }
    for (const account of accounts.values()) account.pump();
  }

  /** Ends the wait where what was waited for is there, or cannot come. */
  function settle(waiter: Waiter): void {
    const outcome = outcomeOf(waiter.repositoryId);
    if (outcome === 'open') return;
    waiters.delete(waiter);
    if (outcome === 'done') waiter.resolve();
    else waiter.reject(outcome);
  }

  function outcomeOf(repositoryId: number | null): 'open' | 'done' | AppError {
    if (tracking().paused) return pausedError();
    if (repositoryId === null) {
      const waitedFor = [...accounts.values()].filter(isWaitedFor);
      const [obstacle] = waitedFor.flatMap((account) => account.obstacle() ?? []);
      return obstacle ?? (waitedFor.length === 0 ? 'done' : 'open');
    }
    const entry = board.get(repositoryId);
    if (!entry) return 'done';
    if (entry.urgent === null) return entry.problem ?? 'done';
    const its = [...accounts.values()].filter(({ account }) => entry.connectionIds.has(account.connectionId));
    const obstacles = its.flatMap((account) => account.obstacle() ?? []);
    const [obstacle] = obstacles;
    return obstacle && obstacles.length === its.length && !entry.busy ? obstacle : 'open';
  }

  const isWaitedFor = (account: AccountSync) =>
    account.isListingUrgently() || board.of(account.account.connectionId).some(({ urgent }) => urgent !== null);

  return {
    wake(repositoryIds, { urgent }) {
      if (!started || tracking().paused) return;
      if (repositoryIds === null) {
        for (const account of accounts.values()) account.list(urgent);
      } else {
        for (const id of repositoryIds) {
          const entry = board.get(id);
          if (!entry) continue;
          if (urgent) entry.urgent = 'look';
          else entry.wokenAt ??= clock.now();
        }
        for (const account of accounts.values()) {
          if (urgent) account.retry();
          else account.pump();
        }
      }
      changed();
    },
    settled: (repositoryId) =>
      new Promise((resolve, reject) => {
        const waiter = { repositoryId, resolve, reject };
        waiters.add(waiter);
        settle(waiter);
      }),
    async view() {
      const views: TrackedAccountView[] = [];
      for (const { account, ...sync } of accounts.values()) {
        const { state, repositories, synced, firstSyncDone, syncedAt, nextAt, problem } = sync.state();
        const { graphql } = await connections.budget(account.connectionId);
        views.push({
          ...account,
          ...{ state, repositories, synced, firstSyncDone },
          syncedAt: isoOrNull(syncedAt),
          nextAt: isoOrNull(nextAt),
          budget: graphql ? { ...graphql, resetAt: iso(graphql.resetAt) } : null,
          problem: problem?.toView() ?? null,
        });
      }
      return views;
    },
    without: (connectionId, work) =>
      enqueue(async () => {
        const account = accounts.get(connectionId);
        accounts.delete(connectionId);
        await account?.stop();
        try {
          await work();
        } finally {
          await reload();
          await followConnections();
        }
      }),
    async start() {
      started = true;
      stopListening.push(
        bus.on('connections', () => follow('connections', followConnections)),
        bus.on('vault', () => {
          for (const account of accounts.values()) account.retry();
        }),
        bus.on('settings', () => follow('settings', followSettings)),
      );
      await enqueue(followSettings);
      await enqueue(followConnections);
    },
    async stop() {
      started = false;
      for (const stop of stopListening.splice(0)) stop();
      await queue;
      await Promise.all([...accounts.values()].map((account) => account.stop()));
      accounts.clear();
      for (const waiter of waiters) waiter.reject(new AppError('app_not_running', 'Tracking has ended.'));
      waiters.clear();
    },
  };
}

function pausedError(): AppError {
  return new AppError('not_permitted', 'Tracking is paused.', {
    remedy: 'Go on with tracking in the settings, then try again.',
    action: 'open_settings',
  });
}
