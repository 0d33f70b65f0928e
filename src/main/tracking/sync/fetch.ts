import type { Kysely } from 'kysely';
import { AppError } from '../../core/errors.ts';
import type { Schema } from '../../storage/schema.ts';
import { COMPARED_AT_ONCE } from '../github/compare.ts';
import type { Fetching, Reader } from '../github/reader.ts';
import type { NewEvent } from '../store/events.ts';
import { keptFrom, type Pages, type Stored } from '../store/pages.ts';
import type { RepositoryRow } from '../store/states.ts';
import { beginWork, dropWork, type HeadWork, type Work } from '../store/work.ts';

/** The usual sizes of pages. */
const MANY = 100;
const SOME = 50;
/** More new commits than that are not compared, but read as a whole history. */
const MOST_COMPARED = 1_000;

export interface FetchParts {
  db: Kysely<Schema>;
  reader: Reader;
  pages: Pages;
  now(): number;
  keepDays(): number | null;
}

/** How one repository is fetched. */
export interface Run {
  connectionId: string;
  id: number;
  /** By how much pages are smaller than usual. Asked before each request. */
  shrink(): number;
  /** Called before each request. Throws where nothing may be asked now: the fetch goes on there another time. */
  gate(resource: 'core' | 'graphql'): Promise<void>;
  /** A request was answered, and what it brought is stored. */
  progressed(events: NewEvent[]): void;
  signal: AbortSignal;
}

/**
 * Fetches what has moved of one repository, page by page, each stored with how far it has come. Whatever ends it, it
 * goes on from there.
 *
 * @returns whether the repository is (still) there for the account
 * @throws AppError, or what `gate` throws
 */
export type Fetch = (run: Run) => Promise<boolean>;

export function createFetch({ db, reader, pages, now, keepDays }: FetchParts): Fetch {
  return async (run) => {
    const begun = await beginWork(db, run.id);
    if (begun === null) return true;
    const { row } = begun;
    const keepFrom = keptFrom(row, keepDays(), now());
    let { work } = begun;
    const note = (stored: Stored | null) => {
      work = stored?.work ?? {};
      run.progressed(stored?.events ?? []);
    };
    while (Object.keys(work).length > 0) {
      const fetching = nextPages(row, work, run.shrink(), keepFrom);
      if (fetching !== null) {
        await run.gate('graphql');
        const answer = await reader.fetch(run.connectionId, fetching, run.signal);
        if (answer === null) return false;
        run.signal.throwIfAborted();
        if (answer.pages.head === null) {
          // The commit went between the look and now: the next look tells of another.
          await dropWork(db, run.id, 'head');
          throw answer.withheld ?? moved();
        }
        note(await pages.take(run.id, answer.pages, keepFrom));
        if (answer.withheld !== null) throw answer.withheld;
      } else if (work.head?.step === 'sweep') {
        note(await pages.sweep(run.id));
      } else if (work.head?.step === 'compare') {
        note(await compare(run, row, work.head, keepFrom));
      } else break;
    }
    return true;
  };

  async function compare(
    run: Run,
    row: RepositoryRow,
    work: HeadWork & { step: 'compare' },
    keepFrom: number,
  ): Promise<Stored | null> {
    const { connectionId, id, signal } = run;
    const { adding, page, from, to } = work;
    await run.gate('core');
    const question = { owner: row.owner, name: row.name, page, base: adding ? from : to, head: adding ? to : from };
    const comparison = await reader.compare(connectionId, question, signal);
    signal.throwIfAborted();
    if (comparison === null || comparison.total > MOST_COMPARED) {
      // Nobody knows any more what lies between the two, or it is so much that reading everything is not more.
      const { key, pass } = work;
      return pages.add(id, [], { step: 'history', key, pass, oid: to, after: null }, keepFrom);
    }
    const { commits, status, total } = comparison;
    const last = commits.length === 0 || page * COMPARED_AT_ONCE >= total;
    if (!adding) {
      const oids = commits.map(({ oid }) => oid);
      return pages.remove(id, oids, last ? 'done' : { ...work, page: page + 1 });
    }
    const forced = status === 'diverged' || status === 'behind';
    const next: HeadWork | 'done' = !last
      ? { ...work, forced, page: page + 1 }
      : forced
        ? { ...work, forced, adding: false, page: 1 }
        : 'done';
    if (commits.length === 0) return pages.add(id, [], next, keepFrom);
    await run.gate('graphql');
    const found = await reader.commits(
      connectionId,
      commits.map(({ nodeId }) => nodeId),
      signal,
    );
    signal.throwIfAborted();
    if (found.length < commits.length) throw moved();
    return pages.add(id, found, next, keepFrom);
  }
}

/** One request for a page of each part that is fetched by pages; null: there is none such. */
function nextPages(row: RepositoryRow, work: Work, shrink: number, keepFrom: number): Fetching | null {
  const { head, branches, pull_requests, releases } = work;
  const history = head?.step === 'history' ? head : null;
  if (!history && !branches && !pull_requests && !releases) return null;
  return {
    nodeId: row.node_id,
    many: Math.max(1, Math.floor(MANY / shrink)),
    some: Math.max(1, Math.floor(SOME / shrink)),
    ...(history && { head: { oid: history.oid, after: history.after, since: keepFrom > 0 ? keepFrom : null } }),
    ...(branches && { branches: { after: branches.after } }),
    ...(pull_requests && { pull_requests: { after: pull_requests.after } }),
    ...(releases && { releases: { after: releases.after } }),
  };
}

function moved(): AppError {
  return new AppError('provider_error', 'The repository changed while it was read.');
}
