import type { Kysely } from 'kysely';
import { z } from 'zod';
import { commitInBackground } from '../../storage/group-commit.ts';
import type { Schema } from '../../storage/schema.ts';
import { newestIn, oidIn } from '../github/glance.ts';
import { PARTS, type Part } from '../model.ts';
import type { RepositoryRow } from './states.ts';

const Key = z.string();
const Pass = z.int();
const After = z.string().nullable();

/**
 * How the stored commits become those of another head: `history` reads them all; `compare` adds what is new and then
 * takes away what is no more; `sweep` takes away what `history` did not see.
 */
const HeadWork = z.discriminatedUnion('step', [
  z.object({ step: z.literal('history'), key: Key, pass: Pass, oid: z.string(), after: After }),
  z.object({
    step: z.literal('compare'),
    key: Key,
    pass: Pass,
    from: z.string(),
    to: z.string(),
    /** Which of the two is under way, and where it is. */
    adding: z.boolean(),
    page: z.int(),
    /** Null: not known yet. */
    forced: z.boolean().nullable(),
  }),
  z.object({ step: z.literal('sweep'), key: Key, pass: Pass }),
]);
export type HeadWork = z.infer<typeof HeadWork>;

/** How far the fetch of a repository has come. `key` is what the part will be true to when it is done. */
const Work = z.object({
  head: HeadWork.optional(),
  branches: z.object({ key: Key, pass: Pass, after: After, gaps: z.boolean().optional() }).optional(),
  pull_requests: z
    .object({
      key: Key,
      pass: Pass,
      after: After,
      /** What was updated before is stored already, ms since the epoch; null: nothing is. */
      until: z.number().nullable(),
    })
    .optional(),
  releases: z.object({ key: Key, pass: Pass, after: After, gaps: z.boolean().optional() }).optional(),
});
export type Work = z.infer<typeof Work>;

/** Whether a part is to be fetched. */
export function hasMoved(row: RepositoryRow, part: Part): boolean {
  return row[`${part}_key`] !== row[`synced_${part}_key`];
}

/** Whether a part was never fetched: then what it brings is history, and nothing that has just happened. */
export function isFirst(row: RepositoryRow, part: Part): boolean {
  return !row[`synced_${part}_key`];
}

/** What was read of a row; what nobody can read is begun anew. */
export function workOf({ work }: Pick<RepositoryRow, 'work'>): Work {
  if (work === null) return {};
  return Work.safeParse(JSON.parse(work)).data ?? {};
}

/**
 * Begins the fetch of all parts that have moved, and goes on with those that were begun before.
 * @returns null: there is nothing to fetch, or the repository is not tracked any more
 */
export async function beginWork(db: Kysely<Schema>, id: number): Promise<{ row: RepositoryRow; work: Work } | null> {
  return commitInBackground(db, async (transaction) => {
    const row = await transaction
      .selectFrom('tracked_repositories')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (row?.state !== 'tracked') return null;
    const work = workOf(row);
    const starting = PARTS.filter((part) => work[part] === undefined && hasMoved(row, part));
    if (starting.length > 0 || (row.work !== null && Object.keys(work).length === 0)) {
      const pass = row.pass + 1;
      for (const part of starting) start(work, part, row, pass);
      await transaction
        .updateTable('tracked_repositories')
        .set({ pass, work: stored(work) })
        .where('id', '=', id)
        .execute();
    }
    return Object.keys(work).length === 0 ? null : { row, work };
  });
}

/** Forgets how far a fetch had come: it cannot go on there. */
export async function dropWork(db: Kysely<Schema>, id: number, part?: Part): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom('tracked_repositories')
      .select('work')
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) return;
    const work = part === undefined ? {} : workOf(row);
    if (part !== undefined) delete work[part];
    await transaction
      .updateTable('tracked_repositories')
      .set({ work: stored(work) })
      .where('id', '=', id)
      .execute();
  });
}

/** As a row keeps it. */
export function stored(work: Work): string | null {
  return Object.keys(work).length === 0 ? null : JSON.stringify(work);
}

function start(work: Work, part: Part, row: RepositoryRow, pass: number): void {
  const key = row[`${part}_key`];
  if (part === 'head') {
    const from = oidIn(row.synced_head_key ?? '');
    const to = oidIn(key);
    if (to === null) work.head = { step: 'sweep', key, pass };
    else if (from === null) work.head = { step: 'history', key, pass, oid: to, after: null };
    else work.head = { step: 'compare', key, pass, from, to, adding: true, page: 1, forced: null };
  } else if (part === 'pull_requests') {
    work.pull_requests = { key, pass, after: null, until: newestIn(row.synced_pull_requests_key ?? '') };
  } else {
    work[part] = { key, pass, after: null };
  }
}
