import { type Insertable, sql, type Transaction } from 'kysely';
import { DAY_MS } from '../../../shared/durations.ts';
import type { TrackingChoice } from '../../../shared/tracking-views.ts';
import type { Schema } from '../../storage/schema.ts';
import type { TrackedRepositoriesTable } from '../../storage/tracking-schema.ts';
import type { Glance, Part } from '../model.ts';
import { PARTS } from '../model.ts';
import { noteStanding } from '../roll-ups.ts';
import { lookInterval } from '../sync/interval.ts';
import { takeChecks } from './checks.ts';
import { type Happening, type NewEvent, recordEvents } from './events.ts';
import { type RepositoryRow, restate } from './states.ts';
import { hasMoved } from './work.ts';

export interface GlanceContext {
  connectionId: string;
  host: string;
  choice: TrackingChoice;
  /** ms since the epoch. */
  now: number;
  /** The listing that showed them; null: a look did, which shows nothing new. */
  listing: { starred: boolean; startedAt: number } | null;
}

export interface GlancesTaken {
  /** The repositories as they are stored now, less those that are gone since. */
  rows: RepositoryRow[];
  events: NewEvent[];
  changed: boolean;
}

/** What a look tells of, and no other. */
type Details = Omit<
  Insertable<TrackedRepositoriesTable>,
  | `synced_${string}`
  | 'id'
  | 'work'
  | 'pass'
  | 'webhook_at'
  | 'muted'
  | 'kept_from'
  | 'lost_by'
  | 'looked_at'
  | 'next_look_at'
  | 'moved_at'
  | 'state'
  | 'state_since'
  | 'problem'
>;

/**
 * Stores what a question about many repositories told of them, and derives from it what happened.
 */
export async function takeGlances(
  transaction: Transaction<Schema>,
  glances: readonly Glance[],
  context: GlanceContext,
): Promise<GlancesTaken> {
  const { connectionId, host, choice, now, listing } = context;
  const nothing = { rows: [], events: [], changed: false };
  const byGitHubId = new Map(glances.map((glance) => [glance.githubId, glance]));
  if (byGitHubId.size === 0 || !(await isConnected(transaction, connectionId))) return nothing;
  const rowsNow = () =>
    transaction
      .selectFrom('tracked_repositories')
      .selectAll()
      .where('host', '=', host)
      .where('github_id', 'in', [...byGitHubId.keys()])
      .execute();
  const before = new Map((await rowsNow()).map((row) => [row.github_id, row]));

  const changed: Insertable<TrackedRepositoriesTable>[] = [];
  const unchanged: [id: number, nextLookAt: number][] = [];
  for (const glance of byGitHubId.values()) {
    const known = before.get(glance.githubId);
    if (!known && listing === null) continue;
    const details = detailsOf(glance, host, known);
    if (known && (Object.keys(details) as (keyof Details)[]).every((name) => details[name] === known[name])) {
      unchanged.push([known.id, now + lookInterval({ movedAt: known.moved_at, webhookAt: known.webhook_at }, now)]);
      continue;
    }
    const movedAt = known ? now : Math.min(now, glance.pushedAt ?? glance.updatedAt);
    changed.push({
      ...details,
      state: known?.state ?? 'left_out',
      state_since: known?.state_since ?? now,
      looked_at: now,
      moved_at: movedAt,
      next_look_at: now + lookInterval({ movedAt, webhookAt: known?.webhook_at ?? null }, now),
      // What the account may not see is not there to be fetched.
      ...(known
        ? {}
        : Object.fromEntries(
            PARTS.filter((part) => glance.keys[part] === null).map((part) => [`synced_${part}_key`, '']),
          )),
    });
  }
  await store(transaction, changed, unchanged, now);
  let rows = await rowsNow();

  if (listing !== null) {
    const starred = listing.starred ? 1 : 0;
    await transaction
      .insertInto('tracked_through')
      .values(
        rows.map(({ id }) => ({
          connection_id: connectionId,
          repository_id: id,
          listed_at: listing.startedAt,
          starred,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['connection_id', 'repository_id']).doUpdateSet({ listed_at: listing.startedAt, starred }),
      )
      .execute();
  }
  const fresh = new Set(rows.filter(({ github_id }) => !before.has(github_id)).map(({ id }) => id));
  const restated = await restate(
    transaction,
    rows.map(({ id }) => id),
    choice,
    now,
    { fresh },
  );
  rows = rows.map((row) => ({ ...row, state: restated.changed.get(row.id) ?? row.state }));

  const events = restated.events;
  const today = Math.floor(now / DAY_MS);
  for (const row of rows) {
    if (row.state !== 'tracked') continue;
    const known = before.get(row.github_id);
    const told = known?.state === 'tracked' ? happenings(known, row, now) : [];
    if (told.length > 0) events.push(...(await recordEvents(transaction, row, told, now)));
    const stood = known?.state === 'tracked' && Math.floor(known.looked_at / DAY_MS) === today;
    if (stood && known.stars === row.stars && known.forks === row.forks && known.open_issues === row.open_issues)
      continue;
    await noteStanding(transaction, row.id, today, { stars: row.stars, forks: row.forks, openIssues: row.open_issues });
  }
  const well = rows.filter((row) => row.problem !== null && !PARTS.some((part) => hasMoved(row, part)));
  if (well.length > 0) {
    const ids = well.map(({ id }) => id);
    await transaction.updateTable('tracked_repositories').set({ problem: null }).where('id', 'in', ids).execute();
  }
  const checked = await takeChecks(transaction, rows, byGitHubId, now);
  events.push(...checked);
  return {
    rows,
    events,
    changed: changed.length > 0 || well.length > 0 || restated.changed.size > 0 || checked.length > 0,
  };
}

/** An account that is disconnected brings nothing more, though an answer for it was on its way. */
export async function isConnected(transaction: Transaction<Schema>, connectionId: string): Promise<boolean> {
  const found = await transaction
    .selectFrom('installations')
    .select('id')
    .where('id', '=', connectionId)
    .executeTakeFirst();
  return found !== undefined;
}

async function store(
  transaction: Transaction<Schema>,
  changed: Insertable<TrackedRepositoriesTable>[],
  unchanged: [id: number, nextLookAt: number][],
  now: number,
): Promise<void> {
  const [first] = changed;
  if (first !== undefined) {
    const names = (Object.keys(first) as (keyof TrackedRepositoriesTable)[]).filter(
      (name) => !name.startsWith('synced_'),
    );
    await transaction
      .insertInto('tracked_repositories')
      .values(changed)
      .onConflict((conflict) =>
        conflict
          .columns(['host', 'github_id'])
          .doUpdateSet((build) => Object.fromEntries(names.map((name) => [name, build.ref(`excluded.${name}`)]))),
      )
      .execute();
  }
  if (unchanged.length > 0) {
    await sql`
      update tracked_repositories set looked_at = ${now}, next_look_at = told.value ->> 1
      from json_each(${JSON.stringify(unchanged)}) as told where tracked_repositories.id = told.value ->> 0`.execute(
      transaction,
    );
  }
}

function detailsOf(glance: Glance, host: string, known: RepositoryRow | undefined): Details {
  const key = (part: Part) => glance.keys[part] ?? known?.[`${part}_key`] ?? '';
  return {
    host,
    github_id: glance.githubId,
    node_id: glance.nodeId,
    owner: glance.owner,
    name: glance.name,
    private: Number(glance.private),
    fork: Number(glance.fork),
    archived: Number(glance.archived),
    description: glance.description,
    language: mostOf(glance.languages),
    languages: JSON.stringify(glance.languages),
    topics: JSON.stringify(glance.topics),
    license: glance.license,
    stars: glance.stars,
    forks: glance.forks,
    watchers: glance.watchers ?? known?.watchers ?? 0,
    open_issues: glance.openIssues ?? known?.open_issues ?? 0,
    open_pull_requests: glance.openPullRequests ?? known?.open_pull_requests ?? 0,
    default_branch: glance.defaultBranch,
    created_at: glance.createdAt,
    pushed_at: glance.pushedAt,
    updated_at: glance.updatedAt,
    head_key: key('head'),
    branches_key: key('branches'),
    pull_requests_key: key('pull_requests'),
    releases_key: key('releases'),
  };
}

/** What happened to a repository between two looks, as far as the look itself tells. */
function happenings(before: RepositoryRow, after: RepositoryRow, now: number): Happening[] {
  const found: Happening[] = [];
  const differ = (kind: Happening['kind'], from: string | number | null, to: string | number | null) => {
    if (from !== to)
      found.push({
        kind,
        at: now,
        before: from === null ? null : String(from),
        after: to === null ? null : String(to),
      });
  };
  differ('stars', before.stars, after.stars);
  differ('forks', before.forks, after.forks);
  differ('watchers', before.watchers, after.watchers);
  differ('issues', before.open_issues, after.open_issues);
  differ('renamed', `${before.owner}/${before.name}`, `${after.owner}/${after.name}`);
  differ('archived', truth(before.archived), truth(after.archived));
  differ('visibility', visibility(before.private), visibility(after.private));
  // The first push to an empty repository chooses a branch, but changes none.
  if (before.default_branch !== null) differ('default_branch', before.default_branch, after.default_branch);
  return found;
}

const truth = (flag: number) => (flag === 1 ? 'true' : 'false');
const visibility = (flag: number) => (flag === 1 ? 'private' : 'public');

function mostOf(languages: Record<string, number>): string | null {
  const [most] = Object.entries(languages).sort(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}
