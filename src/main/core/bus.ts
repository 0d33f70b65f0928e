import type { NoticeView } from '../../shared/app-views.ts';

/** What the rooms tell each other, without knowing each other: only names and ids, never views or secrets. */
export interface Signals {
  connections: undefined;
  /** Tokens were handed out. Nothing else about the connections is new. */
  uses: undefined;
  approvals: undefined;
  clients: undefined;
  flow: { id: string };
  vault: undefined;
  updates: undefined;
  tracking: undefined;
  settings: undefined;
  notice: NoticeView;
}

export type SignalName = keyof Signals;

/** A typed in-process bus. Listeners run synchronously; one that throws does not keep the others from hearing. */
export interface Bus {
  emit<N extends SignalName>(name: N, ...data: Signals[N] extends undefined ? [] : [Signals[N]]): void;
  /** @returns a function that stops listening */
  on<N extends SignalName>(name: N, listener: (data: Signals[N]) => void): () => void;
}

export function createBus(onError: (error: unknown) => void): Bus {
  const listeners = new Map<SignalName, Set<(data: never) => void>>();
  return {
    emit(name, ...data) {
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(data[0] as never);
        } catch (error) {
          onError(error);
        }
      }
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener as (data: never) => void);
      return () => set.delete(listener as (data: never) => void);
    },
  };
}
