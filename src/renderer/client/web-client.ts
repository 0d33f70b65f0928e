import type { ContractEvent, Output, QueryName } from '../../shared/contract.ts';
import type { ErrorView } from '../../shared/errors.ts';
import { CallError, createWatchable, type LinkState, type RendererClient } from './client.ts';
import { keepLinked, type WebPlace } from './web-link.ts';
import { readKey } from './web-session.ts';

/** Procedures that only read; the compiler asks for a new one when the contract gets it. */
const QUERIES: { [N in QueryName]: true } = {
  'status.get': true,
  'providers.list': true,
  'connections.list': true,
  'connections.flows': true,
  'connections.flow': true,
  'approvals.list': true,
  'approvals.numbers': true,
  'clients.list': true,
  'githubApps.list': true,
  'audit.list': true,
  'exports.list': true,
  'credentials.explain': true,
  'tokens.get': true,
  'credentials.get': true,
  'updates.get': true,
  'tracking.get': true,
  'tracking.repositories': true,
  'tracking.repository': true,
  'tracking.commits': true,
  'tracking.branches': true,
  'tracking.releases': true,
  'tracking.pullRequests': true,
  'tracking.activity': true,
  'tracking.contributions': true,
  'tracking.export': true,
  'settings.get': true,
  'doctor.run': true,
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
    const url = new URL(`api/${name}`, place.base);
    if (isQuery && Object.keys(input).length > 0) url.searchParams.set('input', JSON.stringify(input));
    const response = await place
      .fetch(url, {
        method: isQuery ? 'GET' : 'POST',
        headers: { 'x-trackeep-key': readKey(place) ?? '', ...(isQuery ? {} : { 'content-type': 'application/json' }) },
        body: isQuery ? null : JSON.stringify(input),
      })
      .catch((cause: unknown) => {
        throw new CallError(NOT_RUNNING, { cause });
      });
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

/** The wire's form of an error, where `error` is the code, as the view that the pages show. */
function errorView(answer: unknown): ErrorView {
  if (typeof answer !== 'object' || answer === null || !('error' in answer) || !('message' in answer)) {
    return NOT_UNDERSTOOD;
  }
  const { error, ...rest } = answer;
  return { remedy: '', action: null, retryAt: null, url: null, ...rest, code: error } as ErrorView;
}
