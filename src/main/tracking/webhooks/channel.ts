import type { default as SmeeClient } from 'smee-client';
import type { TrackingView } from '../../../shared/tracking-views.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import { createHttpClient } from '../../core/http-client.ts';
import type { Logger } from '../../core/logger.ts';
import type { Tracking } from '../tracking.ts';
import { relayed } from './relayed.ts';

/** A channel tells that it is alive every 30 seconds. One that is silent for so long is not. */
const LONGEST_SILENCE_MS = 5 * 60_000;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 10 * 60_000;
/** A connection that held for so long was a good one. */
const GOOD_MS = 60_000;
/** Bytes of one message: GitHub's largest delivery twice, as channels may send it in both its forms. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Messages that wait to be looked into. Whoever sends more loses the rest: each of them is but a hint. */
const MOST_WAITING = 100;

/** The optional way of webhooks to a machine that GitHub cannot reach: a smee.io channel, or one like it. */
export interface Channel {
  /** Connects to this one and to no other, and again whenever the connection ends. @param url null: to none */
  follow(url: string | null): void;
  state(): TrackingView['webhooks']['channelState'];
  stop(): Promise<void>;
}

export interface ChannelParts {
  clock: Clock;
  logger: Logger;
  deliver: Tracking['deliver'];
  /** The state is another one. */
  changed: () => void;
  /** From 0 up to 1, for the spread of new attempts. */
  random?: () => number;
}

/** Whatever comes over a channel is as untrusted as what comes over HTTP: anyone who knows its address can send to it. */
export function createChannel({ clock, logger, deliver, changed, random = Math.random }: ChannelParts): Channel {
  const fetch = createHttpClient({ clock, userAgent: 'trackeep-tray' });
  let state: TrackingView['webhooks']['channelState'] = 'off';
  let followed: string | null = null;
  let client: SmeeClient | null = null;
  let retry: Timer | null = null;
  let failures = 0;
  const waiting: string[] = [];
  let waitingSize = 0;
  let working: Promise<void> | null = null;

  const become = (next: typeof state) => {
    if (state === next) return;
    state = next;
    changed();
  };

  const work = async () => {
    for (let data = waiting.shift(); data !== undefined; data = waiting.shift()) {
      waitingSize -= data.length;
      const delivery = relayed(data);
      if (delivery === null) continue;
      await deliver(delivery).catch((error: unknown) =>
        logger.debug('a delivery of the channel was refused', { error }),
      );
      // A flood must not keep others from their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  const workOn = () => {
    if (waiting.length === 0) return;
    working ??= work().finally(() => {
      working = null;
      workOn();
    });
  };

  const take = (data: unknown) => {
    if (typeof data !== 'string') return;
    const full = waiting.length >= MOST_WAITING || (waiting.length > 0 && waitingSize + data.length > MOST_BYTES);
    if (full) return logger.debug('a delivery of the channel was dropped: too many at once');
    waiting.push(data);
    waitingSize += data.length;
    workOn();
  };

  const connect = (url: string) => {
    become('connecting');
    import('smee-client').then(
      ({ default: Smee }) => followed === url && open(Smee, url),
      (error: unknown) => {
        logger.error('the webhook channel cannot be used', { error });
        become('failed');
      },
    );
  };

  const open = (Smee: typeof SmeeClient, url: string) => {
    const connection = new Smee({
      source: url,
      // Nothing is sent there: what comes is handed on here.
      target: 'http://127.0.0.1/',
      forward: false,
      logger: { info: () => undefined, error: () => undefined },
      fetch: async (address: string | URL, { signal, headers }: RequestInit) => {
        const limits = { totalMs: null, idleMs: LONGEST_SILENCE_MS, maxBytes: Number.POSITIVE_INFINITY };
        return withShortMessages(await fetch(address, { limits, signal: signal ?? null, headers: headers ?? {} }));
      },
    });
    client = connection;
    let openedAt = clock.monotonic();
    connection.onopen = () => {
      openedAt = clock.monotonic();
      if (client === connection) become('connected');
    };
    connection.onmessage = ({ data }) => {
      if (client === connection) take(data);
    };
    connection.onerror = ({ message, code }) => {
      // The client would try again by itself, without end and as often as the channel tells it to. It sets a timer for
      // that right after this, which only ends if it is stopped later than now.
      queueMicrotask(() => void connection.stop());
      if (client !== connection) return;
      client = null;
      if (state === 'connected' && clock.monotonic() - openedAt >= GOOD_MS) failures = 0;
      const wait = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (1 + random() / 2);
      failures += 1;
      logger.debug('the webhook channel is not connected', { reason: message, status: code });
      become('failed');
      retry = clock.after(wait, () => connect(url));
    };
    connection.start().catch(() => undefined);
  };

  const leave = () => {
    retry?.cancel();
    retry = null;
    const left = client;
    client = null;
    void left?.stop();
  };

  return {
    follow(url) {
      if (url === followed) return;
      leave();
      followed = url;
      failures = 0;
      if (url === null) become('off');
      else connect(url);
    },
    state: () => state,
    async stop() {
      leave();
      followed = null;
      waiting.length = 0;
      await working;
      become('off');
    },
  };
}

/** The same answer, that fails where a message grows beyond what is ever kept in memory. */
function withShortMessages(answer: Response): Response {
  const { body, status, headers, url } = answer;
  if (body === null) return answer;
  let size = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      // An empty line ends a message.
      const end = Math.max(bytes.lastIndexOf('\n\n'), bytes.lastIndexOf('\r\n\r\n'));
      size = end === -1 ? size + bytes.length : bytes.length - end;
      if (size > MOST_BYTES) controller.error(new Error('The channel sends a message without an end.'));
      else controller.enqueue(chunk);
    },
  });
  return Object.defineProperty(new Response(body.pipeThrough(counting), { status, headers }), 'url', { value: url });
}
