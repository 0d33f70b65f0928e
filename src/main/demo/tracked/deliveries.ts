import { createHmac, randomUUID } from 'node:crypto';
import { payloadOf } from './payloads.ts';
import { createRestViews } from './rest-views.ts';
import type { World } from './world.ts';

/** One webhook delivery, ready to be sent as often as one likes. */
export interface WebhookDelivery {
  /** `X-GitHub-Delivery`. */
  readonly id: string;
  /** `X-GitHub-Event`. */
  readonly event: string;
  /** JSON, the very text that is signed. */
  readonly body: string;
}

export interface Receiver {
  url: string;
  /** Null: unsigned. */
  secret: string | null;
}

/** Webhooks of everything that happens in the world. Whoever asks decides which arrive, how often and in what order. */
export interface Deliveries {
  /** Those that were neither sent nor dropped, in the order in which they came to be. */
  pending(): readonly WebhookDelivery[];
  /** Sends one, again if need be. @returns the status it was answered with */
  send(delivery: WebhookDelivery, receiver: Receiver): Promise<number>;
  /** Sends all that are pending, one after the other. */
  sendAll(receiver: Receiver): Promise<void>;
  /** It never arrives. */
  drop(delivery: WebhookDelivery): void;
  /** What GitHub sends when a webhook is set up. */
  ping(): WebhookDelivery;
}

export function createDeliveries({ world, origin }: { world: World; origin: () => string }): Deliveries {
  const views = createRestViews({ world, origin });
  const waiting = new Set<WebhookDelivery>();
  const make = (event: string, payload: unknown): WebhookDelivery => {
    const delivery = { id: randomUUID(), event, body: JSON.stringify(payload) };
    waiting.add(delivery);
    return delivery;
  };
  world.onHappening((happening) => make(happening.event, payloadOf(world, views, happening)));

  const deliveries: Deliveries = {
    pending: () => [...waiting],
    async send(delivery, receiver) {
      waiting.delete(delivery);
      const { id, event, body } = delivery;
      const answer = await fetch(receiver.url, {
        method: 'POST',
        headers: {
          ...{ 'content-type': 'application/json', 'user-agent': 'GitHub-Hookshot/0000000', accept: '*/*' },
          ...{ 'x-github-event': event, 'x-github-delivery': id, 'x-github-hook-id': '1' },
          ...(receiver.secret === null ? {} : { 'x-hub-signature-256': signature(receiver.secret, body) }),
        },
        body,
      });
      await answer.arrayBuffer();
      return answer.status;
    },
    async sendAll(receiver) {
      for (const delivery of waiting) await deliveries.send(delivery, receiver);
    },
    drop: (delivery) => void waiting.delete(delivery),
    ping: () => make('ping', { zen: 'Keep it logically awesome.', hook_id: 1, hook: { type: 'Repository', id: 1 } }),
  };
  return deliveries;
}

/** @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
function signature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
