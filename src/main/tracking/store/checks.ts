import { sql, type Transaction } from 'kysely';
import type { Schema } from '../../storage/schema.ts';
import type { Glance } from '../model.ts';
import { type NewEvent, recordEvents } from './events.ts';
import type { RepositoryRow } from './states.ts';

/**
 * Takes over the checks that a look tells of. They end without the pull request counting as updated, so its own time
 * does not give them away; and as the look says them already, nothing has to be fetched for them.
 */
export async function takeChecks(
  transaction: Transaction<Schema>,
  rows: readonly RepositoryRow[],
  glances: ReadonlyMap<number, Glance>,
  now: number,
): Promise<NewEvent[]> {
  const told = rows.flatMap((row) =>
    row.state === 'tracked' && row.synced_pull_requests_key
      ? (glances.get(row.github_id)?.checks ?? []).map(({ number, checks }) => [row.id, number, checks] as const)
      : [],
  );
  if (told.length === 0) return [];
  const differing = await sql<{
    id: number;
    number: number;
    title: string;
    author: string | null;
    reviewers: string;
    before: string | null;
    after: string | null;
  }>`
    select stored.repository_id as id, stored.number, stored.title, stored.author, stored.reviewers,
      stored.checks as before, told.value ->> 2 as after
    from json_each(${JSON.stringify(told)}) as told
    join tracked_pull_requests as stored
      on stored.repository_id = told.value ->> 0 and stored.number = told.value ->> 1
    where stored.state = 'open' and stored.checks is not told.value ->> 2`.execute(transaction);
  const events: NewEvent[] = [];
  for (const { id, number, title, author, reviewers, before, after } of differing.rows) {
    await transaction
      .updateTable('tracked_pull_requests')
      .set({ checks: after })
      .where('repository_id', '=', id)
      .where('number', '=', number)
      .execute();
    const row = rows.find((one) => one.id === id);
    if (!row) continue;
    const pullRequest = { author, reviewers: JSON.parse(reviewers) as string[] };
    const happening = { kind: 'checks', at: now, number, title, before, after, pullRequest } as const;
    events.push(...(await recordEvents(transaction, row, [happening], now)));
  }
  return events;
}
