/**
 * A client program of its own: sends what it is told over IPC, one form after the other, and tells the answers. Started
 * by `fork`; ends with its parent.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { post } from './oauth-client.ts';

export interface Order {
  id: number;
  /** Waited before the form is sent, ms. */
  afterMs: number;
  url: string;
  form: Record<string, string>;
}

export interface Report {
  id: number;
  status: number;
  body: Record<string, unknown>;
}

process.on('message', async ({ id, afterMs, url, form }: Order) => {
  if (afterMs > 0) await sleep(afterMs);
  const { status, body } = await post(url, form);
  process.send?.({ id, status, body } satisfies Report);
});
process.on('disconnect', () => process.exit(0));
