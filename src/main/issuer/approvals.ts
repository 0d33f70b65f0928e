import { randomInt, randomUUID } from 'node:crypto';
import { claim } from '../../shared/claims.ts';
import type { ApprovalState, ApprovalView, ClientKind, ProcessView } from '../../shared/client-views.ts';
import type { Scope } from '../../shared/scopes.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { iso, isoOrNull } from '../core/iso-time.ts';
import type { Approvals } from './issuer.ts';

const ANSWER_WITHIN_MS = 5 * 60_000;
/** How long the outcome is kept for the page in the browser, which may be asleep. */
const OUTCOME_KEPT_MS = 10 * 60_000;
const TRIES = 2;
/** A program that asks again and again must not bury what others ask. */
const MOST_OF_ONE_CLIENT = 3;
const MOST_WAITING = 100;
/** With so many waiting, one more notification tells the person nothing. */
const MOST_NOTICES = 5;

/** What a client asks for, as the authorization request that was checked says it. */
export interface ApprovalRequest {
  way: 'browser' | 'device';
  client: { id: string; kind: ClientKind; name: string | null; registeredAt: number | null };
  redirectHost: string | null;
  resource: string;
  /** What is new. */
  scopes: Scope[];
  held: Scope[];
  process: ProcessView | null;
}

/** What the page in the browser may know of its own request. */
export interface PageView {
  state: ApprovalState;
  number: number;
  request: ApprovalRequest;
  /** ms since the epoch. */
  expiresAt: number;
  rememberMs: number | null;
}

export interface WaitingApprovals extends Approvals {
  /**
   * The request of an interaction; opens it if it is new. Only for who holds the interaction's cookie: this is the one
   * place that gives the number away.
   *
   * @param interaction the interaction's id
   * @throws AppError `rate_limited` when too many wait
   */
  open(interaction: string, request: () => Promise<ApprovalRequest>): Promise<PageView>;
  /** @returns null when there is none */
  page(interaction: string): PageView | null;
  /** Resolves when the request is no longer waiting, or after `ms`. */
  decided(interaction: string, ms: number): Promise<PageView | null>;
  /** The client is gone, and with it what it asked for. */
  withdraw(clientId: string): void;
  stop(): void;
}

interface Entry extends PageView {
  id: string;
  interaction: string;
  choices: number[];
  requestedAt: number;
  triesLeft: number;
  timer: Timer;
  listeners: Set<() => void>;
}

/**
 * Requests that wait are kept in memory: after a restart the page asks again and gets a new number, and nothing that was
 * not decided is worth keeping.
 *
 * @param random from `from` up to, not including, `to`
 */
export function createApprovals({
  bus,
  clock,
  random = randomInt,
}: {
  bus: Bus;
  clock: Clock;
  random?: (from: number, to: number) => number;
}): WaitingApprovals {
  const entries = new Map<string, Entry>();
  // Timers sleep with the machine; the clock does not.
  const isOver = (entry: Entry) => clock.now() >= entry.expiresAt;
  const waiting = () => [...entries.values()].filter((entry) => entry.state === 'waiting' && !isOver(entry));
  const byInteraction = (interaction: string) =>
    [...entries.values()].find((entry) => entry.interaction === interaction) ?? null;

  const settle = (entry: Entry, state: ApprovalState, rememberMs: number | null = null) => {
    entry.state = state;
    entry.rememberMs = rememberMs;
    entry.timer.cancel();
    entry.timer = clock.after(OUTCOME_KEPT_MS, () => entries.delete(entry.id));
    for (const listener of [...entry.listeners]) listener();
    bus.emit('approvals');
  };

  const find = (id: string): Entry => {
    const entry = entries.get(id);
    if (entry === undefined) throw new AppError('not_found', 'There is no such request.');
    return entry;
  };

  const waitingEntry = (id: string): Entry => {
    const entry = find(id);
    if (entry.state === 'waiting' && isOver(entry)) settle(entry, 'expired');
    if (entry.state !== 'waiting') throw new AppError('approval_over', OVER[entry.state]);
    return entry;
  };

  const makeRoom = (clientId: string) => {
    const ofClient = waiting().filter((entry) => entry.request.client.id === clientId);
    for (const old of ofClient.slice(0, Math.max(0, ofClient.length - MOST_OF_ONE_CLIENT + 1))) settle(old, 'expired');
    if (waiting().length < MOST_WAITING) return;
    throw new AppError('rate_limited', 'Too many programs are waiting for your word already.', {
      remedy: 'Answer them in Trackeep Tray, or wait five minutes, then try again.',
    });
  };

  const add = (interaction: string, request: ApprovalRequest): Entry => {
    makeRoom(request.client.id);
    const choices = distinctNumbers(random);
    const now = clock.now();
    const entry: Entry = {
      id: randomUUID(),
      interaction,
      request,
      state: 'waiting',
      number: choices[random(0, choices.length)] ?? 0,
      choices,
      requestedAt: now,
      expiresAt: now + ANSWER_WITHIN_MS,
      triesLeft: TRIES,
      rememberMs: null,
      timer: clock.after(ANSWER_WITHIN_MS, () => settle(entry, 'expired')),
      listeners: new Set(),
    };
    entries.set(entry.id, entry);
    bus.emit('approvals');
    if (waiting().length <= MOST_NOTICES) bus.emit('notice', noticeOf(request));
    return entry;
  };

  return {
    async open(interaction, request) {
      const known = byInteraction(interaction);
      if (known !== null) return known;
      const asked = await request();
      // A browser may load the page twice at once.
      return byInteraction(interaction) ?? add(interaction, asked);
    },
    page: byInteraction,

    decided(interaction, ms) {
      const entry = byInteraction(interaction);
      if (entry === null || entry.state !== 'waiting') return Promise.resolve(entry);
      return new Promise((resolve) => {
        const end = () => {
          entry.listeners.delete(end);
          timer.cancel();
          resolve(entry);
        };
        const timer = clock.after(ms, end);
        entry.listeners.add(end);
      });
    },

    withdraw(clientId) {
      for (const entry of waiting()) if (entry.request.client.id === clientId) settle(entry, 'expired');
    },

    async list() {
      return waiting().map(viewOf);
    },

    async numbers(id) {
      return waitingEntry(id).choices;
    },

    async approve({ id, number, rememberMs }) {
      const entry = waitingEntry(id);
      if (number === entry.number) {
        settle(entry, 'approved', rememberMs);
        return viewOf(entry);
      }
      entry.triesLeft -= 1;
      if (entry.triesLeft > 0) {
        bus.emit('approvals');
        throw new AppError(
          'number_wrong',
          'That is not the number on the page. One more wrong one denies the request.',
        );
      }
      settle(entry, 'denied');
      throw new AppError('number_wrong', 'That was not the number either, so the request is denied.', {
        remedy: 'If you were asked for something you did not start, all is well. Otherwise start again in the program.',
      });
    },

    async deny(id) {
      const entry = waitingEntry(id);
      settle(entry, 'denied');
      return viewOf(entry);
    },

    stop() {
      for (const entry of entries.values()) {
        entry.timer.cancel();
        for (const listener of [...entry.listeners]) listener();
      }
      entries.clear();
    },
  };
}

const OVER: Record<Exclude<ApprovalState, 'waiting'>, string> = {
  approved: 'This request was approved already.',
  denied: 'This request was denied already.',
  expired: 'Nobody answered this request in time, so it was denied.',
};

/** Three different numbers of two digits. */
function distinctNumbers(random: (from: number, to: number) => number): number[] {
  const numbers = new Set<number>();
  while (numbers.size < 3) numbers.add(random(10, 100));
  return [...numbers];
}

function noticeOf({ client }: ApprovalRequest) {
  const claimed = claim(client.name);
  const name = claimed === null ? 'A program' : `A program that calls itself “${claimed}”`;
  return {
    kind: 'info',
    title: 'A program asks for access',
    body: `${name} waits for your word.`,
    page: 'approvals',
  } as const;
}

/** Never with the number, nor with those it hides among. */
function viewOf({ id, state, request, requestedAt, expiresAt, triesLeft }: Entry): ApprovalView {
  const { client, ...rest } = request;
  return {
    ...rest,
    id,
    state,
    client: {
      ...client,
      registeredAt: isoOrNull(client.registeredAt),
    },
    requestedAt: iso(requestedAt),
    expiresAt: iso(expiresAt),
    triesLeft,
  };
}
