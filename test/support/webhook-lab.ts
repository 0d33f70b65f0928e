import { createHmac, randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createBus } from '../../src/main/core/bus.ts';
import { createRedactor } from '../../src/main/core/redact.ts';
import { createWebhooks, WEBHOOK_PATH, type Webhooks } from '../../src/main/tracking/webhooks/webhooks.ts';
import { createVault } from '../../src/main/vault/create-vault.ts';
import type { TrackingSettings } from '../../src/shared/tracking-views.ts';
import { type HttpDoor, openHttpDoor } from './http-door.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createQuietLogger, type QuietLogger } from './quiet-logger.ts';
import { openTrackedRows, type TrackedRows } from './tracked-rows.ts';

/** Of the person's own, unless a test makes or forgets one. */
export const SECRET = 'a secret that only GitHub and we know';

/** Takes webhooks over the real listener into a real database, with a look of the sync side noted and not made. */
export interface WebhookLab extends TrackedRows {
  webhooks: Webhooks;
  door: HttpDoor;
  clock: ManualClock;
  logger: QuietLogger;
  /** The repositories that were to be looked at, call by call. */
  looks: (readonly number[] | null)[];
  /** Secrets of GitHub Apps. */
  appSecrets: string[];
  settings: Pick<TrackingSettings, 'webhookChannel'>;
  /** Says that the settings are others now. */
  announce(): void;
  send(body: string | Buffer, headers?: Record<string, string | undefined>): Promise<Response>;
  deliveries(): Promise<{ id: string; event: string; received_at: number }[]>;
}

export async function openWebhookLab(options: { secret?: string | null } = {}): Promise<WebhookLab> {
  const rows = await openTrackedRows();
  const { db, dataDir } = rows;
  const clock = createManualClock();
  const logger = createQuietLogger();
  const bus = createBus(() => undefined);
  const vault = await createVault({
    ...({ source: 'file', passphrase: null, db, dataDir, clock, logger, redactor: createRedactor(), bus } as const),
  });
  await vault.unlock();
  const looks: WebhookLab['looks'] = [];
  const appSecrets: string[] = [];
  const tracking = { webhookChannel: null as string | null };
  const webhooks = createWebhooks({
    ...{ db, vault, bus, clock, logger, host: 'github.com', random: () => 0 },
    apps: { hasWebhookSecrets: async () => appSecrets.length > 0, webhookSecrets: async () => appSecrets },
    settings: { get: () => ({ tracking }) as never },
    address: () => door.address,
    wake: (ids, { urgent }) => {
      if (urgent) throw new Error('A webhook is no click of the person.');
      looks.push(ids);
    },
  });
  const { secret = SECRET } = options;
  if (secret !== null) await webhooks.setSecret(secret);
  webhooks.start();
  const door = await openHttpDoor({}, { webhooks });
  onTestFinished(async () => {
    await door[Symbol.asyncDispose]();
    await webhooks.stop();
  });
  return {
    ...rows,
    ...{ webhooks, door, clock, logger, looks, appSecrets, settings: tracking },
    announce: () => bus.emit('settings'),
    send: (body, headers = {}) => {
      const all = { 'content-type': 'application/json', ...headersOf('push', body), ...headers };
      const given = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined);
      return fetch(`${door.address}${WEBHOOK_PATH}`, {
        method: 'POST',
        headers: given,
        body: new Uint8Array(Buffer.from(body)),
      });
    },
    deliveries: () => db.selectFrom('webhook_deliveries').selectAll().orderBy('received_at').execute(),
  };
}

/** The headers of a delivery that is new. */
export function headersOf(event: string, body: string | Buffer, secret = SECRET): Record<string, string> {
  return {
    'x-github-event': event,
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
}

/** The body of a delivery, as GitHub writes it. @param githubId GitHub's number of the repository */
export function payload(githubId: number, more: object = {}): string {
  return JSON.stringify({ ref: 'refs/heads/main', ...more, repository: { id: githubId, full_name: 'octocat/garden' } });
}
