import type { AppError } from '../../core/errors.ts';
import type { KnownRepository, SeenRepository } from '../store/repositories.ts';
import type { Entry } from './plan.ts';

export interface BoardEntry extends Entry {
  /** The accounts that see it. */
  connectionIds: Set<string>;
  /** Why the last look or fetch of it failed; null: it did not. */
  problem: AppError | null;
  /** Whether a problem is noted in its row. */
  troubled: boolean;
  /** Troubles in a row. */
  attempts: number;
  /** Fetches in a row that ended well, and left something to fetch all the same. */
  inVain: number;
  /** By how much its pages are smaller than usual: an answer was too large. */
  shrink: number;
}

/**
 * What is to be done with each tracked repository, in memory: the rows say what has come, this says what comes next.
 * One for all accounts, since a repository that several see is asked about through one of them.
 */
export interface Board {
  all(): Iterable<BoardEntry>;
  get(id: number): BoardEntry | undefined;
  /** Makes the board what the rows say. What is under way stays so. */
  load(seen: readonly SeenRepository[]): void;
  /** Takes over what was just stored of tracked repositories. @param connectionId an account that sees them */
  apply(known: readonly KnownRepository[], connectionId?: string): void;
  drop(id: number): void;
  /** Those that are asked about through this account. */
  of(connectionId: string): BoardEntry[];
}

/** @param isUsable whether an account can be asked at all; the first usable one that sees a repository is its own */
export function createBoard(order: () => readonly string[], isUsable: (connectionId: string) => boolean): Board {
  const entries = new Map<number, BoardEntry>();

  const apply = ({ id, nodeId, nextLookAt, moved, fetchedOnce, troubled }: KnownRepository): BoardEntry => {
    let entry = entries.get(id);
    if (entry === undefined) {
      entry = {
        ...{ id, nodeId, nextLookAt, moved, fetchedOnce, troubled, connectionIds: new Set() },
        ...{ wokenAt: null, urgent: null, notBefore: null, busy: false, problem: null, attempts: 0, inVain: 0 },
        shrink: 1,
      };
      entries.set(id, entry);
    } else Object.assign(entry, { nodeId, nextLookAt, moved, fetchedOnce, troubled });
    return entry;
  };

  return {
    all: () => entries.values(),
    get: (id) => entries.get(id),
    load(seen) {
      const ids = new Set(seen.map(({ id }) => id));
      for (const id of entries.keys()) if (!ids.has(id)) entries.delete(id);
      for (const { connectionIds, ...known } of seen) apply(known).connectionIds = new Set(connectionIds);
    },
    apply(known, connectionId) {
      for (const one of known) {
        const entry = apply(one);
        if (connectionId !== undefined) entry.connectionIds.add(connectionId);
      }
    },
    drop: (id) => void entries.delete(id),
    of(connectionId) {
      const before = order().slice(0, order().indexOf(connectionId)).filter(isUsable);
      return [...entries.values()].filter(
        ({ connectionIds }) => connectionIds.has(connectionId) && !before.some((id) => connectionIds.has(id)),
      );
    },
  };
}
