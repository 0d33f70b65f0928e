import { type ExpressionBuilder, type RawBuilder, type Selectable, sql } from 'kysely';
import type { Output, ParsedInput } from '../../../shared/contract.ts';
import { DAY_MS } from '../../../shared/durations.ts';
import { type RepositoryDetails, RepositoryState, type RepositoryView } from '../../../shared/tracking-views.ts';
import { AppError } from '../../core/errors.ts';
import { iso, isoOrNull } from '../../core/iso-time.ts';
import type { Schema } from '../../storage/schema.ts';
import type { PlainRepository } from '../tracking.ts';
import { cursorOf, placeOf } from './cursor.ts';
import { contains } from './like.ts';
import { cutPage, firstOf } from './order.ts';
import { listed, mondayOf, plainOf, type QueryParts, USUAL_PAGE } from './rows.ts';

type Row = Selectable<Schema['tracked_repositories']>;
type Question = ParsedInput<'tracking.repositories'>;
type Sort = NonNullable<Question['sort']>;

/** Half a year, as small pictures show it. */
const WEEKS_SHOWN = 26;
const WEEKS_IN_DETAIL = 104;
const TREND_DAYS = 30;
/** Of the picture of the stars. */
const MOST_STAR_DAYS = 1_000;

/** What is sorted by, as its index has it. */
const COLUMNS: Record<Sort, RawBuilder<string | number>> = {
  name: sql`lower(owner || '/' || name)`,
  pushed: sql`ifnull(pushed_at, 0)`,
  updated: sql`updated_at`,
  stars: sql`stars`,
  forks: sql`forks`,
  issues: sql`open_issues`,
  pull_requests: sql`open_pull_requests`,
};

export function createRepositoryQueries(parts: QueryParts) {
  const { db, addresses, now, memory } = parts;
  const today = () => Math.floor(now() / DAY_MS);

  /** Everything that is asked for of those in one state, but for the order and the page. */
  const chosen = ({ search, owner, language }: Question, state: RepositoryState) => {
    let query = db.selectFrom('tracked_repositories').where('state', '=', state);
    if (owner !== undefined) query = query.where(sql`lower(owner)`, '=', owner.toLowerCase());
    if (language !== undefined) query = query.where('language', '=', language);
    if (search !== undefined && search !== '') {
      query = query.where(({ or, ref }: ExpressionBuilder<Schema, 'tracked_repositories'>) =>
        or([
          contains(sql<string>`${ref('owner')} || '/' || ${ref('name')}`, search),
          contains(ref('description'), search),
        ]),
      );
    }
    return query;
  };

  /** Commits by week, and how the stars changed, of several repositories at once. */
  const counted = async (rows: readonly Row[]) => {
    const last = mondayOf(today());
    const first = last - 7 * (WEEKS_SHOWN - 1);
    const ids = rows.map(({ id }) => id);
    // Neither sorted nor summed by SQLite, which would make a tree of them first.
    const days = await db
      .selectFrom('tracked_days')
      .select(['repository_id', 'day', 'commits', 'stars'])
      .where('repository_id', 'in', listed(ids))
      .where('day', '>=', first)
      .execute();
    const weeks = new Map(ids.map((id) => [id, Array.from({ length: WEEKS_SHOWN }, () => 0)]));
    /** The first within the time is what the trend begins with. */
    const began = new Map<number, { day: number; stars: number }>();
    const since = today() - TREND_DAYS;
    for (const { repository_id: id, day, commits, stars } of days) {
      const week = (mondayOf(day) - first) / 7;
      const list = weeks.get(id);
      if (list && week < WEEKS_SHOWN) list[week] = (list[week] ?? 0) + commits;
      if (stars !== null && day >= since && day < (began.get(id)?.day ?? day + 1)) began.set(id, { day, stars });
    }
    return ({ id, stars }: Row) => ({
      commitsByWeek: weeks.get(id) ?? [],
      starsTrend: stars - (began.get(id)?.stars ?? stars),
    });
  };

  const find = async (id: number): Promise<Row> => {
    const row = await db.selectFrom('tracked_repositories').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) throw new AppError('not_found', 'This repository is not tracked.');
    return row;
  };

  const view = async (row: Row): Promise<RepositoryView> => ({
    ...plainOf(row, addresses),
    ...(await counted([row]))(row),
  });

  const details = async (row: Row): Promise<RepositoryDetails> => {
    const { id } = row;
    const last = mondayOf(today());
    const first = last - 7 * (WEEKS_IN_DETAIL - 1);
    const [weeks, stars, sums] = await Promise.all([
      db
        .selectFrom('tracked_days')
        // Monday, counted as `mondayOf` does.
        .select(sql<number>`day - (day + 3) % 7`.as('week'))
        .select(({ fn }) => [
          fn.sum<number>('commits').as('commits'),
          fn.sum<number>('additions').as('additions'),
          fn.sum<number>('deletions').as('deletions'),
        ])
        .where('repository_id', '=', id)
        .where('day', '>=', first)
        .groupBy('week')
        .execute(),
      db
        .selectFrom('tracked_days')
        .select(['day', 'stars'])
        .where('repository_id', '=', id)
        .where('stars', 'is not', null)
        .orderBy('day', 'desc')
        .limit(MOST_STAR_DAYS)
        .execute(),
      db
        .selectNoFrom(({ selectFrom, fn }) =>
          (['tracked_commits', 'tracked_branches', 'tracked_releases'] as const).map((table) =>
            selectFrom(table).select(fn.countAll<number>().as('count')).where('repository_id', '=', id).as(table),
          ),
        )
        .executeTakeFirstOrThrow(),
    ]);
    const byWeek = new Map(weeks.map((week) => [week.week, week]));
    return {
      ...(await view(row)),
      languages: shares(JSON.parse(row.languages)),
      topics: JSON.parse(row.topics),
      license: row.license,
      createdAt: iso(row.created_at),
      commits: sums.tracked_commits ?? 0,
      branches: sums.tracked_branches ?? 0,
      releases: sums.tracked_releases ?? 0,
      weeks: Array.from({ length: WEEKS_IN_DETAIL }, (_, index) => {
        const week = first + 7 * index;
        const { commits = 0, additions = 0, deletions = 0 } = byWeek.get(week) ?? {};
        return { week, commits, additions, deletions };
      }),
      starHistory: stars.toReversed().flatMap(({ day, stars }) => (stars === null ? [] : [{ day, stars }])),
      webhookAt: isoOrNull(row.webhook_at),
      nextLookAt: iso(row.next_look_at),
    };
  };

  /** A page of rows, and what it takes to count all of them. */
  const pageOf = async (question: Question) => {
    const { search, owner, language, state = 'tracked', sort = 'pushed', cursor, limit = USUAL_PAGE } = question;
    const { direction = sort === 'name' ? 'asc' : 'desc' } = question;
    const asked = ['repositories', search, owner, language, state];
    const key = [...asked, sort, direction];
    const place = placeOf(key, cursor);
    const order = COLUMNS[sort];
    const beyond = direction === 'asc' ? sql`>` : sql`<`;
    const states = state === 'any' ? RepositoryState.options : [state];
    const lists = states.map((one) => {
      let query = chosen(question, one).selectAll().select(order.as('sorted_by'));
      if (place) {
        query = query
          // Said twice: SQLite goes to a place in an index of an expression by this only.
          .where(order, direction === 'asc' ? '>=' : '<=', place[0] ?? 0)
          .where(sql<boolean>`(${order}, id) ${beyond} (${place[0]}, ${place[1]})`);
      }
      return query
        .orderBy(order, direction)
        .orderBy('id', direction)
        .limit(limit + 1)
        .execute();
    });
    const placeOfRow = ({ sorted_by, id }: { sorted_by: string | number; id: number }) => [sorted_by, id];
    const rows = firstOf(await Promise.all(lists), limit + 1, direction, placeOfRow);
    const page = cutPage(rows, limit, (row) => cursorOf(key, placeOfRow(row)));
    return { ...page, asked, states, whole: place === null && page.nextCursor === null };
  };

  return {
    async repositories(question: Question): Promise<Output<'tracking.repositories'>> {
      const { shown, nextCursor, asked, states, whole } = await pageOf(question);
      const countAll = async () => {
        const counts = states.map((one) =>
          chosen(question, one)
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .executeTakeFirstOrThrow(),
        );
        return (await Promise.all(counts)).reduce((sum, { count }) => sum + count, 0);
      };
      const counts = await counted(shown);
      return {
        items: shown.map((row) => ({ ...plainOf(row, addresses), ...counts(row) })),
        nextCursor,
        // Counting goes through everything.
        total: whole ? shown.length : await memory(JSON.stringify(asked), countAll),
      };
    },
    async plainRepositories(question: Question): Promise<{ items: PlainRepository[]; nextCursor: string | null }> {
      const { shown, nextCursor } = await pageOf(question);
      return { items: shown.map((row) => ({ ...plainOf(row, addresses), gitHubId: row.github_id })), nextCursor };
    },
    summary: async (id: number) => view(await find(id)),
    repository: async ({ id }: ParsedInput<'tracking.repository'>) => details(await find(id)),
    async byName(owner: string, name: string, host?: string) {
      let query = db
        .selectFrom('tracked_repositories')
        .selectAll()
        // By state and name, as their index has it.
        .where('state', 'in', ['tracked', 'left_out'])
        .where(sql`lower(owner || '/' || name)`, '=', `${owner}/${name}`.toLowerCase());
      if (host !== undefined) query = query.where('host', '=', host.toLowerCase());
      const [row, second] = await query.limit(2).execute();
      if (!row) throw new AppError('not_found', 'This repository is not tracked.');
      if (second) throw new AppError('account_ambiguous', 'Several servers have a repository of this name.');
      return details(row);
    },
    async gitHubIds(ids: readonly number[]) {
      const rows = await db
        .selectFrom('tracked_repositories')
        .select(['id', 'github_id'])
        .where('id', 'in', listed(ids))
        .execute();
      return new Map(rows.map(({ id, github_id }) => [id, github_id]));
    },
  };
}

/** Bytes by language as shares of the whole, the largest first. */
function shares(bytes: Record<string, number>): RepositoryDetails['languages'] {
  const entries = Object.entries(bytes).filter(([, size]) => size > 0);
  const whole = entries.reduce((sum, [, size]) => sum + size, 0);
  return entries
    .map(([name, size]) => ({ name, share: size / whole }))
    .toSorted((a, b) => b.share - a.share || a.name.localeCompare(b.name));
}
