import { AppError, toAppError } from '../../core/errors.ts';
import { findKnown, loseRepositories } from '../store/repositories.ts';
import { type AccountContext, isTooLarge, setBack, settle } from './account-context.ts';
import type { BoardEntry } from './board.ts';
import type { Fetch } from './fetch.ts';
import { isOfTheAccount } from './hold.ts';
import { Interrupted } from './pace.ts';

/** A page cannot get smaller than one; 128 is what makes one of a hundred. */
const MOST_SHRUNK = 128;
const MANY_IN_VAIN = 4;
const HOLD_MS = 60_000;
const LONGEST_HOLD_MS = 3_600_000;

/**
 * Fetches what has moved of one repository. What is its own trouble is noted with it.
 *
 * @throws AppError what is no trouble of its own; Interrupted
 */
export async function fetchOne(context: AccountContext, fetch: Fetch, entry: BoardEntry): Promise<void> {
  const { db, board, pace, signal } = context;
  entry.busy = true;
  let ended = false;
  try {
    if (await fetchInPieces(context, fetch, entry)) {
      await settle(context, entry);
      ended = true;
    } else {
      const lost = await loseRepositories(db, context.account, [entry.nodeId], context.choice(), context.clock.now());
      if (lost.changed) context.stored(lost.events);
      await context.reload();
    }
  } catch (error) {
    if (signal.aborted || error instanceof Interrupted) throw error;
    const trouble = toAppError(error);
    if (isOfTheAccount(trouble)) throw error;
    await setBack(context, entry, trouble);
    if (isTooLarge(trouble) && pace.failed(entry.id)) throw error;
  } finally {
    try {
      const known = await findKnown(db, entry.id);
      if (known) board.apply([{ ...known, nextLookAt: entry.nextLookAt }]);
      else board.drop(entry.id);
      if (!entry.moved) entry.inVain = 0;
      // One that was broken off goes on where it was: that is no fault.
      else if (ended && !signal.aborted) await holdInVain(context, entry);
    } finally {
      entry.busy = false;
    }
    if (entry.urgent === 'fetch' && (!entry.moved || entry.notBefore !== null)) entry.urgent = null;
  }
}

/**
 * A change while it was fetched is fetched at once, and once more. What goes on like that has a fault that nobody knows
 * yet; it must not cost a request after the other.
 */
async function holdInVain(context: AccountContext, entry: BoardEntry): Promise<void> {
  entry.inVain += 1;
  if (entry.inVain < MANY_IN_VAIN) return;
  await setBack(context, entry, new AppError('provider_error', 'The repository kept changing while it was read.'));
  const wait = Math.min(HOLD_MS * 2 ** (entry.inVain - MANY_IN_VAIN), LONGEST_HOLD_MS);
  entry.notBefore = context.clock.now() + wait;
  entry.nextLookAt = entry.notBefore;
}

/** An answer that was too large for GitHub, or for us, is asked for in smaller pieces. */
async function fetchInPieces(context: AccountContext, fetch: Fetch, entry: BoardEntry): Promise<boolean> {
  const { account, pace, signal } = context;
  for (;;) {
    try {
      return await fetch({
        connectionId: account.connectionId,
        id: entry.id,
        shrink: () => entry.shrink,
        gate: (resource) => pace.gate(entry.urgent === 'fetch', resource),
        progressed(events) {
          pace.worked();
          context.stored(events);
        },
        signal,
      });
    } catch (error) {
      if (signal.aborted || !isTooLarge(error) || entry.shrink >= MOST_SHRUNK || pace.failed(entry.id)) throw error;
      entry.shrink *= 2;
    }
  }
}
