import { commitInBackground } from '../../storage/group-commit.ts';
import { GLANCES_AT_ONCE } from '../github/queries.ts';
import type { Listing as ListedPage } from '../github/reader.ts';
import { takeGlances } from '../store/glances.ts';
import { type AccountProgress, endListing, type ListingProgress, saveListing } from '../store/repositories.ts';
import { type AccountContext, isTooLarge, show } from './account-context.ts';

/** From one whole listing to the next. */
const LISTING_MS = 3_600_000;
/** A time farther ahead was noted before the clock was set back. */
const CLOCK_SLACK_MS = 60_000;

/** Finds out which repositories the account sees, page by page, again and again. */
export interface Listing {
  /** Whether there is a page to ask for. */
  isDue(now: number): boolean;
  /** When the next one is due, where nothing comes in between; ms since the epoch. */
  nextAt(now: number): number;
  /** Whether one is wanted, or has begun and not ended, or there never was one. */
  isUnfinished(): boolean;
  /** @param urgent the person waits for it */
  want(urgent: boolean): void;
  isWantedUrgently(): boolean;
  /** Asks for the next page, and stores it. @throws AppError, Interrupted */
  page(): Promise<void>;
}

/** @param progress where an earlier run left off; a listing of its own is due, since nobody looked meanwhile */
export function createListing(context: AccountContext, progress: AccountProgress): Listing {
  const { account, db, reader, pace, pages, clock, signal } = context;
  let { listing: begun, listedAt } = progress;
  let wanted: 'now' | 'urgent' | null = 'now';
  let wantedSince = Number.NEGATIVE_INFINITY;

  const nextPage = (): ListingProgress => {
    const starred = context.choice().from === 'starred';
    const now = clock.now();
    if (begun !== null && begun.starred === starred && isRecent(begun.startedAt, now)) return begun;
    // Its instant is what its rows are told by from those of the listing before.
    return { starred, startedAt: listedAt === now ? now + 1 : now, after: null, complete: true };
  };

  /** An answer that was too large for GitHub, or for us, is asked for in smaller pieces. */
  const ask = async (page: ListingProgress, urgent: boolean): Promise<ListedPage> => {
    for (;;) {
      await pace.gate(urgent);
      try {
        const { starred, after } = page;
        const answer = await reader.list(account.connectionId, { starred, after, size: pages.now() }, signal);
        pages.grow();
        return answer;
      } catch (error) {
        if (!isTooLarge(error) || pages.now() <= GLANCES_AT_ONCE / 8) throw error;
        pages.shrink();
      }
    }
  };

  return {
    isDue: (now) => wanted !== null || begun !== null || listedAt === null || !isRecent(listedAt, now),
    nextAt: (now) => (listedAt === null ? now : listedAt + LISTING_MS),
    isUnfinished: () => begun !== null || listedAt === null,
    want(urgent) {
      wanted = urgent ? 'urgent' : (wanted ?? 'now');
      wantedSince = clock.now();
      // The first pages of one under way are older than the wish.
      if (urgent) begun = null;
    },
    isWantedUrgently: () => wanted === 'urgent',
    async page() {
      const page = nextPage();
      const urgent = wanted === 'urgent';
      const answer = await ask(page, urgent);
      signal.throwIfAborted();
      const next = { ...page, complete: page.complete && answer.complete, after: answer.next };
      const taken = await commitInBackground(db, async (transaction) => {
        const place = { ...account, choice: context.choice(), now: clock.now(), listing: page };
        const result = await takeGlances(transaction, answer.glances, place);
        await saveListing(transaction, account.connectionId, next);
        return result;
      });
      pace.worked();
      for (const entry of show(context, taken.rows)) if (urgent && entry.moved) entry.urgent ??= 'fetch';
      if (taken.changed) context.stored(taken.events);
      if (answer.next !== null) {
        begun = next;
        return;
      }
      const ended = await endListing(db, account.connectionId, next, context.choice(), clock.now());
      if (ended.changed) context.stored(ended.events);
      begun = null;
      listedAt = page.startedAt;
      if (wantedSince <= page.startedAt) wanted = null;
      await context.reload();
    },
  };
}

function isRecent(startedAt: number, now: number): boolean {
  return startedAt <= now + CLOCK_SLACK_MS && startedAt + LISTING_MS > now;
}
