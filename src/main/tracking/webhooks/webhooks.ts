import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { TrackingView } from '../../../shared/tracking-views.ts';
import type { Connections } from '../../connections/connections.ts';
import type { Bus } from '../../core/bus.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { isoOrNull } from '../../core/iso-time.ts';
import type { Logger } from '../../core/logger.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Settings } from '../../storage/settings.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Sync } from '../sync/sync.ts';
import type { Tracking } from '../tracking.ts';
import { createChannel } from './channel.ts';
import { hintOf } from './hint.ts';
import { createWebhookSecrets } from './secrets.ts';
import { isSignature, isSigned } from './signature.ts';

/** Where webhooks are delivered to, below the listener's address. */
export const WEBHOOK_PATH = '/webhooks/github';

/** One change makes several deliveries, and a push of many branches makes many: all of this time are one look. */
const GATHER_MS = 2_000;

/** Takes what GitHub, or what forwards for it, delivers. */
export interface Webhooks {
  deliver: Tracking['deliver'];
  setSecret: Tracking['setWebhookSecret'];
  view(): Promise<TrackingView['webhooks']>;
  /** Connects to the channel of the settings, now and whenever they change. */
  start(): void;
  stop(): Promise<void>;
}

export interface WebhooksParts {
  db: Kysely<Schema>;
  vault: Vault;
  apps: Pick<Connections['githubApps'], 'hasWebhookSecrets' | 'webhookSecrets'>;
  settings: Pick<Settings, 'get'>;
  bus: Bus;
  clock: Clock;
  logger: Logger;
  /** GitHub's, such as github.com. */
  host: string;
  /** The listener's address. Asked when needed: the listener starts later. */
  address(): string;
  wake: Sync['wake'];
  /** From 0 up to 1. */
  random?: () => number;
}

export function createWebhooks(parts: WebhooksParts): Webhooks {
  const { db, vault, apps, settings, bus, clock, logger, host, address, wake } = parts;
  const secrets = createWebhookSecrets({ db, vault, apps, clock, host });
  const due = new Set<number>();
  let timer: Timer | null = null;
  let stopped = false;

  const lookSoon = (id: number) => {
    // Due in the table: the next run looks.
    if (stopped) return;
    due.add(id);
    timer ??= clock.after(GATHER_MS, () => {
      const ids = [...due];
      due.clear();
      timer = null;
      wake(ids, { urgent: false });
    });
  };

  /** @returns null: it was taken before; else which of our repositories it is about, if any */
  const take = (id: string, event: string, githubId: number | null): Promise<number[] | null> =>
    db.transaction().execute(async (transaction) => {
      const now = clock.now();
      const [taken] = await transaction
        .insertInto('webhook_deliveries')
        .values({ id, event, received_at: now })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returning('id')
        .execute();
      if (taken === undefined) return null;
      if (githubId === null) return [];
      const soon = now + GATHER_MS;
      const rows = await transaction
        .updateTable('tracked_repositories')
        // Due in the table as well, so that a hint outlives the app; and not sooner than its look, which gathers.
        .set({ webhook_at: now, next_look_at: sql`min(next_look_at, ${sql.lit(soon)})` })
        .where('host', '=', host)
        .where('github_id', '=', githubId)
        .where('state', '=', 'tracked')
        .returning('id')
        .execute();
      return rows.map((row) => row.id);
    });

  const deliver: Webhooks['deliver'] = async ({ id, event, signature, body }) => {
    if (!isSignature(signature)) throw unsigned();
    const candidates = await secrets.all();
    if (candidates.length === 0) throw noSecret();
    if (!(await isSigned(body, signature, candidates))) throw unsigned();
    if (id === undefined || !/^[\w-]{1,100}$/.test(id) || event === undefined || !/^[a-z_]{1,100}$/.test(event)) {
      throw new AppError('bad_input', 'The request does not say which delivery of which event it is.');
    }
    const ids = await take(id, event, hintOf(event, body));
    ids?.forEach(lookSoon);
    return ids !== null;
  };

  const channel = createChannel({
    ...{ clock, logger, deliver },
    ...(parts.random && { random: parts.random }),
    changed: () => bus.emit('tracking'),
  });
  const follow = () => channel.follow(settings.get().tracking.webhookChannel);
  let unfollow = () => {};

  return {
    deliver,
    async setSecret(secret) {
      const set = await secrets.set(secret);
      bus.emit('tracking');
      return set;
    },
    async view() {
      const { last } = await db
        .selectFrom('webhook_deliveries')
        .select((select) => select.fn.max('received_at').as('last'))
        .executeTakeFirstOrThrow();
      return {
        url: `${address()}${WEBHOOK_PATH}`,
        hasSecret: await secrets.any(),
        lastDeliveryAt: isoOrNull(last),
        channel: settings.get().tracking.webhookChannel,
        channelState: channel.state(),
      };
    },
    start() {
      unfollow = bus.on('settings', follow);
      follow();
    },
    async stop() {
      stopped = true;
      unfollow();
      timer?.cancel();
      timer = null;
      await channel.stop();
    },
  };
}

function unsigned(): AppError {
  return new AppError('signature_invalid', 'The webhook is not signed with a secret that Trackeep Tray knows.');
}

function noSecret(): AppError {
  return new AppError('provider_not_configured', 'There is no secret yet to check the signatures of webhooks with.', {
    remedy: 'Make one with `trackeep tracking webhook-secret --new`, and give it to the webhook.',
  });
}
