import { toAppError } from '../../core/errors.ts';
import { commitInBackground } from '../../storage/group-commit.ts';
import { takeGlances } from '../store/glances.ts';
import { loseRepositories } from '../store/repositories.ts';
import { type AccountContext, isTooLarge, setBack, settle, show } from './account-context.ts';
import type { BoardEntry } from './board.ts';

const AGAIN_MS = 60_000;

/**
 * Looks at repositories with one question, and stores what it tells.
 *
 * @param due a hundred at most
 * @throws AppError what is no trouble of one of them; Interrupted
 */
export async function look(context: AccountContext, due: readonly BoardEntry[]): Promise<void> {
  const { pace, clock } = context;
  const urgent = due.some((entry) => entry.urgent === 'look');
  const now = clock.now();
  for (const entry of due) {
    entry.busy = true;
    entry.wokenAt = null;
    if (entry.urgent === 'look') entry.urgent = 'looking';
  }
  try {
    await pace.gate(urgent);
    await ask(context, due);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    if (due.length > 1) {
      context.pages.shrink();
      throw error;
    }
    for (const entry of due) await setBack(context, entry, toAppError(error));
  } finally {
    for (const entry of due) {
      entry.busy = false;
      if (entry.urgent === 'looking') entry.urgent = entry.notBefore === null ? 'look' : null;
      // However odd the answer was, it is not asked for again at once.
      const unchanged = entry.nextLookAt <= now && entry.notBefore === null;
      if (unchanged && pace.mayAsk(false)) entry.nextLookAt = now + AGAIN_MS;
    }
  }
}

async function ask(context: AccountContext, due: readonly BoardEntry[]): Promise<void> {
  const { account, db, reader, pace, clock, signal } = context;
  const nodeIds = due.map(({ nodeId }) => nodeId);
  const answer = await reader.look(account.connectionId, nodeIds, signal);
  signal.throwIfAborted();
  const place = { ...account, choice: context.choice(), now: clock.now(), listing: null };
  const taken = await commitInBackground(db, (transaction) => takeGlances(transaction, answer.glances, place));
  const lost = await loseRepositories(db, account, answer.lost, place.choice, place.now);
  pace.worked();
  context.pages.grow();
  show(context, taken.rows);
  for (const entry of due) {
    const troubled = answer.troubled.find(({ nodeId }) => nodeId === entry.nodeId);
    if (troubled) await setBack(context, entry, troubled.error);
    else if (!entry.moved) await settle(context, entry);
    if (entry.urgent === 'looking') entry.urgent = entry.moved && !troubled ? 'fetch' : null;
  }
  if (taken.changed || lost.changed) context.stored([...taken.events, ...lost.events]);
  const told = new Set(taken.rows.map(({ id }) => id));
  // What is not there any more, or was deleted here meanwhile.
  if (due.some((entry) => !told.has(entry.id))) await context.reload();
}
