import type { Kysely } from 'kysely';
import type { Connections } from '../connections/connections.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Schema } from '../storage/schema.ts';
import type { Settings } from '../storage/settings.ts';
import type { Vault } from '../vault/vault.ts';
import { createContributions } from './contributions.ts';
import { createNotices } from './notices.ts';
import { createQueries } from './queries/create-queries.ts';
import type { NewEvent } from './store/events.ts';
import { createSync } from './sync/sync.ts';
import type { Tracking } from './tracking.ts';
import { createUpkeep } from './upkeep/create-upkeep.ts';
import { createWebhooks } from './webhooks/webhooks.ts';

export interface TrackingParts {
  db: Kysely<Schema>;
  vault: Vault;
  connections: Connections;
  settings: Settings;
  clock: Clock;
  logger: Logger;
  bus: Bus;
  scheduler: Scheduler;
  /** GitHub's address for people, without a trailing slash. */
  githubUrl: string;
  /** The listener's address. Asked when needed: the listener starts later. */
  address(): string;
  databaseBytes(): number;
  /** From 0 up to 1. */
  random?: () => number;
}

/** While much changes, views are told of it no more often. */
const TOLD_EVERY_MS = 1_000;

/** Builds the room. It asks nobody anything before `start`. */
export function createTracking(parts: TrackingParts): Tracking {
  const { db, vault, connections, settings, clock, logger, bus, scheduler, githubUrl } = parts;
  const { random = Math.random } = parts;
  /** Larger than that of any earlier run, whose views may still be open. */
  let version = clock.now();
  let toldAt = Number.NEGATIVE_INFINITY;
  let telling: Timer | null = null;
  let unhear: (() => void) | undefined;

  const tell = () => {
    if (telling !== null) return;
    const wait = Math.max(0, toldAt + TOLD_EVERY_MS - clock.monotonic());
    const now = () => {
      telling = null;
      toldAt = clock.monotonic();
      bus.emit('tracking');
    };
    if (wait === 0) now();
    else telling = clock.after(wait, now);
  };
  const stored = () => {
    version += 1;
    tell();
  };

  /** Those that are synced: an app's installations belong to the same repositories. */
  const accounts = async () =>
    (await connections.list())
      .filter(({ platform, kind }) => platform === 'github' && kind === 'user')
      .map(({ id, host, login }) => ({ connectionId: id, host, login }));

  const queries = createQueries({ db, githubUrl, accounts, clock });
  const notices = createNotices({ bus, settings, clock });
  const sync = createSync({
    ...{ db, connections, settings, clock, logger, bus, scheduler, random },
    stored(events: readonly NewEvent[]) {
      stored();
      contributions.listed();
      if (events.length > 0) notices.tell(events);
    },
    changed: tell,
  });
  const upkeep = createUpkeep({ db, settings, bus, clock, logger, scheduler, changed: stored });
  const contributions = createContributions({
    ...{ db, connections, accounts, settings, scheduler, clock, logger },
    changed: stored,
  });
  const webhooks = createWebhooks({
    ...{ db, vault, settings, bus, clock, logger, random },
    apps: connections.githubApps,
    host: new URL(githubUrl).host,
    address: parts.address,
    wake: sync.wake,
  });

  const find = async (id: number) => {
    const row = await db.selectFrom('tracked_repositories').select('id').where('id', '=', id).executeTakeFirst();
    if (!row) throw new AppError('not_found', 'This repository is not tracked.');
  };

  return {
    queries,
    async view() {
      const { waiting } = await queries.waiting();
      return {
        accounts: await sync.view(),
        stored: { ...(await upkeep.stored()), databaseBytes: parts.databaseBytes() },
        waiting,
        version,
        webhooks: await webhooks.view(),
      };
    },
    async refresh(repositoryId) {
      if (repositoryId !== undefined) await find(repositoryId);
      sync.wake(repositoryId === undefined ? null : [repositoryId], { urgent: true });
    },
    async fresh(repositoryId) {
      await find(repositoryId);
      sync.wake([repositoryId], { urgent: true });
      await sync.settled(repositoryId);
    },
    async freshAll() {
      sync.wake(null, { urgent: true });
      await sync.settled(null);
    },
    forget: (connectionId) => sync.without(connectionId, () => upkeep.forget(connectionId)),
    async mute(repositoryId, muted) {
      await find(repositoryId);
      await db
        .updateTable('tracked_repositories')
        .set({ muted: muted ? 1 : 0 })
        .where('id', '=', repositoryId)
        .execute();
      stored();
    },
    setWebhookSecret: (secret) => webhooks.setSecret(secret),
    deliver: (delivery) => webhooks.deliver(delivery),
    async start() {
      upkeep.start();
      await sync.start();
      contributions.start();
      unhear = bus.on('connections', () => contributions.look());
      webhooks.start();
    },
    async stop() {
      await webhooks.stop();
      unhear?.();
      contributions.stop();
      await sync.stop();
      await upkeep.stop();
      notices.stop();
      telling?.cancel();
      telling = null;
    },
  };
}
