import type { Transaction } from 'kysely';
import type { EventKind } from '../../../shared/tracking-views.ts';
import type { Schema } from '../../storage/schema.ts';

/** Something that happened, before it is stored. Times are ms since the epoch. */
export interface Happening {
  kind: EventKind;
  at: number;
  actor?: string | null;
  /** Of a pull request. */
  number?: number | null;
  /** Of a pull request or release; the name of a branch. */
  title?: string | null;
  before?: string | null;
  after?: string | null;
  /** A name under which it is stored only once in its repository; left out: it may happen again and again. */
  once?: string;
  /** Of the pull request that it is about. */
  pullRequest?: PullRequestPeople;
}

export interface PullRequestPeople {
  author: string | null;
  /** Whose review is asked for: logins, teams as org/team. */
  reviewers: readonly string[];
}

/** What happened, was not known before, and is no history that a first fetch brought: fit to tell the person of. */
export interface NewEvent {
  id: number;
  kind: EventKind;
  at: number;
  noticedAt: number;
  actor: string | null;
  number: number | null;
  title: string | null;
  before: string | null;
  after: string | null;
  repository: { id: number; host: string; owner: string; name: string; private: boolean; muted: boolean };
  /** Null: it is about none. */
  pullRequest: PullRequestPeople | null;
  /** Whom the person is at the repository's host. */
  logins: readonly string[];
}

/** The repository that something happened in, as its row has it. */
export interface Place {
  id: number;
  host: string;
  owner: string;
  name: string;
  private: number;
  muted: number;
}

/**
 * Stores what happened in a repository. What has a name of its own and is known already is left as it is.
 *
 * @param noticedAt ms since the epoch
 * @returns what was not known before
 */
export async function recordEvents(
  transaction: Transaction<Schema>,
  place: Place,
  happenings: readonly Happening[],
  noticedAt: number,
): Promise<NewEvent[]> {
  const recorded: NewEvent[] = [];
  for (let from = 0; from < happenings.length; from += AT_ONCE) {
    const some = happenings.slice(from, from + AT_ONCE);
    const rows = await transaction
      .insertInto('tracked_events')
      .values(
        some.map(
          ({ kind, at, actor = null, number = null, title = null, before = null, after = null, once = null }) => ({
            repository_id: place.id,
            noticed_at: noticedAt,
            count: null,
            ...{ kind, at, actor, number, title, before, after, once },
          }),
        ),
      )
      .onConflict((conflict) => conflict.columns(['repository_id', 'once']).where('once', 'is not', null).doNothing())
      .returning(['id', 'kind', 'at', 'noticed_at', 'actor', 'number', 'title', 'before', 'after', 'once'])
      .execute();
    if (rows.length === 0) continue;
    const logins = await loginsAt(transaction, place.host);
    const repository = {
      id: place.id,
      host: place.host,
      owner: place.owner,
      name: place.name,
      private: place.private === 1,
      muted: place.muted === 1,
    };
    // What has no name is never left out, so those come back in the order in which they went in.
    const unnamed = some.filter(({ once }) => once === undefined);
    for (const { noticed_at, once, kind, ...row } of rows) {
      const source = once === null ? unnamed.shift() : some.find((happening) => happening.once === once);
      recorded.push({
        ...row,
        kind: kind as EventKind,
        noticedAt: noticed_at,
        repository,
        pullRequest: source?.pullRequest ?? null,
        logins,
      });
    }
  }
  return recorded;
}

/** Rows in one statement. */
const AT_ONCE = 200;

async function loginsAt(transaction: Transaction<Schema>, host: string): Promise<string[]> {
  const rows = await transaction
    .selectFrom('installations')
    .select('login')
    .where('platform', '=', 'github')
    .where('external_installation_id', 'is', null)
    .where('host', '=', host)
    .execute();
  return rows.map(({ login }) => login);
}
