import { sql } from 'kysely';
import type { Output, ParsedInput } from '../../../shared/contract.ts';
import { AppError } from '../../core/errors.ts';
import { iso, isoOrNull } from '../../core/iso-time.ts';
import { cursorOf, placeOf } from './cursor.ts';
import { contains } from './like.ts';
import { cutPage } from './order.ts';
import { type QueryParts, USUAL_PAGE } from './rows.ts';

/** Commits, branches and releases: the lists of one repository. */
export function createPartQueries({ db, addresses }: QueryParts) {
  const find = async (id: number) => {
    const row = await db
      .selectFrom('tracked_repositories')
      .select(['id', 'host', 'owner', 'name', 'default_branch'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw new AppError('not_found', 'This repository is not tracked.');
    return row;
  };

  return {
    /** The latest first. */
    async commits(question: ParsedInput<'tracking.commits'>): Promise<Output<'tracking.commits'>> {
      const { repositoryId, cursor, limit = USUAL_PAGE, search, author, since, until } = question;
      const key = ['commits', repositoryId, search, author, since, until];
      const place = placeOf(key, cursor);
      const repository = await find(repositoryId);
      let query = db.selectFrom('tracked_commits').selectAll().where('repository_id', '=', repositoryId);
      if (since !== undefined) query = query.where('committed_at', '>=', Date.parse(since));
      if (until !== undefined) query = query.where('committed_at', '<', Date.parse(until));
      if (place) query = query.where(sql<boolean>`(committed_at, oid) < (${place[0]}, ${place[1]})`);
      if (search) {
        query = query.where(({ or, ref }) =>
          or([
            contains(ref('headline'), search),
            contains(ref('body'), search),
            contains(ref('author_name'), search),
            contains(ref('author_login'), search),
            ...(/^[\da-f]{4,40}$/i.test(search) ? [sql<boolean>`oid like ${`${search}%`}`] : []),
          ]),
        );
      }
      if (author) {
        query = query.where(({ or, ref, eb }) =>
          or([eb(sql`lower(author_login)`, '=', author.toLowerCase()), contains(ref('author_name'), author)]),
        );
      }
      const rows = await query
        .orderBy('committed_at', 'desc')
        .orderBy('oid', 'desc')
        .limit(limit + 1)
        .execute();
      const { shown, nextCursor } = cutPage(rows, limit, (last) => cursorOf(key, [last.committed_at, last.oid]));
      return {
        items: shown.map((row) => ({
          oid: row.oid,
          headline: row.headline,
          body: row.body,
          authorName: row.author_name,
          authorLogin: row.author_login,
          authoredAt: iso(row.authored_at),
          committedAt: iso(row.committed_at),
          additions: row.additions,
          deletions: row.deletions,
          url: addresses.commit(repository, row.oid),
        })),
        nextCursor,
      };
    },

    /** The default one first, then by name. */
    async branches({
      repositoryId,
      cursor,
      limit = USUAL_PAGE,
    }: ParsedInput<'tracking.branches'>): Promise<Output<'tracking.branches'>> {
      const key = ['branches', repositoryId];
      const place = placeOf(key, cursor);
      const repository = await find(repositoryId);
      const other = sql<number>`name is not ${repository.default_branch}`;
      let query = db.selectFrom('tracked_branches').selectAll().where('repository_id', '=', repositoryId);
      if (place) query = query.where(sql<boolean>`(${other}, name) > (${place[0]}, ${place[1]})`);
      const rows = await query
        .orderBy(other)
        .orderBy('name')
        .limit(limit + 1)
        .execute();
      const { shown, nextCursor } = cutPage(rows, limit, (last) =>
        cursorOf(key, [last.name === repository.default_branch ? 0 : 1, last.name]),
      );
      return {
        items: shown.map((row) => ({
          name: row.name,
          headOid: row.head_oid,
          committedAt: isoOrNull(row.committed_at),
          isDefault: row.name === repository.default_branch,
          url: addresses.branch(repository, row.name),
        })),
        nextCursor,
      };
    },

    /** The latest first. */
    async releases({
      repositoryId,
      cursor,
      limit = USUAL_PAGE,
    }: ParsedInput<'tracking.releases'>): Promise<Output<'tracking.releases'>> {
      const key = ['releases', repositoryId];
      const place = placeOf(key, cursor);
      const repository = await find(repositoryId);
      let query = db.selectFrom('tracked_releases').selectAll().where('repository_id', '=', repositoryId);
      if (place) query = query.where(sql<boolean>`(published_at, github_id) < (${place[0]}, ${place[1]})`);
      const rows = await query
        .orderBy('published_at', 'desc')
        .orderBy('github_id', 'desc')
        .limit(limit + 1)
        .execute();
      const { shown, nextCursor } = cutPage(rows, limit, (last) => cursorOf(key, [last.published_at, last.github_id]));
      return {
        items: shown.map((row) => ({
          tag: row.tag,
          name: row.name,
          prerelease: row.prerelease === 1,
          publishedAt: iso(row.published_at),
          url: addresses.release(repository, row.tag),
        })),
        nextCursor,
      };
    },
  };
}
