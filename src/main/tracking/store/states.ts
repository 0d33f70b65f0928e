import type { Selectable, Transaction } from 'kysely';
import type { TrackingChoice } from '../../../shared/tracking-views.ts';
import type { Schema } from '../../storage/schema.ts';
import type { TrackedRepositoriesTable } from '../../storage/tracking-schema.ts';
import { isChosen } from '../sync/selection.ts';
import { type NewEvent, recordEvents } from './events.ts';

export type RepositoryRow = Selectable<TrackedRepositoriesTable>;

/** Repositories whose state is decided in one transaction. */
export const STATES_AT_ONCE = 200;

export interface Restated {
  /** Those whose state is another now. */
  changed: Map<number, RepositoryRow['state']>;
  events: NewEvent[];
}

/**
 * Decides anew which state repositories are in: `gone` where no account sees one any more, `left_out` where the person's
 * choice does not take it, `tracked` otherwise.
 *
 * @param now ms since the epoch
 * @param options.fresh repositories that are new: their first state is nothing that happened
 * @param options.lostBy the connection that saw them until now
 */
export async function restate(
  transaction: Transaction<Schema>,
  ids: readonly number[],
  choice: TrackingChoice,
  now: number,
  { fresh = new Set(), lostBy = null }: { fresh?: ReadonlySet<number>; lostBy?: string | null } = {},
): Promise<Restated> {
  const rows = await transaction
    .selectFrom('tracked_repositories')
    .select(['id', 'host', 'owner', 'name', 'private', 'muted', 'topics', 'fork', 'archived', 'state'])
    .where('id', 'in', ids)
    .execute();
  const through = await transaction
    .selectFrom('tracked_through')
    .select(['repository_id', 'starred'])
    .where('repository_id', 'in', ids)
    .execute();
  const seen = new Set(through.map(({ repository_id }) => repository_id));
  const wanted = choice.from === 'starred' ? 1 : 0;
  const listed = new Set(through.filter(({ starred }) => starred === wanted).map((row) => row.repository_id));

  const changed: Restated['changed'] = new Map();
  const events: NewEvent[] = [];
  for (const row of rows) {
    const candidate = {
      owner: row.owner,
      topics: JSON.parse(row.topics) as string[],
      fork: row.fork === 1,
      archived: row.archived === 1,
    };
    const chosen = listed.has(row.id) && isChosen(choice, candidate);
    const state = !seen.has(row.id) ? 'gone' : chosen ? 'tracked' : 'left_out';
    if (state === row.state) continue;
    changed.set(row.id, state);
    if (fresh.has(row.id)) continue;
    const kind = row.state === 'tracked' && state === 'gone' ? 'gone' : row.state === 'gone' && chosen ? 'back' : null;
    if (kind !== null) events.push(...(await recordEvents(transaction, row, [{ kind, at: now }], now)));
  }
  for (const state of new Set(changed.values())) {
    const its = [...changed].filter(([, to]) => to === state).map(([id]) => id);
    await transaction
      .updateTable('tracked_repositories')
      .set({ state, state_since: now, lost_by: state === 'gone' ? lostBy : null })
      .where('id', 'in', its)
      .execute();
  }
  return { changed, events };
}
