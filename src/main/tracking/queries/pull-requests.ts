import { type Selectable, sql } from 'kysely';
import type { Output, ParsedInput } from '../../../shared/contract.ts';
import { PullRequestState, type PullRequestView } from '../../../shared/tracking-views.ts';
import { iso, isoOrNull } from '../../core/iso-time.ts';
import type { Schema } from '../../storage/schema.ts';
import { cursorOf, placeOf } from './cursor.ts';
import { contains } from './like.ts';
import { cutPage, firstOf } from './order.ts';
import { type QueryParts, REF_COLUMNS, type RefRow, refOf, USUAL_PAGE } from './rows.ts';
import { BY_URGENCY, waitsFor } from './waits-for.ts';

type Row = Selectable<Schema['tracked_pull_requests']> & RefRow;
type Question = ParsedInput<'tracking.pullRequests'>;

/** Nobody has more open at once that concern them; beyond that they are not looked through. */
const MOST_CONCERNING = 2_000;
/** In the tray's menu. */
const MOST_FIRST = 5;

export function createPullRequestQueries(parts: QueryParts) {
  const { db, addresses, accounts, memory } = parts;

  const all = () =>
    db
      .selectFrom('tracked_pull_requests')
      .innerJoin('tracked_repositories', 'tracked_repositories.id', 'tracked_pull_requests.repository_id')
      .selectAll('tracked_pull_requests')
      .select(REF_COLUMNS)
      .where('tracked_repositories.state', '!=', 'left_out');

  /** Whose they are: by the host, since the same name is somebody else elsewhere. */
  const persons = async () => {
    const byHost = new Map<string, string[]>();
    for (const { host, login } of await accounts())
      byHost.set(host, [...(byHost.get(host) ?? []), login.toLowerCase()]);
    return byHost;
  };

  /** Open ones that the person has a part in: their own, and those whose review is asked of them. */
  const concerning = async (byHost: ReadonlyMap<string, readonly string[]>): Promise<Row[]> => {
    const logins = [...new Set([...byHost.values()].flat())];
    if (logins.length === 0) return [];
    const open = all()
      // The plus keeps SQLite from beginning with all the repositories, or with all that are open.
      .where(sql<boolean>`+tracked_repositories.state = 'tracked'`)
      .orderBy('tracked_pull_requests.updated_at', 'desc')
      .limit(MOST_CONCERNING);
    const lists = await Promise.all([
      open.where('tracked_pull_requests.state', '=', 'open').where(sql`lower(author)`, 'in', logins).execute(),
      open
        .where('reviewers', '<>', sql.lit('[]'))
        .where(sql<boolean>`+tracked_pull_requests.state = 'open'`)
        .where(
          sql<boolean>`exists (select 1 from json_each(reviewers) where lower(json_each.value) in (${sql.join(logins)}))`,
        )
        .execute(),
    ]);
    return lists.flat();
  };

  /** What waits, the most pressing first. Asked with every status: kept until something is written. */
  const waiting = () =>
    memory('waiting', async (): Promise<PullRequestView[]> => {
      const byHost = await persons();
      const views = (await concerning(byHost)).map((row) => viewOf(row, byHost.get(row.host) ?? []));
      const urgency = ({ waitsFor }: PullRequestView) => (waitsFor === null ? -1 : BY_URGENCY.indexOf(waitsFor));
      return views
        .filter((view) => urgency(view) >= 0)
        .toSorted((a, b) => urgency(a) - urgency(b) || (a.updatedAt < b.updatedAt ? 1 : -1));
    });

  const viewOf = (row: Row, logins: readonly string[]): PullRequestView => {
    const view = {
      repository: refOf(row, addresses),
      number: row.number,
      title: row.title,
      author: row.author,
      state: row.state as PullRequestView['state'],
      draft: row.draft === 1,
      headRef: row.head_ref,
      baseRef: row.base_ref,
      review: row.review as PullRequestView['review'],
      reviews: row.reviews,
      reviewers: JSON.parse(row.reviewers) as string[],
      checks: row.checks as PullRequestView['checks'],
      mergeable: row.mergeable as PullRequestView['mergeable'],
      labels: JSON.parse(row.labels) as string[],
      additions: row.additions,
      deletions: row.deletions,
      createdAt: iso(row.created_at),
      updatedAt: iso(row.updated_at),
      mergedAt: isoOrNull(row.merged_at),
      closedAt: isoOrNull(row.closed_at),
      url: addresses.pullRequest(row, row.number),
    };
    return { ...view, waitsFor: waitsFor(view, logins) };
  };

  return {
    async pullRequests(question: Question): Promise<Output<'tracking.pullRequests'>> {
      const { view = 'all', repositoryId, state, search, cursor, limit = USUAL_PAGE } = question;
      const key = ['pullRequests', view, repositoryId, state, search];
      const place = placeOf(key, cursor);
      if (view === 'waiting') {
        const found = (await waiting()).filter(
          ({ repository, title, state: own }) =>
            (repositoryId === undefined || repository.id === repositoryId) &&
            (state === undefined || own === state) &&
            (!search || title.toLowerCase().includes(search.toLowerCase())),
        );
        // Sorted by a rule that the database does not know, and few: the place is a number.
        const from = Number(place?.[0] ?? 0);
        const { shown, nextCursor } = cutPage(found.slice(from), limit, () => cursorOf(key, [from + limit]));
        return { items: shown, nextCursor };
      }

      const byHost = await persons();
      const by = view === 'merged' ? ('merged_at' as const) : ('updated_at' as const);
      const column = sql.ref<number>(`tracked_pull_requests.${by}`);
      const repository = sql.ref<number>('tracked_pull_requests.repository_id');
      const listOf = (wanted: PullRequestState | null) => {
        let query = all();
        // Only those have such a time, and its index has them alone.
        if (view === 'merged') query = query.where('merged_at', 'is not', null);
        else if (wanted !== null) query = query.where('tracked_pull_requests.state', '=', wanted);
        if (repositoryId !== undefined) query = query.where('tracked_pull_requests.repository_id', '=', repositoryId);
        if (view === 'mine') {
          query = query.where(({ or, and, eb }) =>
            or(
              [...byHost].map(([host, logins]) =>
                and([eb('tracked_repositories.host', '=', host), eb(sql`lower(author)`, 'in', logins)]),
              ),
            ),
          );
        }
        if (search) {
          query = query.where(({ or, ref }) =>
            or([
              contains(ref('title'), search),
              contains(ref('author'), search),
              contains(sql<string>`owner || '/' || name || ' #' || number`, search),
            ]),
          );
        }
        if (place) query = query.where(sql<boolean>`(${column}, ${repository}, number) < (${sql.join([...place])})`);
        return query
          .orderBy(column, 'desc')
          .orderBy(repository, 'desc')
          .orderBy('number', 'desc')
          .limit(limit + 1)
          .execute();
      };
      const placeOfRow = (row: Row) => [row[by], row.repository_id, row.number];
      const lists = await Promise.all(statesOf(view, state, repositoryId !== undefined).map(listOf));
      const rows = firstOf(lists, limit + 1, 'desc', placeOfRow);
      const { shown, nextCursor } = cutPage(rows, limit, (row) => cursorOf(key, placeOfRow(row)));
      return { items: shown.map((row) => viewOf(row, byHost.get(row.host) ?? [])), nextCursor };
    },

    async waiting() {
      const found = await waiting();
      return {
        waiting: found.length,
        first: found.slice(0, MOST_FIRST).map(({ repository: { owner, name }, number, title, url }) => ({
          repository: `${owner}/${name}`,
          ...{ number, title, url },
        })),
      };
    },
  };
}

/** Which states are asked for, each by itself: null stands for any, where an index has them together. */
function statesOf(
  view: Question['view'],
  state: PullRequestState | undefined,
  ofOneRepository: boolean,
): readonly (PullRequestState | null)[] {
  const fixed = view === 'mine' ? 'open' : view === 'merged' ? 'merged' : undefined;
  if (fixed !== undefined) return state === undefined || state === fixed ? [fixed] : [];
  if (state !== undefined) return [state];
  return ofOneRepository ? [null] : PullRequestState.options;
}
