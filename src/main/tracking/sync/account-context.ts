import type { Kysely } from 'kysely';
import type { TrackingChoice } from '../../../shared/tracking-views.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Schema } from '../../storage/schema.ts';
import { GLANCES_AT_ONCE } from '../github/queries.ts';
import type { Reader } from '../github/reader.ts';
import type { NewEvent } from '../store/events.ts';
import { knownOf, noteProblem } from '../store/repositories.ts';
import type { RepositoryRow } from '../store/states.ts';
import { dropWork } from '../store/work.ts';
import type { Board, BoardEntry } from './board.ts';
import type { Pace } from './pace.ts';

export interface Account {
  connectionId: string;
  host: string;
  login: string;
}

/** What the tasks of one account work with. */
export interface AccountContext {
  account: Account;
  db: Kysely<Schema>;
  board: Board;
  reader: Reader;
  pace: Pace;
  pages: PageSize;
  clock: Clock;
  logger: Logger;
  /** Aborts when the account's sync ends. */
  signal: AbortSignal;
  choice(): TrackingChoice;
  /** Something stored has changed. */
  stored(events: readonly NewEvent[]): void;
  /** Which repositories are seen has changed: the board is to be loaded again. */
  reload(): Promise<void>;
}

/** How many repositories are asked about at once: fewer after an answer was too large, and soon more again. */
export interface PageSize {
  now(): number;
  shrink(): void;
  grow(): void;
}

export function createPageSize(): PageSize {
  let size = GLANCES_AT_ONCE;
  return {
    now: () => size,
    shrink() {
      size = Math.max(1, Math.floor(size / 2));
    },
    grow() {
      size = Math.min(size * 2, GLANCES_AT_ONCE);
    },
  };
}

const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;
/** Troubles in a row after which a fetch is begun from its beginning: where it was, it does not get on. */
const BEGIN_ANEW_AFTER = 3;

/** Puts what was just stored on the board. @returns the entries of those that are tracked */
export function show({ board, account }: AccountContext, rows: readonly RepositoryRow[]): BoardEntry[] {
  for (const row of rows) if (row.state !== 'tracked') board.drop(row.id);
  const tracked = rows.filter(({ state }) => state === 'tracked');
  board.apply(tracked.map(knownOf), account.connectionId);
  return tracked.flatMap(({ id }) => board.get(id) ?? []);
}

/** The repository is well. */
export async function settle({ db }: AccountContext, entry: BoardEntry): Promise<void> {
  const { troubled } = entry;
  Object.assign(entry, { problem: null, notBefore: null, attempts: 0, troubled: false });
  if (entry.shrink > 1) entry.shrink /= 2;
  if (troubled) await noteProblem(db, [entry.id], null);
}

/** The repository cannot be read now; it is tried again later, and the others do not wait for it. */
export async function setBack(context: AccountContext, entry: BoardEntry, error: AppError): Promise<void> {
  const { db, clock, logger, account } = context;
  entry.attempts += 1;
  entry.problem = error;
  entry.troubled = true;
  const wait = Math.min(FIRST_RETRY_MS * 2 ** (entry.attempts - 1), LONGEST_RETRY_MS);
  entry.notBefore = clock.now() + wait;
  entry.nextLookAt = entry.notBefore;
  logger.info('a repository could not be read', { account: account.login, id: entry.id, code: error.code, error });
  if (entry.attempts === BEGIN_ANEW_AFTER) await dropWork(db, entry.id);
  await noteProblem(db, [entry.id], error.toView(), entry.nextLookAt);
  context.stored([]);
}

/** GitHub gives up on questions that take it too long, and says no more than that something went wrong. */
export function isTooLarge(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'provider_error';
}
