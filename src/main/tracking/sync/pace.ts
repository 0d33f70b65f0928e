import type { Connections } from '../../connections/connections.ts';
import type { Clock } from '../../core/clock.ts';
import type { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { type Hold, holdFor, holdUntil } from './hold.ts';

/** The share of GitHub's hourly limit that is left for the person's own clicks. */
const RESERVE = 0.2;
/** So many repositories that cannot be fetched, one after the other, are no trouble of theirs. */
const MANY_FAILING = 3;

/** Thrown where nothing may be asked now. What was begun goes on another time. */
export class Interrupted extends Error {}

/** Whether, and until when not, an account may be asked anything. */
export interface Pace {
  /** @param urgent the person waits for it */
  mayAsk(urgent: boolean): boolean;
  /** Called before each request. @throws Interrupted */
  gate(urgent: boolean, resource?: 'core' | 'graphql'): Promise<void>;
  /** The pause under way. */
  held(): Hold | null;
  /** A trouble of the account: it pauses. */
  holdBack(error: AppError): void;
  /** What stood in the way may be gone. A pause that GitHub wants is kept. */
  release(): void;
  /** Asks nothing until `release`. */
  stopFor(error: AppError): void;
  /** A request was answered. */
  worked(): void;
  /** A repository could not be fetched. @returns whether so many could not that it is no trouble of theirs */
  failed(repositoryId: number): boolean;
}

export interface PaceParts {
  account: { connectionId: string; login: string };
  connections: Pick<Connections, 'budget'>;
  paused(): boolean;
  clock: Clock;
  logger: Logger;
  random(): number;
  /** Aborts when the account's sync ends. */
  signal: AbortSignal;
}

export function createPace(parts: PaceParts): Pace {
  const { account, connections, clock, logger, signal } = parts;
  const failing = new Set<number>();
  let hold: Hold | null = null;
  let troubles = 0;

  const held = () => {
    if (hold?.isOver()) hold = null;
    return hold;
  };
  const mayAsk = (urgent: boolean) => {
    if (signal.aborted || parts.paused()) return false;
    const now = held();
    return now === null || (urgent && now.kind === 'reserve');
  };

  return {
    mayAsk,
    held,
    async gate(urgent, resource = 'graphql') {
      if (!mayAsk(urgent)) throw new Interrupted();
      const left = (await connections.budget(account.connectionId))[resource];
      if (urgent || left === undefined || left.remaining > left.limit * RESERVE || left.resetAt <= clock.now()) return;
      hold = holdUntil('reserve', left.resetAt, clock, null);
      throw new Interrupted();
    },
    holdBack(error) {
      troubles += 1;
      hold = holdFor(error, troubles, clock, parts.random);
      logger.info('tracking pauses', { account: account.login, code: error.code, until: hold.until, error });
    },
    release() {
      if (hold?.kind === 'problem') hold = null;
    },
    stopFor(error) {
      hold = { kind: 'problem', until: null, error, isOver: () => false };
    },
    worked() {
      troubles = 0;
      failing.clear();
    },
    failed(repositoryId) {
      failing.add(repositoryId);
      return failing.size >= MANY_FAILING;
    },
  };
}
