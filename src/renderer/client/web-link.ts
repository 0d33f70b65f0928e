import type { ContractEvent, EventName } from '../../shared/contract.ts';
import { createStreamReader } from './event-stream.ts';
import { forgetKey, openSession, readKey, type SessionPlace, takeLoginToken } from './web-session.ts';

/** Between two attempts to reach the app again, in ms: soon at first, then at an easy pace. */
const RETRY_MS = [250, 1_000, 2_000, 3_000];
/** A stream that is silent for longer is dead: the server sends a comment far more often. */
const SILENCE_MS = 60_000;

const EVENTS: { [N in EventName]: true } = {
  status: true,
  connections: true,
  approvals: true,
  clients: true,
  flow: true,
  updates: true,
  tracking: true,
  settings: true,
  notice: true,
};

/** What the client needs of the browser; passed in so that tests can stand in for it. */
export interface WebPlace extends SessionPlace {
  /** The page's own address, ending in `/ui/`. */
  base: URL;
  fetch: typeof globalThis.fetch;
  wait(ms: number): Promise<void>;
  /** Calls `listener` when another tab of this origin changes the storage, and when this tab's fragment changes. */
  onChange(listener: () => void): void;
}

/** What the link tells of itself. */
export interface LinkListener {
  onState(state: 'open' | 'lost' | 'session_required'): void;
  onEvent(event: ContractEvent): void;
}

/**
 * Signs in, listens, and does so again whenever the app went away: for as long as the page lives. Whether the session
 * still holds is learned here alone: the app ends the stream of a session that is over.
 */
export async function keepLinked(place: WebPlace, listener: LinkListener): Promise<never> {
  let token = takeLoginToken(place);
  let usedKey: string | null = null;
  let newSession = Promise.withResolvers<void>();
  // A fresh link may be opened in another tab, or in this very one, where only the fragment changes then. The token is
  // taken out at once, before the router takes it for a page.
  place.onChange(() => {
    const found = takeLoginToken(place);
    if (found !== null) token = found;
    if (found === null && readKey(place) === usedKey) return;
    newSession.resolve();
    newSession = Promise.withResolvers<void>();
  });

  let failures = 0;
  let wasLinked = false;
  const onOpen = () => {
    failures = 0;
    wasLinked = true;
    listener.onState('open');
  };

  for (; ; failures += 1) {
    const interrupted = newSession.promise;
    try {
      if (token !== null) {
        const link = token;
        await openSession(place, new URL('session', place.base), link, place.fetch);
        if (token === link) token = null;
      }
      usedKey = readKey(place);
      const outcome = usedKey === null ? 'refused' : await listen(place, usedKey, interrupted, { ...listener, onOpen });
      if (outcome === 'refused' && !wasLinked) {
        if (usedKey !== null) forgetKey(place, usedKey);
        if (readKey(place) !== null) continue;
        usedKey = null;
        listener.onState('session_required');
        await interrupted;
        continue;
      }
      // An app that is just going refuses everybody, too: after a link, a refusal counts when it is said twice.
      if (outcome === 'refused') wasLinked = false;
    } catch {
      // Unreachable, or cut off: the banner says so, and the next attempt follows.
    }
    listener.onState('lost');
    await Promise.race([place.wait(RETRY_MS[failures] ?? Math.max(...RETRY_MS)), interrupted]);
  }
}

/** Reads the event stream to its end, or until it falls silent, or until it is interrupted. */
async function listen(
  place: WebPlace,
  key: string,
  interrupted: Promise<void>,
  listener: { onOpen(): void; onEvent: LinkListener['onEvent'] },
): Promise<'ended' | 'refused'> {
  const leave = new AbortController();
  void interrupted.then(() => leave.abort());
  const response = await place.fetch(new URL('events', place.base), {
    headers: { 'x-trackeep-key': key, accept: 'text/event-stream' },
    signal: leave.signal,
  });
  if (response.status === 401) return 'refused';
  if (!response.ok || !response.body) return 'ended';
  listener.onOpen();
  const read = createStreamReader(({ event, data }) => {
    if (Object.hasOwn(EVENTS, event)) listener.onEvent({ event, data: JSON.parse(data) } as ContractEvent);
  });
  let heard = true;
  const watch = setInterval(() => {
    if (!heard) leave.abort();
    heard = false;
  }, SILENCE_MS);
  try {
    const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
      heard = true;
      read(piece.value);
    }
  } finally {
    clearInterval(watch);
  }
  return 'ended';
}
