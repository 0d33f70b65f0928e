import { sql } from 'kysely';
import type { Output, ParsedInput } from '../../../shared/contract.ts';
import { DAY_MS } from '../../../shared/durations.ts';
import type { EventKind, EventView } from '../../../shared/tracking-views.ts';
import { iso, isoOrNull } from '../../core/iso-time.ts';
import type { TrackingQueries } from '../tracking.ts';
import { cursorOf, placeOf } from './cursor.ts';
import { contains } from './like.ts';
import { cutPage, firstOf } from './order.ts';
import { mondayOf, type QueryParts, REF_COLUMNS, refOf, USUAL_PAGE } from './rows.ts';

type Question = ParsedInput<'tracking.activity'>;

const USUAL_DAYS = 371;

export function createActivityQueries({ db, addresses, accounts, now }: QueryParts) {
  const events = () =>
    db
      .selectFrom('tracked_events')
      .innerJoin('tracked_repositories', 'tracked_repositories.id', 'tracked_events.repository_id')
      .selectAll('tracked_events')
      .select(REF_COLUMNS);
  type Row = Awaited<ReturnType<ReturnType<typeof events>['execute']>>[number];

  const viewOf = (row: Row): EventView => {
    const view = {
      id: row.id,
      kind: row.kind as EventKind,
      repository: refOf(row, addresses),
      at: iso(row.at),
      noticedAt: iso(row.noticed_at),
      actor: row.actor,
      number: row.number,
      title: row.title,
      before: row.before,
      after: row.after,
      count: row.count,
    };
    return { ...view, url: addresses.event(row, view) };
  };

  return {
    /** What happened, the latest first. */
    async activity(question: Question): Promise<Output<'tracking.activity'>> {
      const { kinds, repositoryId, owner, search, since, until, cursor, limit = USUAL_PAGE } = question;
      const key = ['activity', kinds, repositoryId, owner, search, since, until];
      const place = placeOf(key, cursor);
      const listOf = (kind: EventKind | null) => {
        let query = events();
        if (kind !== null) query = query.where('kind', '=', kind);
        if (repositoryId === undefined) query = query.where('tracked_repositories.state', '!=', 'left_out');
        else query = query.where('tracked_events.repository_id', '=', repositoryId);
        if (owner !== undefined) query = query.where(sql`lower(owner)`, '=', owner.toLowerCase());
        if (since !== undefined) query = query.where('at', '>=', Date.parse(since));
        if (until !== undefined) query = query.where('at', '<', Date.parse(until));
        if (search !== undefined && search !== '') {
          query = query.where(({ or, ref }) =>
            or([
              contains(sql<string>`${ref('owner')} || '/' || ${ref('name')}`, search),
              contains(ref('title'), search),
              contains(ref('actor'), search),
            ]),
          );
        }
        if (place) query = query.where(sql<boolean>`(at, tracked_events.id) < (${place[0]}, ${place[1]})`);
        return query
          .orderBy('at', 'desc')
          .orderBy('tracked_events.id', 'desc')
          .limit(limit + 1)
          .execute();
      };
      // Rare kinds would be looked for among all; of one repository there are not so many.
      const asked = kinds === undefined || kinds.length === 0 ? [null] : [...new Set(kinds)];
      const placeOfRow = ({ at, id }: Row) => [at, id];
      const rows = firstOf(await Promise.all(asked.map(listOf)), limit + 1, 'desc', placeOfRow);
      const { shown, nextCursor } = cutPage(rows, limit, (row) => cursorOf(key, placeOfRow(row)));
      return { items: shown.map(viewOf), nextCursor };
    },

    /** What was noticed since an instant, in the order in which it was: a reader who comes back misses nothing. */
    async noticed({ since, cursor, limit = USUAL_PAGE }: Parameters<TrackingQueries['noticed']>[0]) {
      const key = ['noticed', since];
      const place = placeOf(key, cursor);
      let query = events()
        .where('tracked_repositories.state', '!=', 'left_out')
        .where('noticed_at', '>=', Date.parse(since));
      if (place) query = query.where(sql<boolean>`(noticed_at, tracked_events.id) > (${place[0]}, ${place[1]})`);
      const rows = await query
        .orderBy('noticed_at')
        .orderBy('tracked_events.id')
        .limit(limit + 1)
        .execute();
      const { shown, nextCursor } = cutPage(rows, limit, ({ noticed_at, id }) => cursorOf(key, [noticed_at, id]));
      return { items: shown.map(viewOf), nextCursor };
    },

    async contributions({
      connectionId,
      days = USUAL_DAYS,
    }: ParsedInput<'tracking.contributions'>): Promise<Output<'tracking.contributions'>> {
      const ids =
        connectionId === undefined ? (await accounts()).map((account) => account.connectionId) : [connectionId];
      const last = Math.floor(now() / DAY_MS);
      // Whole weeks: a picture of them has no gap at its beginning.
      const first = mondayOf(last - days + 1);
      const [rows, asked] =
        ids.length === 0
          ? [[], undefined]
          : await Promise.all([
              db
                .selectFrom('tracked_contributions')
                .select(({ fn }) => ['day', fn.sum<number>('count').as('count')])
                .where('connection_id', 'in', ids)
                .where('day', '>=', first)
                .where('day', '<=', last)
                .groupBy('day')
                .execute(),
              db
                .selectFrom('tracked_accounts')
                .select(({ fn }) => fn.max('contributions_at').as('at'))
                .where('connection_id', 'in', ids)
                .executeTakeFirst(),
            ]);
      const counts = new Map(rows.map(({ day, count }) => [day, count]));
      const list = Array.from({ length: last - first + 1 }, (_, index) => ({
        day: first + index,
        count: counts.get(first + index) ?? 0,
      }));
      const weeks = Map.groupBy(list, ({ day }) => mondayOf(day));
      const sum = (part: readonly { count: number }[]) => part.reduce((total, { count }) => total + count, 0);
      return {
        days: list,
        weeks: [...weeks].map(([week, part]) => ({ week, count: sum(part) })),
        total: sum(list),
        askedAt: isoOrNull(asked?.at ?? null),
      };
    },
  };
}
