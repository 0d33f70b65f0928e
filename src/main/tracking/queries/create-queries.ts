import type { Kysely } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import type { Schema } from '../../storage/schema.ts';
import type { TrackingQueries } from '../tracking.ts';
import { createActivityQueries } from './activity.ts';
import { createAddresses } from './addresses.ts';
import { createExport } from './export.ts';
import { createMemory } from './memory.ts';
import { createPartQueries } from './parts.ts';
import { createPullRequestQueries } from './pull-requests.ts';
import { createRepositoryQueries } from './repositories.ts';
import type { QueryParts } from './rows.ts';

/**
 * The reading side of the room: every question is answered by the database alone.
 *
 * @param parts.githubUrl GitHub's address for people, without a trailing slash
 * @param parts.accounts whom the person is, where
 */
export function createQueries({
  db,
  githubUrl,
  accounts,
  clock,
}: {
  db: Kysely<Schema>;
  githubUrl: string;
  accounts: QueryParts['accounts'];
  clock: Pick<Clock, 'now'>;
}): TrackingQueries {
  const parts: QueryParts = {
    db,
    accounts,
    addresses: createAddresses(githubUrl),
    now: () => clock.now(),
    memory: createMemory(db),
  };
  return {
    ...createRepositoryQueries(parts),
    ...createPartQueries(parts),
    ...createPullRequestQueries(parts),
    ...createActivityQueries(parts),
    export: createExport(parts),
  };
}
