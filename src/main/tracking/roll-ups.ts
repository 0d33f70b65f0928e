import { sql, type Transaction } from 'kysely';
import { DAY_MS } from '../../shared/durations.ts';
import type { Schema } from '../storage/schema.ts';

/** Literally: as a parameter it is a floating point number, and so would be what is divided by it. */
const day = sql.lit(DAY_MS);

/**
 * Sums up days anew from the rows that are stored now, and keeps the event of a day's commits true to them: one event a
 * day, with their number, the time of the last one, and its author where there is only one. So it does not matter in
 * which order rows came, or whether some of them went again.
 *
 * Days whose rows were dropped for their age are left alone: their sums outlive what they were summed up from.
 *
 * @param days since the epoch (UTC), each of them once or more often; those before the epoch are left out
 */
export async function rollUp(
  transaction: Transaction<Schema>,
  repositoryId: number,
  days: Iterable<number>,
): Promise<void> {
  // One JSON list, not one parameter a day: so the text of the statement is always the same, and stays prepared.
  const wanted = [...new Set(days)].filter((day) => Number.isSafeInteger(day) && day >= 0);
  if (wanted.length === 0) return;
  const asked = await sql<{ day: number }>`
    select json_each.value as day from json_each(${JSON.stringify(wanted)})
    where json_each.value >= (select kept_from from tracked_repositories where id = ${repositoryId})
    order by 1`.execute(transaction);
  const open = asked.rows.map(({ day }) => day);
  const [first, last] = [open[0], open.at(-1)];
  if (first === undefined || last === undefined) return;
  const list = JSON.stringify(open);
  const from = first * DAY_MS;
  const until = (last + 1) * DAY_MS;

  // The index is named, and what is counted over all days at once is kept: left to itself, SQLite goes through all commits
  // and pull requests of the repository again for every day.
  await sql`
    with
    opened as materialized (
      select created_at / ${day} as day, count(*) as count from tracked_pull_requests
      where repository_id = ${repositoryId} and created_at >= ${from} and created_at < ${until} group by 1
    ),
    merged as materialized (
      select merged_at / ${day} as day, count(*) as count from tracked_pull_requests
      where repository_id = ${repositoryId} and merged_at >= ${from} and merged_at < ${until} group by 1
    ),
    published as materialized (
      select published_at / ${day} as day, count(*) as count from tracked_releases
      where repository_id = ${repositoryId} and published_at >= ${from} and published_at < ${until} group by 1
    ),
    sums as (
      select
        wanted.value as day,
        count(commits.oid) as commits,
        ifnull(sum(commits.additions), 0) as additions,
        ifnull(sum(commits.deletions), 0) as deletions,
        ifnull((select count from opened where opened.day = wanted.value), 0) as opened,
        ifnull((select count from merged where merged.day = wanted.value), 0) as merged,
        ifnull((select count from published where published.day = wanted.value), 0) as released
      from json_each(${list}) as wanted
      left join tracked_commits as commits indexed by tracked_commits_time
        on commits.repository_id = ${repositoryId}
        and commits.committed_at >= wanted.value * ${day} and commits.committed_at < (wanted.value + 1) * ${day}
      group by wanted.value
    )
    insert into tracked_days
      (repository_id, day, commits, additions, deletions, pull_requests_opened, pull_requests_merged, releases)
    select ${repositoryId}, day, commits, additions, deletions, opened, merged, released from sums where true
    on conflict (repository_id, day) do update set
      commits = excluded.commits, additions = excluded.additions, deletions = excluded.deletions,
      pull_requests_opened = excluded.pull_requests_opened, pull_requests_merged = excluded.pull_requests_merged,
      releases = excluded.releases`.execute(transaction);

  // A day of nothing is no row, unless how the repository stood was noted on it.
  await sql`
    delete from tracked_days
    where repository_id = ${repositoryId} and day in (select value from json_each(${list}))
      and commits = 0 and pull_requests_opened = 0 and pull_requests_merged = 0 and releases = 0
      and stars is null and forks is null and open_issues is null`.execute(transaction);

  await sql`
    delete from tracked_events
    where repository_id = ${repositoryId}
      and once in (
        select 'commits:' || wanted.value from json_each(${list}) as wanted
        where not exists (
          select 1 from tracked_days as sums
          where sums.repository_id = ${repositoryId} and sums.day = wanted.value and sums.commits > 0
        )
      )`.execute(transaction);

  // An event that stays as it was keeps the time at which it was noticed; one that changed was noticed with the last look.
  await sql`
    insert into tracked_events (repository_id, kind, at, noticed_at, actor, count, once)
    select
      repository.id, 'commits', max(commits.committed_at), repository.looked_at,
      case
        when count(commits.author_login) = count(*) and min(commits.author_login) = max(commits.author_login)
        then min(commits.author_login)
      end,
      count(*), 'commits:' || wanted.value
    from json_each(${list}) as wanted
    cross join tracked_repositories as repository on repository.id = ${repositoryId}
    cross join tracked_commits as commits indexed by tracked_commits_time
      on commits.repository_id = ${repositoryId}
      and commits.committed_at >= wanted.value * ${day} and commits.committed_at < (wanted.value + 1) * ${day}
    where true
    group by wanted.value
    on conflict (repository_id, once) where once is not null do update set
      at = excluded.at, noticed_at = excluded.noticed_at, actor = excluded.actor, count = excluded.count
    where at is not excluded.at or actor is not excluded.actor or count is not excluded.count`.execute(transaction);
}

/**
 * Notes how the repository stands on a day; the last word of a day counts.
 *
 * @param day since the epoch (UTC)
 */
export async function noteStanding(
  transaction: Transaction<Schema>,
  repositoryId: number,
  day: number,
  { stars, forks, openIssues }: { stars: number; forks: number; openIssues: number },
): Promise<void> {
  const standing = { stars, forks, open_issues: openIssues };
  await transaction
    .insertInto('tracked_days')
    .values({ repository_id: repositoryId, day, ...standing })
    .onConflict((conflict) => conflict.columns(['repository_id', 'day']).doUpdateSet(standing))
    .execute();
}
