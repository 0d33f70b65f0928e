import type { ContractEvent, EventName, Output, QueryName } from '../../shared/contract.ts';
import type { ErrorView } from '../../shared/errors.ts';
import { CallError, createWatchable, type LinkState, type RendererClient } from './client.ts';
import { createStreamReader } from './event-stream.ts';
import { forgetKey, openSession, readKey, type SessionPlace, takeLoginToken } from './web-session.ts';

/** Between two attempts to reach the app again, in ms: soon at first, then at an easy pace. */
const RETRY_MS = [250, 500, 1_000, 2_000, 3_000];
/** A stream that is silent for longer is dead: the server sends a comment far more often. */
const SILENCE_MS = 60_000;

/** Procedures that only read; the compiler asks for a new one when the contract gets it. */
const QUERIES: { [N in QueryName]: true } = {
  'status.get': true,
  'providers.list': true,
  'connections.list': true,
  'connections.flows': true,
  'connections.flow': true,
  'tokens.get': true,
  'updates.get': true,
  'settings.get': true,
  'doctor.run': true,
};

const EVENTS: { [N in EventName]: true } = {
  status: true,
  connections: true,
  flow: true,
  updates: true,
  settings: true,
  notice: true,
};

const NOT_RUNNING: ErrorView = {
  code: 'app_not_running',
  message: 'Trackeep Tray is not running.',
  remedy: 'Start it with `trackeep serve`; this page goes on by itself.',
  action: 'retry',
  retryAt: null,
  url: null,
};

const NOT_UNDERSTOOD: ErrorView = {
  code: 'internal',
  message: 'Trackeep Tray gave an answer that this page does not understand.',
  remedy: 'Reload the page: it may be older than the app.',
  action: null,
  retryAt: null,
  url: null,
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

/**
 * The contract over loopback HTTP, with server-sent events read by fetch.
 *
 * Queries wait until the event stream stands, so that no change falls between an answer and the first event.
 *
 * @returns a client whose calls reject with CallError
 */
export function createWebClient(place: WebPlace): RendererClient {
  const link = createWatchable<LinkState>('connecting');
  const listeners = new Set<(event: ContractEvent) => void>();
  const opened = Promise.withResolvers<void>();

  const call: RendererClient['call'] = async (name, input) => {
    const isQuery = Object.hasOwn(QUERIES, name);
    if (isQuery) await opened.promise;
    const key = readKey(place) ?? '';
    const url = new URL(`api/${name}`, place.base);
    if (isQuery && Object.keys(input).length > 0) url.searchParams.set('input', JSON.stringify(input));
    const response = await place
      .fetch(url, {
        method: isQuery ? 'GET' : 'POST',
        headers: { 'x-trackeep-key': key, ...(isQuery ? {} : { 'content-type': 'application/json' }) },
        body: isQuery ? null : JSON.stringify(input),
      })
      .catch((cause: unknown) => {
        throw new CallError(NOT_RUNNING, { cause });
      });
    if (response.status === 401) {
      forgetKey(place, key);
      link.set('session_required');
    }
    const answer: unknown = await response.json().catch((cause: unknown) => {
      throw new CallError(NOT_UNDERSTOOD, { cause });
    });
    if (!response.ok) throw new CallError(errorView(answer));
    // The app has validated the answer against the contract; doing it again would bring the schemas into the page.
    return answer as Output<typeof name>;
  };

  void keepLinked(place, {
    onState(state) {
      link.set(state);
      if (state === 'open') opened.resolve();
    },
    onEvent(event) {
      for (const listener of listeners) listener(event);
    },
  });

  return {
    door: 'web',
    platform: null,
    link,
    call,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface LinkListener {
  onState(state: 'open' | 'lost' | 'session_required'): void;
  onEvent(event: ContractEvent): void;
}

/** Signs in, listens, and does so again whenever the app went away: for as long as the page lives. */
async function keepLinked(place: WebPlace, listener: LinkListener): Promise<never> {
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

  for (let failures = 0; ; ) {
    const interrupted = newSession.promise;
    try {
      if (token !== null) {
        const link = token;
        await openSession(place, new URL('session', place.base), link, place.fetch);
        if (token === link) token = null;
      }
      usedKey = readKey(place);
      const outcome = usedKey === null ? 'refused' : await listen(place, usedKey, interrupted, listener);
      if (outcome === 'refused') {
        if (usedKey !== null) forgetKey(place, usedKey);
        if (readKey(place) !== null) continue;
        usedKey = null;
        listener.onState('session_required');
        await interrupted;
        continue;
      }
      failures = 0;
    } catch {
      // Unreachable, or cut off: the banner says so, and the next attempt follows.
    }
    listener.onState('lost');
    await Promise.race([place.wait(RETRY_MS[failures] ?? Math.max(...RETRY_MS)), interrupted]);
    failures += 1;
  }
}

/** Reads the event stream to its end, or until it falls silent, or until it is interrupted. */
async function listen(
  place: WebPlace,
  key: string,
  interrupted: Promise<void>,
  listener: LinkListener,
): Promise<'ended' | 'refused'> {
  const leave = new AbortController();
  void interrupted.then(() => leave.abort());
  const response = await place.fetch(new URL('events', place.base), {
    headers: { 'x-trackeep-key': key, accept: 'text/event-stream' },
    signal: leave.signal,
  });
  if (response.status === 401) return 'refused';
  if (!response.ok || !response.body) return 'ended';
  listener.onState('open');
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

/** The wire's form of an error, where `error` is the code, as the view that the pages show. */
function errorView(answer: unknown): ErrorView {
  if (typeof answer !== 'object' || answer === null || !('error' in answer) || !('message' in answer)) {
    return NOT_UNDERSTOOD;
  }
  const { error, ...rest } = answer;
  return { remedy: '', action: null, retryAt: null, url: null, ...rest, code: error } as ErrorView;
}
