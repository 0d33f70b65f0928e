import type { Transaction } from 'kysely';
import type { Schema } from '../../storage/schema.ts';
import type { Branch } from '../model.ts';
import type { Happening } from './events.ts';
import type { RepositoryRow } from './states.ts';

/** @returns what happened, where `first` is false */
export async function takeBranches(
  transaction: Transaction<Schema>,
  row: RepositoryRow,
  branches: readonly Branch[],
  { pass, first, now }: { pass: number; first: boolean; now: number },
): Promise<Happening[]> {
  if (branches.length === 0) return [];
  const names = branches.map(({ name }) => name);
  const stored = await transaction
    .selectFrom('tracked_branches')
    .select(['name', 'head_oid'])
    .where('repository_id', '=', row.id)
    .where('name', 'in', names)
    .execute();
  const before = new Map(stored.map(({ name, head_oid }) => [name, head_oid]));
  await transaction
    .insertInto('tracked_branches')
    .values(
      branches.map(({ name, headOid, committedAt }) => ({
        repository_id: row.id,
        name,
        head_oid: headOid,
        committed_at: committedAt,
        pass,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['repository_id', 'name']).doUpdateSet((build) => ({
        head_oid: build.ref('excluded.head_oid'),
        committed_at: build.ref('excluded.committed_at'),
        pass: build.ref('excluded.pass'),
      })),
    )
    .execute();
  if (first) return [];
  const at = pushTime(row, now);
  return branches.flatMap(({ name, headOid }): Happening[] => {
    const old = before.get(name);
    if (old === headOid) return [];
    if (old === undefined) return [{ kind: 'branch_created', at, title: name, after: headOid }];
    // Its moves show as commits, and one that was forced is found out by comparing.
    if (name === row.default_branch) return [];
    return [{ kind: 'branch_moved', at, title: name, before: old, after: headOid }];
  });
}

/** Takes the branches away that all pages together did not show. @returns what happened, where `first` is false */
export async function sweepBranches(
  transaction: Transaction<Schema>,
  row: RepositoryRow,
  { pass, first, now }: { pass: number; first: boolean; now: number },
): Promise<Happening[]> {
  const gone = await transaction
    .deleteFrom('tracked_branches')
    .where('repository_id', '=', row.id)
    .where('pass', '<', pass)
    .returning(['name', 'head_oid'])
    .execute();
  if (first) return [];
  const at = pushTime(row, now);
  return gone.map(({ name, head_oid }) => ({ kind: 'branch_deleted', at, title: name, before: head_oid }));
}

/** Branches have no times of their own; the last push is the nearest that there is. */
export function pushTime({ pushed_at }: RepositoryRow, now: number): number {
  return Math.min(pushed_at ?? now, now);
}
