import {
  type ContractEvent,
  contract,
  type Door,
  isProcedure,
  type Output,
  type ParsedInput,
  type ProcedureName,
} from '../../shared/contract.ts';
import type { Bus, SignalName, Signals } from '../core/bus.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';

/** One function per procedure; the compiler refuses a map with a hole in it. */
export type Handlers = {
  [N in ProcedureName]: (input: ParsedInput<N>) => Output<N> | Promise<Output<N>>;
};

/** The contract, implemented: what every door calls. */
export interface Control {
  /**
   * Checks that `door` may call `name`, validates `input`, runs the procedure, validates what it answers.
   * @throws AppError always, whatever went wrong: `not_found`, `not_permitted`, `bad_input`, or the procedure's own
   */
  call(door: Door, name: string, input: unknown): Promise<unknown>;
  /** @returns a function that stops listening */
  subscribe(listener: (event: ContractEvent) => void): () => void;
  /** `status.get` as JSON text, kept until something changes: the one procedure that programs poll. */
  statusJson(): Promise<string>;
}

/** The events that carry a view of their own, with the procedure that makes it. */
const PROCEDURE_OF_VIEW = {
  status: 'status.get',
  connections: 'connections.list',
  approvals: 'approvals.list',
  clients: 'clients.list',
  updates: 'updates.get',
  tracking: 'tracking.get',
  settings: 'settings.get',
} as const;
type ViewName = keyof typeof PROCEDURE_OF_VIEW;

/** Which views a signal may change. A view is made anew, and sent whole, whenever one of its signals comes. */
const VIEWS_OF_SIGNAL: Record<Exclude<SignalName, 'notice'>, readonly Exclude<ViewName, 'status'>[]> = {
  connections: ['connections', 'tracking'],
  uses: ['connections'],
  approvals: ['approvals'],
  clients: ['clients'],
  vault: ['connections'],
  // Only the status, which is busy while a sign-in waits.
  flow: [],
  updates: ['updates'],
  tracking: ['tracking'],
  settings: ['settings', 'updates', 'tracking'],
};

/** A cached status is asked for again after this time at the latest, since some states end by the clock alone. */
const STATUS_MAX_AGE_MS = 5_000;

export function createControl({
  handlers,
  bus,
  logger,
  clock,
}: {
  handlers: Handlers;
  bus: Bus;
  logger: Logger;
  clock: { monotonic(): number };
}): Control {
  const listeners = new Set<(event: ContractEvent) => void>();
  let statusCache: { made: number; json: Promise<string> } | undefined;
  const dirty = new Set<ViewName>();
  let sending = false;

  const run = async <N extends ProcedureName>(name: N, input: unknown): Promise<Output<N>> => {
    const procedure = contract[name];
    const parsed = procedure.input.safeParse(input ?? {});
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const field = issue && issue.path.length > 0 ? `"${issue.path.join('.')}": ` : '';
      throw new AppError('bad_input', `${name} was asked with something it does not take: ${field}${issue?.message}.`);
    }
    const output = await handlers[name](parsed.data as ParsedInput<N>);
    const checked = procedure.output.safeParse(output);
    // A view that does not fit its schema may carry more than it should: it does not leave the process.
    if (!checked.success) {
      throw new AppError('internal', `${name} made an answer that does not fit the contract.`, {
        cause: new Error(checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')),
      });
    }
    return checked.data as Output<N>;
  };

  const send = (event: ContractEvent) => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        logger.warn('a listener of the event stream failed', { event: event.event, error });
      }
    }
  };

  /**
   * Makes and sends the changed views one after another, so that a later state never overtakes an earlier one. They are
   * made by the procedures that answer them, so an event passes the same check on its way out as an answer does.
   */
  const sendDirty = async () => {
    if (sending) return;
    sending = true;
    try {
      while (dirty.size > 0) {
        const names = [...dirty];
        dirty.clear();
        for (const name of names) await sendView(name);
      }
    } finally {
      sending = false;
    }
  };

  const sendView = async (name: ViewName) => {
    try {
      const data = await run(PROCEDURE_OF_VIEW[name], {});
      send({ event: name, data } as ContractEvent);
    } catch (error) {
      logger.warn('a view could not be sent', { view: name, error });
    }
  };

  const touch = (signal: Exclude<SignalName, 'notice'>) => {
    statusCache = undefined;
    if (listeners.size === 0) return;
    for (const view of VIEWS_OF_SIGNAL[signal]) dirty.add(view);
    dirty.add('status');
    queueMicrotask(() => void sendDirty());
  };

  bus.on('connections', () => touch('connections'));
  bus.on('uses', () => touch('uses'));
  bus.on('approvals', () => touch('approvals'));
  bus.on('clients', () => touch('clients'));
  bus.on('vault', () => touch('vault'));
  bus.on('updates', () => touch('updates'));
  bus.on('tracking', () => touch('tracking'));
  bus.on('settings', () => touch('settings'));
  bus.on('notice', (notice: Signals['notice']) => send({ event: 'notice', data: notice }));
  bus.on('flow', async ({ id }) => {
    touch('flow');
    try {
      send({ event: 'flow', data: await run('connections.flow', { id }) });
    } catch (error) {
      logger.warn('a sign-in could not be shown', { error });
    }
  });

  return {
    async call(door, name, input) {
      try {
        if (!isProcedure(name)) throw new AppError('not_found', 'There is no such procedure.');
        const doors: readonly Door[] = contract[name].doors;
        if (!doors.includes(door)) throw new AppError('not_permitted', `${name} is not offered here.`);
        return await run(name, input);
      } catch (error) {
        const known = toAppError(error);
        if (known.code === 'internal') logger.error('a procedure failed', { procedure: name, error });
        throw known;
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    statusJson() {
      const now = clock.monotonic();
      if (statusCache && now - statusCache.made < STATUS_MAX_AGE_MS) return statusCache.json;
      const json = run('status.get', {}).then((view) => JSON.stringify(view));
      const entry = { made: now, json };
      statusCache = entry;
      json.catch(() => {
        if (statusCache === entry) statusCache = undefined;
      });
      return json;
    },
  };
}
