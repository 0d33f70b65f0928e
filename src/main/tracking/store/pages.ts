import type { Kysely, Transaction } from 'kysely';
import { DAY_MS } from '../../../shared/durations.ts';
import { commitInBackground } from '../../storage/group-commit.ts';
import type { Schema } from '../../storage/schema.ts';
import type { PartPages } from '../github/parts.ts';
import type { Commit, Part } from '../model.ts';
import { rollUp } from '../roll-ups.ts';
import { pushTime, sweepBranches, takeBranches } from './branches.ts';
import { addCommits, removeCommits, sweepCommits } from './commits.ts';
import { type Happening, type NewEvent, recordEvents } from './events.ts';
import { takePullRequests } from './pull-requests.ts';
import { sweepReleases, takeReleases } from './releases.ts';
import type { RepositoryRow } from './states.ts';
import { type HeadWork, isFirst, stored, type Work, workOf } from './work.ts';

/** Where a fetch stands after a page of it was stored. */
export interface Stored {
  work: Work;
  /** What happened, less what a first fetch brought. */
  events: NewEvent[];
}

/** What a page means for the database, worked out in the transaction that stores it. */
interface Outcome {
  work: Work;
  /** Parts that are done. */
  done: Part[];
  happenings: Happening[];
  /** Days whose sums are to be made anew. */
  days: number[];
}

/** Stores pages and how far the fetch has come, each in one transaction. */
export interface Pages {
  /**
   * @param keepFrom what is older is not kept, ms since the epoch
   * @returns null: the repository is gone meanwhile
   */
  take(id: number, pages: PartPages, keepFrom: number): Promise<Stored | null>;
  /** Compared commits that are new. @param next where the comparison goes on */
  add(id: number, commits: readonly Commit[], next: HeadWork | 'done', keepFrom: number): Promise<Stored | null>;
  /** Compared commits that are no more. */
  remove(id: number, oids: readonly string[], next: HeadWork | 'done'): Promise<Stored | null>;
  /** Some of the commits that a whole history did not show. */
  sweep(id: number): Promise<Stored | null>;
}

export function createPages({ db, now }: { db: Kysely<Schema>; now: () => number }): Pages {
  const inOne = (id: number, step: (transaction: Transaction<Schema>, row: RepositoryRow) => Promise<Outcome>) =>
    commitInBackground(db, async (transaction): Promise<Stored | null> => {
      const row = await transaction
        .selectFrom('tracked_repositories')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      if (!row) return null;
      const { work, done, happenings, days } = await step(transaction, row);
      const recorded = await recordEvents(transaction, row, happenings, now());
      const keys = done.map((part) => [`synced_${part}_key`, workOf(row)[part]?.key ?? null] as const);
      await transaction
        .updateTable('tracked_repositories')
        .set({ work: stored(work), ...Object.fromEntries(keys) })
        .where('id', '=', id)
        .execute();
      await rollUp(transaction, id, days);
      return { work, events: recorded.filter(({ kind }) => !isHistory(row, kind)) };
    });

  return {
    take: (id, pages, keepFrom) =>
      inOne(id, async (transaction, row) => {
        const work = workOf(row);
        const outcome: Outcome = { work, done: [], happenings: [], days: [] };
        await takeHistory(transaction, row, pages, keepFrom, outcome);
        await takeRefs(transaction, row, pages, now(), outcome);
        await takePulls(transaction, row, pages, keepFrom, now(), outcome);
        await takePublished(transaction, row, pages, keepFrom, outcome);
        return outcome;
      }),

    add: (id, commits, next, keepFrom) =>
      inOne(id, async (transaction, row) => {
        const kept = commits.filter(({ committedAt }) => committedAt >= keepFrom);
        const days = await addCommits(transaction, id, kept, workOf(row).head?.pass ?? row.pass);
        return { ...advance(row, next), days };
      }),

    remove: (id, oids, next) =>
      inOne(id, async (transaction, row) => {
        const days = await removeCommits(transaction, id, oids);
        return { ...advance(row, next), days };
      }),

    sweep: (id) =>
      inOne(id, async (transaction, row) => {
        const { head } = workOf(row);
        if (head?.step !== 'sweep') return { ...advance(row, head ?? 'done'), days: [] };
        const { days, more } = await sweepCommits(transaction, id, head.pass);
        // What was dropped for its age keeps its sums.
        const kept = days.filter((day) => day >= row.kept_from);
        return { ...advance(row, more ? head : 'done'), days: kept };
      }),
  };

  function advance(row: RepositoryRow, next: HeadWork | 'done'): Omit<Outcome, 'days'> {
    const work = workOf(row);
    const { head } = work;
    if (next !== 'done') return { work: { ...work, head: next }, done: [], happenings: [] };
    const { head: _, ...rest } = work;
    const forced: Happening[] =
      head?.step === 'compare' && head.forced === true
        ? [
            {
              kind: 'branch_forced',
              at: pushTime(row, now()),
              title: row.default_branch,
              before: head.from,
              after: head.to,
            },
          ]
        : [];
    return { work: rest, done: head ? ['head'] : [], happenings: forced };
  }
}

async function takeHistory(
  transaction: Transaction<Schema>,
  row: RepositoryRow,
  { head: page }: PartPages,
  keepFrom: number,
  outcome: Outcome,
): Promise<void> {
  const { work } = outcome;
  if (!page || work.head?.step !== 'history') return;
  const { key, pass } = work.head;
  const kept = page.items.filter(({ committedAt }) => committedAt >= keepFrom);
  outcome.days.push(...(await addCommits(transaction, row.id, kept, pass)));
  work.head = page.next === null ? { step: 'sweep', key, pass } : { ...work.head, after: page.next };
}

async function takeRefs(
  transaction: Transaction<Schema>,
  row: RepositoryRow,
  { branches: page }: PartPages,
  now: number,
  outcome: Outcome,
): Promise<void> {
  const { work } = outcome;
  if (!page || !work.branches) return;
  const context = { pass: work.branches.pass, first: isFirst(row, 'branches'), now };
  outcome.happenings.push(...(await takeBranches(transaction, row, page.items, context)));
  work.branches.after = page.next;
  work.branches.gaps ||= page.gaps;
  if (page.next !== null) return;
  if (!work.branches.gaps) outcome.happenings.push(...(await sweepBranches(transaction, row, context)));
  finish(outcome, 'branches');
}

async function takePulls(
  transaction: Transaction<Schema>,
  row: RepositoryRow,
  { pull_requests: page }: PartPages,
  keepFrom: number,
  now: number,
  outcome: Outcome,
): Promise<void> {
  const { work } = outcome;
  if (!page || !work.pull_requests) return;
  const { pass, until } = work.pull_requests;
  const kept = page.items.filter(({ state, updatedAt }) => state === 'open' || updatedAt >= keepFrom);
  const context = { pass, first: isFirst(row, 'pull_requests'), now };
  const taken = await takePullRequests(transaction, row.id, kept, context);
  outcome.happenings.push(...taken.happenings.filter(({ at }) => at >= keepFrom));
  outcome.days.push(...taken.days);
  // The page is sorted by it, so all that comes after is stored as it is.
  const reached = until !== null && page.items.some(({ updatedAt }) => updatedAt < until);
  work.pull_requests.after = page.next;
  if (page.next === null || reached) finish(outcome, 'pull_requests');
}

async function takePublished(
  transaction: Transaction<Schema>,
  row: RepositoryRow,
  { releases: page }: PartPages,
  keepFrom: number,
  outcome: Outcome,
): Promise<void> {
  const { work } = outcome;
  if (!page || !work.releases) return;
  const { pass } = work.releases;
  const taken = await takeReleases(transaction, row.id, page.items, pass);
  outcome.happenings.push(...taken.happenings.filter(({ at }) => at >= keepFrom));
  outcome.days.push(...taken.days);
  work.releases.after = page.next;
  work.releases.gaps ||= page.gaps;
  if (page.next !== null) return;
  if (!work.releases.gaps) outcome.days.push(...(await sweepReleases(transaction, row.id, pass)));
  finish(outcome, 'releases');
}

function finish({ work, done }: Outcome, part: Part): void {
  delete work[part];
  done.push(part);
}

/** Whether an event comes from the first fetch of its part. */
function isHistory(row: RepositoryRow, kind: NewEvent['kind']): boolean {
  return kind === 'release' ? isFirst(row, 'releases') : isFirst(row, 'pull_requests');
}

/** The day from which on things of a repository are kept, as the instant at which it begins. */
export function keptFrom(row: RepositoryRow, keepDays: number | null, now: number): number {
  const byAge = keepDays === null ? 0 : now - keepDays * DAY_MS;
  return Math.max(byAge, row.kept_from * DAY_MS);
}
