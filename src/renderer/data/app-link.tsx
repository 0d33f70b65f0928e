import { QueryClient, QueryClientProvider, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { NoticeView } from '../../shared/app-views.ts';
import type { Input, Output, ProcedureName } from '../../shared/contract.ts';
import type { CallError, LinkState, RendererClient } from '../client/client.ts';
import {
  AUDIT_PAGE,
  auditKey,
  createLiveViews,
  flowKey,
  type LiveViews,
  numbersKey,
  type ViewName,
  viewKey,
} from './live-views.ts';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: CallError;
  }
}

interface AppLink {
  client: RendererClient;
  live: LiveViews;
}

const AppLinkContext = createContext<AppLink | null>(null);

function useAppLink(): AppLink {
  const link = useContext(AppLinkContext);
  if (!link) throw new Error('Pages stand inside <AppLinkProvider>.');
  return link;
}

/**
 * The one place where the page holds the app: the client, the cache of its views, and the events that keep it true.
 */
export function AppLinkProvider({ client, children }: { client: RendererClient; children: ReactNode }) {
  const [{ cache, live }] = useState(() => {
    const cache = new QueryClient({
      defaultOptions: {
        // Views are kept fresh by events, and the app is on this machine whether or not the network is there.
        queries: {
          staleTime: Number.POSITIVE_INFINITY,
          retry: false,
          networkMode: 'always',
          refetchOnWindowFocus: false,
        },
        // A command's input may be a secret: it is not kept once nobody waits for the answer.
        mutations: { retry: false, networkMode: 'always', gcTime: 0 },
      },
    });
    return { cache, live: createLiveViews(client, cache) };
  });

  useEffect(() => client.subscribe((event) => live.take(event)), [client, live]);

  useEffect(() => {
    let known = client.link.get();
    return client.link.watch(() => {
      const state = client.link.get();
      // Whatever happened while nobody listened is asked for again; the doctor only works when told to.
      if (state === 'open' && known !== 'connecting') {
        void cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== viewKey('doctor.run')[0] });
      }
      known = state;
    });
  }, [client, cache]);

  return (
    <QueryClientProvider client={cache}>
      <AppLinkContext value={{ client, live }}>{children}</AppLinkContext>
    </QueryClientProvider>
  );
}

/** The way to ask the app something that is no view. */
export function useClient(): RendererClient {
  return useAppLink().client;
}

/** Which door this page stands behind, and the platform where that is known. */
export function useDoor(): { door: RendererClient['door']; platform: string | null } {
  const { client } = useAppLink();
  return { door: client.door, platform: client.platform };
}

export function useLinkState(): LinkState {
  const { client } = useAppLink();
  return useSyncExternalStore(client.link.watch, client.link.get);
}

/** A view of the app, kept true by its events. */
export function useView<N extends ViewName>(name: N) {
  const { live } = useAppLink();
  return useQuery({ queryKey: viewKey(name), queryFn: () => live.fetch(name) });
}

/** One sign-in, followed to its end; null asks for none. */
export function useFlow(id: string | null) {
  const { live } = useAppLink();
  return useQuery({
    queryKey: flowKey(id ?? ''),
    queryFn: () => live.fetchFlow(id ?? ''),
    enabled: id !== null,
  });
}

/** The three numbers of an approval, one of which stands on the page in the browser. */
export function useApprovalNumbers(id: string) {
  const { live } = useAppLink();
  return useQuery({ queryKey: numbersKey(id), queryFn: () => live.fetchNumbers(id) });
}

/**
 * The log of tokens handed out, the newest page first; older ones are added when they are asked for.
 *
 * @param connectionId only tokens of this connection; null: all
 */
export function useAudit(connectionId: string | null = null) {
  const { live } = useAppLink();
  return useInfiniteQuery({
    queryKey: auditKey(connectionId),
    queryFn: ({ pageParam }) => live.fetchAudit(connectionId, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => {
      const oldest = page.at(-1)?.number ?? 1;
      // Numbers count from 1 without a gap over all connections; of one alone, a page that is not full is the last.
      return oldest > 1 && (connectionId === null || page.length === AUDIT_PAGE) ? oldest : null;
    },
    // Tokens are handed out without an event for each: a busy program takes hundreds a minute.
    refetchOnMount: 'always',
    refetchInterval: 10_000,
  });
}

/** A command of the contract, with its progress and its error. */
export function useCommand<N extends ProcedureName>(name: N) {
  const { live } = useAppLink();
  return useMutation<Output<N>, CallError, Input<N>>({ mutationFn: (input) => live.command(name, input) });
}

/** Calls `listener` for every notice of the app. */
export function useNotices(listener: (notice: NoticeView) => void): void {
  const { client } = useAppLink();
  useEffect(
    () =>
      client.subscribe((event) => {
        if (event.event === 'notice') listener(event.data);
      }),
    [client, listener],
  );
}
