import {
  type InfiniteData,
  keepPreviousData,
  type Query,
  type QueryClient,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { Input, Output, QueryName } from '../../shared/contract.ts';
import type { CallError } from '../client/client.ts';
import { useClient, useView } from './app-link.tsx';

/** What is asked about repositories, beside the view of the tracking itself. */
type Question = Exclude<Extract<QueryName, `tracking.${string}`>, 'tracking.get' | 'tracking.export'>;
/** Those that are answered page by page. */
type PagedQuestion = { [N in Question]: Output<N> extends { nextCursor: string | null } ? N : never }[Question];

/** While a first sync runs, something changes every second. Nobody reads as fast. */
const LEAST_INTERVAL_MS = 3_000;
/** A list that was read further than this is left as it is until its reader comes back to its top. */
const MOST_PAGES_REFRESHED = 3;

/** An answer about repositories, kept true by the events of the tracking. */
export function useAnswer<N extends Question>(name: N, input: Input<N>) {
  const client = useClient();
  return useQuery<Output<N>, CallError>({
    queryKey: [name, input],
    queryFn: () => client.call(name, input),
    placeholderData: keepPreviousData,
  });
}

/** A list about repositories, as far as it has been read. */
export interface Pages<T> {
  /** Undefined until the first page is here. */
  items: T[] | undefined;
  /** How many there are in all, where that is told. */
  total: number;
  error: CallError | null;
  isFetching: boolean;
  isReadingOn: boolean;
  retry: () => void;
  /** Reads on where there is more. */
  readOn: () => void;
}

type ItemOf<N extends PagedQuestion> = Output<N>['items'][number];

/** Asks for a list, the first page first. */
export function usePages<N extends PagedQuestion>(name: N, input: Omit<Input<N>, 'cursor'>): Pages<ItemOf<N>> {
  const client = useClient();
  const { data, error, isFetching, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery<
    Output<N>,
    CallError,
    { pages: Output<N>[] },
    unknown[],
    string | undefined
  >({
    queryKey: [name, input],
    queryFn: ({ pageParam }) =>
      client.call(name, { ...input, ...(pageParam === undefined ? {} : { cursor: pageParam }) } as Input<N>),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const pages = data?.pages;
  const items = useMemo(() => pages?.flatMap((page): ItemOf<N>[] => page.items), [pages]);
  const first = pages?.[0];
  return {
    items,
    total: first && 'total' in first ? first.total : (items?.length ?? 0),
    error,
    isFetching,
    isReadingOn: isFetchingNextPage,
    retry: () => void refetch(),
    readOn: useCallback(() => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    }, [hasNextPage, isFetchingNextPage, fetchNextPage]),
  };
}

/**
 * Asks anew for whatever is shown about repositories when something stored has changed. Stands once, around the pages.
 */
export function useTrackingChanges(): void {
  const cache = useQueryClient();
  const version = useView('tracking.get').data?.version;
  const known = useRef(version);
  const asked = useRef(0);

  useEffect(() => {
    if (version === undefined || version === known.current) return;
    const first = known.current === undefined;
    known.current = version;
    if (first) return;
    const wait = Math.max(0, asked.current + LEAST_INTERVAL_MS - Date.now());
    const timer = setTimeout(() => {
      asked.current = Date.now();
      void cache.invalidateQueries({ predicate: (query) => isAnswer(query) && !isLong(query) });
      void cache.invalidateQueries({ predicate: isLong, refetchType: 'none' });
      renewLong(cache);
    }, wait);
    return () => clearTimeout(timer);
  }, [version, cache]);

  useEffect(() => {
    const look = () => renewLong(cache);
    document.addEventListener('scroll', look, { capture: true, passive: true });
    return () => document.removeEventListener('scroll', look, { capture: true });
  }, [cache]);
}

function isAnswer({ queryKey: [name] }: Query): boolean {
  return typeof name === 'string' && name.startsWith('tracking.') && name !== 'tracking.get';
}

function isLong(query: Query): boolean {
  const { data } = query.state;
  if (!isAnswer(query) || typeof data !== 'object' || data === null || !('pages' in data)) return false;
  return Array.isArray(data.pages) && data.pages.length > MOST_PAGES_REFRESHED;
}

/** Once its reader is at the top again, a list that was read far begins anew with its first page. */
function renewLong(cache: QueryClient): void {
  const page = document.querySelector('main');
  if (page !== null && page.scrollTop > page.clientHeight) return;
  for (const query of cache.getQueryCache().findAll({ type: 'active', stale: true, predicate: isLong })) {
    if (!query.state.isInvalidated) continue;
    cache.setQueryData<InfiniteData<unknown>>(query.queryKey, (data) =>
      data ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) } : data,
    );
    void cache.invalidateQueries({ queryKey: query.queryKey, exact: true });
  }
}
