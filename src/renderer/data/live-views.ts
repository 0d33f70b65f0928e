import type { QueryClient } from '@tanstack/react-query';
import type { AuditView, FlowView } from '../../shared/connection-views.ts';
import type { ContractEvent, EventName, Input, Output, ProcedureName, QueryName } from '../../shared/contract.ts';
import type { RendererClient } from '../client/client.ts';

/** The queries that take no input, and so are one view each. The log, and what is tracked, come page by page. */
export type ViewName =
  | Exclude<
      { [N in QueryName]: Record<string, never> extends Input<N> ? N : never }[QueryName],
      'audit.list' | `tracking.${string}`
    >
  | 'tracking.get';

const VIEW_OF_EVENT = {
  status: 'status.get',
  connections: 'connections.list',
  approvals: 'approvals.list',
  clients: 'clients.list',
  updates: 'updates.get',
  tracking: 'tracking.get',
  settings: 'settings.get',
} as const satisfies Partial<Record<EventName, ViewName>>;

/** Commands that answer with a whole view. */
const VIEW_OF_COMMAND: { readonly [N in ProcedureName]?: ViewName } = {
  'updates.check': 'updates.get',
  'updates.download': 'updates.get',
  'updates.stop': 'updates.get',
  'updates.discard': 'updates.get',
  'settings.set': 'settings.get',
  'tracking.refresh': 'tracking.get',
  'tracking.forget': 'tracking.get',
};

/** Commands that answer with one sign-in. */
const FLOW_COMMANDS: ReadonlySet<ProcedureName> = new Set(['connections.begin', 'connections.cancel']);

/** What a command leaves out of date without saying so in its answer or an event. */
const STALE_AFTER: { readonly [N in ProcedureName]?: readonly ViewName[] } = {
  'providers.configure': ['providers.list'],
  'connections.disconnect': ['connections.list', 'githubApps.list', 'exports.list', 'status.get'],
  'connections.refresh': ['connections.list', 'status.get'],
  'githubApps.import': ['githubApps.list', 'connections.list', 'status.get'],
  'githubApps.sync': ['githubApps.list', 'connections.list', 'status.get'],
  'githubApps.remove': ['githubApps.list', 'connections.list', 'exports.list', 'status.get'],
  'exports.remove': ['exports.list'],
  'approvals.approve': ['approvals.list', 'clients.list', 'status.get'],
  'approvals.deny': ['approvals.list', 'clients.list', 'status.get'],
  'clients.revoke': ['clients.list'],
  'clients.revokeAll': ['clients.list'],
  'clients.remove': ['clients.list'],
  'vault.unlock': ['status.get', 'connections.list', 'providers.list'],
};

/** Views without an event of their own: that the connections changed is all that is said of them. */
const STALE_WITH_CONNECTIONS: readonly ViewName[] = ['providers.list', 'githubApps.list', 'exports.list'];

/** Rows of the log that are asked for at once. */
export const AUDIT_PAGE = 50;

/** What all keys of the log begin with. */
const AUDIT_KEYS = ['audit.list'] as const;

export const viewKey = (name: ViewName) => [name] as const;
/** @param connectionId null: the log of all */
export const auditKey = (connectionId: string | null) => [...AUDIT_KEYS, connectionId] as const;
export const flowKey = (id: string) => ['connections.flow', id] as const;
export const numbersKey = (id: string) => ['approvals.numbers', id] as const;

/**
 * Keeps the query cache true to the app. Answers and events reach the page by different ways, so an answer may arrive
 * after an event that is newer. The rule: an answer counts only if no event of its view came since it was asked for;
 * events carry whole views, so leaving the answer out loses nothing.
 */
export interface LiveViews {
  /** Asks for a view. @throws CallError */
  fetch<N extends ViewName>(name: N): Promise<Output<N>>;
  /** Asks for one sign-in. @throws CallError */
  fetchFlow(id: string): Promise<FlowView>;
  /** Asks for the numbers of an approval, which never change. @throws CallError */
  fetchNumbers(id: string): Promise<number[]>;
  /**
   * Asks for a page of the log.
   * @param connectionId only of this connection; null: of all
   * @param before only what is older than this number; null: the newest
   * @throws CallError
   */
  fetchAudit(connectionId: string | null, before: number | null): Promise<AuditView[]>;
  /** Runs a command and puts what it answers where it belongs. @throws CallError */
  command<N extends ProcedureName>(name: N, input: Input<N>): Promise<Output<N>>;
  /** Takes one event of the app. */
  take(event: ContractEvent): void;
}

export function createLiveViews(client: RendererClient, cache: QueryClient): LiveViews {
  /** How many events each key has had. */
  const arrivals = new Map<string, number>();

  /** Calls, and answers the newest of what is known under `key` when the answer comes. */
  const newest = async <T>(key: readonly string[], call: () => Promise<T>): Promise<T> => {
    const id = key.join(' ');
    const before = arrivals.get(id);
    const answer = await call();
    if (arrivals.get(id) === before) return answer;
    return cache.getQueryData<T>(key) ?? answer;
  };

  const put = (key: readonly string[], data: unknown) => {
    const id = key.join(' ');
    arrivals.set(id, (arrivals.get(id) ?? 0) + 1);
    cache.setQueryData(key, data);
  };

  const putFlow = (flow: FlowView) => {
    put(flowKey(flow.id), flow);
    const others = (cache.getQueryData<FlowView[]>(viewKey('connections.flows')) ?? []).filter(
      ({ id }) => id !== flow.id,
    );
    put(viewKey('connections.flows'), flow.state === 'waiting' ? [...others, flow] : others);
  };

  return {
    fetch: (name) => newest(viewKey(name), () => client.call(name, {} as Input<typeof name>)),
    fetchFlow: (id) => newest(flowKey(id), () => client.call('connections.flow', { id })),
    fetchNumbers: async (id) => (await client.call('approvals.numbers', { id })).numbers,
    fetchAudit: (connectionId, before) =>
      client.call('audit.list', {
        limit: AUDIT_PAGE,
        ...(connectionId === null ? {} : { connectionId }),
        ...(before === null ? {} : { before }),
      }),
    async command(name, input) {
      const view = VIEW_OF_COMMAND[name];
      if (view !== undefined) {
        const answer = await newest(viewKey(view), () => client.call(name, input) as Promise<unknown>);
        cache.setQueryData(viewKey(view), answer);
        return answer as Output<typeof name>;
      }
      const answer = await client.call(name, input);
      if (FLOW_COMMANDS.has(name)) {
        const flow = answer as FlowView;
        // An event may have told the end of this sign-in before its beginning was answered.
        if (cache.getQueryData(flowKey(flow.id)) === undefined || name === 'connections.cancel') putFlow(flow);
      }
      // Waited for, so that a dialog that closes with the answer gives the focus back to what is there in fact.
      const stale = STALE_AFTER[name] ?? [];
      await Promise.all(stale.map((view) => cache.invalidateQueries({ queryKey: viewKey(view) })));
      return answer;
    },
    take(event) {
      if (event.event === 'notice') return;
      if (event.event === 'flow') return putFlow(event.data);
      put(viewKey(VIEW_OF_EVENT[event.event]), event.data);
      if (event.event === 'connections') {
        for (const key of [...STALE_WITH_CONNECTIONS.map(viewKey), AUDIT_KEYS]) {
          void cache.invalidateQueries({ queryKey: key });
        }
      }
      // The status holds the connections as well, and is sent more often: when a token was used, for one.
      if (event.event === 'status') put(viewKey('connections.list'), event.data.connections);
    },
  };
}
