import type { ContractClient } from '../../shared/contract.ts';
import type { ErrorView } from '../../shared/errors.ts';

/**
 * How the page stands with the app. `connecting` only before the first contact; `lost` heals by itself;
 * `session_required` needs a fresh link from the person.
 */
export type LinkState = 'connecting' | 'open' | 'lost' | 'session_required';

/** A value that can be watched; what React's `useSyncExternalStore` takes. */
export interface Watchable<T> {
  get(): T;
  /** @returns a function that stops watching */
  watch(listener: () => void): () => void;
}

/** The contract's client with what a page needs beside it. */
export interface RendererClient extends ContractClient {
  readonly door: 'window' | 'web';
  /** `process.platform` of the app's machine where the window tells it; null on the web. */
  readonly platform: string | null;
  readonly link: Watchable<LinkState>;
}

/** A call that failed, carrying what a person may know about it. */
export class CallError extends Error {
  readonly view: ErrorView;

  constructor(view: ErrorView, options?: ErrorOptions) {
    super(view.message, options);
    this.name = 'CallError';
    this.view = view;
  }
}

/** A value with listeners that hear of every change of it. */
export function createWatchable<T>(initial: T): Watchable<T> & { set(value: T): void } {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
