import { randomUUID } from 'node:crypto';
import type { FlowState, FlowView, Platform, SignInWay } from '../../../shared/connection-views.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import type { Bus } from '../../core/bus.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { iso } from '../../core/iso-time.ts';

/** A page that was reloaded finds out how its sign-in ended for this long. */
const KEPT_MS = 10 * 60_000;

/** One sign-in under way. */
export interface Flow {
  readonly id: string;
  readonly platform: Platform;
  /** Aborts when the sign-in ended, for whatever reason. */
  readonly signal: AbortSignal;
  /** Whether its time is over, by either clock: one stands still while the machine sleeps, the other may jump. */
  timeIsUp(): boolean;
  /** ms until then by the monotonic clock; not negative. */
  remaining(): number;
  /**
   * Writes the account down. From here on the sign-in can no longer be cancelled, only awaited.
   * @returns false if it ended before: then nothing was written
   */
  commit(write: () => Promise<Pick<FlowView, 'connectionId' | 'login'>>): Promise<boolean>;
  /** Ends it without an account. Does nothing if it ended already. */
  fail(error: AppError): void;
}

/** The sign-ins of this run: those that wait for the person, and those that just ended. */
export interface Flows {
  /** Announces a new one; an earlier one of the same kind that still waits is cancelled. */
  begin(flow: NewFlow): Promise<Flow>;
  /** One that waits. */
  waiting(id: string): Flow | null;
  /** Those that wait. */
  list(): FlowView[];
  /** @throws AppError `not_found` */
  view(id: string): FlowView;
  /** @returns how it ended, which may be otherwise if it was just being written down. @throws AppError `not_found` */
  cancel(id: string): Promise<FlowView>;
  cancelAll(): Promise<void>;
}

export interface NewFlow {
  platform: Platform;
  way: SignInWay;
  lifetimeMs: number;
  userCode?: string;
  verificationUri?: string;
  authorizationUrl?: string;
  id?: string;
}

interface Entry {
  view: FlowView;
  flow: Flow;
  abort: AbortController;
  committing: Promise<unknown> | null;
}

/** What a sign-in that ended without an account is called. */
const ENDINGS: Partial<Record<ErrorCode, FlowState>> = {
  access_denied: 'denied',
  code_expired: 'expired',
  flow_cancelled: 'cancelled',
};

export function createFlows({ clock, bus }: { clock: Clock; bus: Bus }): Flows {
  const entries = new Map<string, Entry>();

  const need = (id: string): Entry => {
    const entry = entries.get(id);
    if (!entry) throw new AppError('not_found', 'This sign-in is over.');
    return entry;
  };

  const end = (entry: Entry, outcome: Partial<FlowView> & { state: FlowState }) => {
    if (entry.view.state !== 'waiting') return;
    entry.view = { ...entry.view, ...outcome };
    entry.abort.abort(new AppError('flow_cancelled', 'The sign-in has ended.'));
    clock.after(KEPT_MS, () => entries.delete(entry.view.id));
    bus.emit('flow', { id: entry.view.id });
  };

  const cancel = async (entry: Entry): Promise<FlowView> => {
    await entry.committing;
    const error = new AppError('flow_cancelled', 'The sign-in was cancelled.');
    end(entry, { state: 'cancelled', error: error.toView() });
    return entry.view;
  };

  const waiting = () => [...entries.values()].filter((entry) => entry.view.state === 'waiting');

  return {
    async begin({ id = randomUUID(), platform, way, lifetimeMs, ...shown }) {
      const earlier = waiting().filter((entry) => entry.view.platform === platform && entry.view.way === way);
      await Promise.all(earlier.map(cancel));
      const [now, monotonic] = [clock.now(), clock.monotonic()];
      const expiresAt = now + lifetimeMs;
      const abort = new AbortController();
      const view: FlowView = {
        id,
        platform,
        way,
        state: 'waiting',
        startedAt: iso(now),
        expiresAt: iso(expiresAt),
        userCode: shown.userCode ?? null,
        verificationUri: shown.verificationUri ?? null,
        authorizationUrl: shown.authorizationUrl ?? null,
        connectionId: null,
        login: null,
        error: null,
      };
      const remaining = () => Math.max(0, lifetimeMs - (clock.monotonic() - monotonic));
      const entry: Entry = {
        view,
        abort,
        committing: null,
        flow: {
          id,
          platform,
          signal: abort.signal,
          remaining,
          timeIsUp: () => remaining() === 0 || clock.now() >= expiresAt,
          async commit(write) {
            if (abort.signal.aborted) return false;
            const writing = write();
            entry.committing = writing.catch(() => undefined);
            end(entry, { state: 'connected', ...(await writing) });
            return true;
          },
          fail: (error) => end(entry, { state: ENDINGS[error.code] ?? 'failed', error: error.toView() }),
        },
      };
      entries.set(id, entry);
      bus.emit('flow', { id });
      return entry.flow;
    },
    waiting: (id) => waiting().find((entry) => entry.view.id === id)?.flow ?? null,
    list: () => waiting().map((entry) => entry.view),
    view: (id) => need(id).view,
    cancel: (id) => cancel(need(id)),
    async cancelAll() {
      await Promise.all(waiting().map(cancel));
    },
  };
}
