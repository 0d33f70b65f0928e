import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { Prepare, Store } from '../../storage/store.ts';
import type { IsAllowed, Narrowing, Requester } from '../connections.ts';
import type { Installation } from '../installations.ts';
import { appendRows } from './append-rows.ts';
import type { AuditKeys } from './audit-key.ts';

/** A token that is about to be handed out. */
export interface HandOut {
  installation: Pick<Installation, 'id' | 'platform' | 'host' | 'login'>;
  requester: Requester;
  /** As it stands at the account. */
  lastUse: LastUse;
  narrowing: Narrowing | null;
  /** The token's end, ISO 8601; null: it does not expire. */
  expiry: string | null;
}

export interface LastUse {
  /** ms since the epoch. */
  at: number | null;
  by: string | null;
}

/** The one way out for a token. */
export interface HandOuts {
  /**
   * Writes down who gets a token. Only after that may anybody get it: without the row there is no token.
   *
   * @param find asked within the transaction of the row, so what it finds is so when the row is written. It may be asked
   *   twice, and only reads.
   * @param isAllowed asked before it, once for all who bring the same; without its word nothing is found
   * @returns what was found, once its row is on the disk; null if nothing was, and then nothing was written
   * @throws what `find` throws; AppError `disk_full`, `data_folder_unusable`, a vault code
   */
  commit<T extends HandOut>(find: (prepare: Prepare) => T | null, isAllowed?: IsAllowed): Promise<T | null>;
}

interface Waiting {
  isAllowed: IsAllowed;
  find(prepare: Prepare): HandOut | null;
  resolve(found: never): void;
  reject(error: unknown): void;
}

export interface HandOutsParts {
  db: Store;
  keys: AuditKeys;
  clock: Clock;
  /** Called when rows were written, once for all of one transaction. */
  committed: () => void;
}

/** What became of one that waited. */
type Outcome = { found: HandOut | null } | { error: unknown };

/** One commit waits for the disk once, however many rows it brings; this many keep the others waiting a few ms. */
const MOST_AT_ONCE = 256;

/**
 * The hand-outs of one instant share one transaction: each caller waits for the disk, but not each for a turn of its own.
 */
export function createHandOuts(parts: HandOutsParts): HandOuts {
  const { db, keys, clock, committed } = parts;
  const waiting: Waiting[] = [];
  let writing = false;

  const write = async (batch: readonly Waiting[]): Promise<Outcome[]> => {
    for (let key = keys.latest() ?? (await keys.forWriting()); ; key = await keys.forWriting()) {
      const outcomes = await db.atOnce((prepare) => {
        const allowed = new Map<IsAllowed, boolean>();
        const found = batch.map((one) => outcomeOf(one, prepare, allowed));
        const handOuts: HandOut[] = [];
        for (const outcome of found) if ('found' in outcome && outcome.found !== null) handOuts.push(outcome.found);
        return appendRows(prepare, key, handOuts, clock.now()) ? found : 'key replaced';
      });
      if (outcomes === 'key replaced') continue;
      if (outcomes.some((outcome) => 'found' in outcome && outcome.found !== null)) committed();
      return outcomes;
    }
  };

  const writeAll = async () => {
    while (waiting.length > 0) {
      // Requests that have arrived already come to this point first.
      await turnOfTheLoop();
      const batch = waiting.splice(0, MOST_AT_ONCE);
      try {
        const outcomes = await write(batch);
        for (const [index, { resolve, reject }] of batch.entries()) {
          const outcome = outcomes[index] ?? { found: null };
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.found as never);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = false;
  };

  return {
    commit(find, isAllowed = always) {
      const { promise, resolve, reject } = Promise.withResolvers<never>();
      waiting.push({ isAllowed, find, resolve, reject });
      if (!writing) {
        writing = true;
        void writeAll();
      }
      return promise;
    },
  };
}

/** One that fails must not take the others along. */
function outcomeOf({ isAllowed, find }: Waiting, prepare: Prepare, allowed: Map<IsAllowed, boolean>): Outcome {
  try {
    const known = allowed.get(isAllowed) ?? isAllowed(prepare);
    allowed.set(isAllowed, known);
    return { found: known ? find(prepare) : null };
  } catch (error) {
    return { error };
  }
}

function always(): boolean {
  return true;
}
