import { sql } from 'kysely';
import type { Output, ParsedInput } from '../../../shared/contract.ts';
import { DAY_MS } from '../../../shared/durations.ts';
import { iso } from '../../core/iso-time.ts';
import { cursorOf, placeOf } from './cursor.ts';
import type { QueryParts } from './rows.ts';

type What = ParsedInput<'tracking.export'>['what'];
type Value = string | number | null;

/** Rows of a piece: a few hundred kB of text. */
const PIECE = 2_000;

/** What is exported of each table, under the name it gets. Times are made ISO 8601, days dates. */
const TABLES: Record<What, { table: string; columns: Readonly<Record<string, string>>; order: readonly string[] }> = {
  repositories: {
    table: 'tracked_repositories',
    columns: {
      ...{ host: 'host', owner: 'owner', name: 'name', state: 'state', private: 'private', fork: 'fork' },
      ...{ archived: 'archived', description: 'description', language: 'language', topics: 'topics' },
      ...{ license: 'license', stars: 'stars', forks: 'forks', watchers: 'watchers', open_issues: 'open_issues' },
      ...{ open_pull_requests: 'open_pull_requests', default_branch: 'default_branch' },
      ...{ created_at: 'created_at', pushed_at: 'pushed_at', updated_at: 'updated_at' },
    },
    order: ['part.id'],
  },
  commits: {
    table: 'tracked_commits',
    columns: {
      ...{ oid: 'oid', author_name: 'author_name', author_login: 'author_login', authored_at: 'authored_at' },
      ...{ committed_at: 'committed_at', headline: 'headline', body: 'body', additions: 'additions' },
      deletions: 'deletions',
    },
    order: ['part.repository_id', 'part.oid'],
  },
  pull_requests: {
    table: 'tracked_pull_requests',
    columns: {
      ...{ number: 'number', title: 'title', author: 'author', state: 'state', draft: 'draft' },
      ...{ head_ref: 'head_ref', base_ref: 'base_ref', review: 'review', reviews: 'reviews' },
      ...{ reviewers: 'reviewers', checks: 'checks', mergeable: 'mergeable', labels: 'labels' },
      ...{ additions: 'additions', deletions: 'deletions', created_at: 'created_at', updated_at: 'updated_at' },
      ...{ merged_at: 'merged_at', closed_at: 'closed_at' },
    },
    order: ['part.repository_id', 'part.number'],
  },
  branches: {
    table: 'tracked_branches',
    columns: { name: 'branch', head_oid: 'head_oid', committed_at: 'committed_at' },
    order: ['part.repository_id', 'part.name'],
  },
  releases: {
    table: 'tracked_releases',
    columns: { tag: 'tag', name: 'release', prerelease: 'prerelease', published_at: 'published_at' },
    order: ['part.repository_id', 'part.github_id'],
  },
  events: {
    table: 'tracked_events',
    columns: {
      ...{ kind: 'kind', at: 'at', noticed_at: 'noticed_at', actor: 'actor', number: 'number', title: 'title' },
      ...{ before: 'before', after: 'after', count: 'count' },
    },
    order: ['part.id'],
  },
  days: {
    table: 'tracked_days',
    columns: {
      ...{ day: 'day', commits: 'commits', additions: 'additions', deletions: 'deletions' },
      ...{ pull_requests_opened: 'pull_requests_opened', pull_requests_merged: 'pull_requests_merged' },
      ...{ releases: 'releases', stars: 'stars', forks: 'forks', open_issues: 'open_issues' },
    },
    order: ['part.repository_id', 'part.day'],
  },
};

const FLAGS = new Set(['private', 'fork', 'archived', 'draft', 'prerelease']);
const LISTS = new Set(['topics', 'reviewers', 'labels']);

/** Everything of one kind as text. JSON is an array with an object a line; CSV is RFC 4180 with a line of names. */
export function createExport({ db }: Pick<QueryParts, 'db'>) {
  return async ({ what, format, cursor }: ParsedInput<'tracking.export'>): Promise<Output<'tracking.export'>> => {
    const { table, columns, order } = TABLES[what];
    const key = ['export', what, format];
    const place = placeOf(key, cursor);
    const inside = what === 'repositories';
    const keys = order.map((name) => sql.ref(name));
    const { rows } = await sql<Record<string, Value>>`
      select ${sql.join([
        ...Object.entries(columns).map(([name, as]) => sql`${sql.ref(`part.${name}`)} as ${sql.ref(as)}`),
        ...(inside ? [] : [sql`r.host as "repository_host"`, sql`r.owner || '/' || r.name as "repository"`]),
        ...keys.map((key, index) => sql`${key} as ${sql.ref(`key_${index}`)}`),
      ])}
      from ${sql.table(table)} as part
      ${inside ? sql`` : sql`join tracked_repositories as r on r.id = part.repository_id`}
      ${place === null ? sql`` : sql`where (${sql.join(keys)}) > (${sql.join([...place])})`}
      order by ${sql.join(keys)} limit ${PIECE + 1}`.execute(db);
    const shown = rows.slice(0, PIECE);
    const more = rows.length > PIECE;
    const names = [...(inside ? [] : ['repository_host', 'repository']), ...Object.values(columns)];
    const records = shown.map((row) => names.map((name) => [name, written(name, row[name] ?? null)] as const));
    const last = shown.at(-1);
    return {
      text: format === 'json' ? json(records, place === null, more) : csv(names, records, place === null),
      nextCursor:
        more && last
          ? cursorOf(
              key,
              order.map((_, index) => last[`key_${index}`] ?? null),
            )
          : null,
    };
  };
}

type Field = readonly [name: string, value: unknown];

function written(name: string, value: Value): unknown {
  if (value === null) return null;
  if (FLAGS.has(name)) return value === 1;
  if (LISTS.has(name)) return JSON.parse(String(value));
  if (name === 'day') return iso(Number(value) * DAY_MS).slice(0, 10);
  return name === 'at' || name.endsWith('_at') ? iso(Number(value)) : value;
}

function json(records: readonly (readonly Field[])[], first: boolean, more: boolean): string {
  const lines = records.map((fields) => JSON.stringify(Object.fromEntries(fields)));
  const body = lines.join(',\n');
  return `${first ? '[\n' : body === '' ? '' : ',\n'}${body}${more ? '' : '\n]\n'}`;
}

function csv(names: readonly string[], records: readonly (readonly Field[])[], first: boolean): string {
  const lines = records.map((fields) => `${fields.map(([, value]) => cell(value)).join(',')}\r\n`);
  return `${first ? `${names.join(',')}\r\n` : ''}${lines.join('')}`;
}

/**
 * A field of RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it: titles and messages
 * were written by others, and must not run when somebody opens the file.
 */
function cell(value: unknown): string {
  if (value === null) return '';
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
