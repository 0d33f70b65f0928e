import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** What the database of a first sync took to write, done by SQLite alone. */
export interface Floor {
  ms: number;
  cpuMs: number;
  rows: number;
}

/** In the order in which they may be written. */
const TABLES = [
  'tracked_repositories',
  'tracked_through',
  'tracked_commits',
  'tracked_branches',
  'tracked_pull_requests',
  'tracked_releases',
  'tracked_events',
  'tracked_days',
  'tracked_contributions',
];

/**
 * Writes the same rows into a file of the same form beside it: one prepared statement a table, and as many transactions.
 *
 * @param path of a database whose app has ended
 */
export function insertAgain(path: string, transactions: number): Floor {
  const source = new Sqlite(path, { readonly: true });
  const copy = join(path, '..', 'floor.db');
  for (const ending of ['', '-wal', '-shm']) rmSync(copy + ending, { force: true });
  const floor = new Sqlite(copy);
  try {
    for (const pragma of ['auto_vacuum = incremental', 'journal_mode = WAL', 'synchronous = NORMAL'])
      floor.pragma(pragma);
    for (const pragma of ['wal_autocheckpoint = 4000', 'foreign_keys = ON', 'secure_delete = ON']) floor.pragma(pragma);
    const schema = source
      .prepare<[], string>("select sql from sqlite_schema where sql is not null and name not like 'sqlite_%'")
      .pluck()
      .all();
    for (const text of schema) floor.exec(text);
    // Whose they are.
    for (const insert of insertsOf('installations', source, floor)) insert();
    const work = TABLES.flatMap((table) => insertsOf(table, source, floor));
    const size = Math.ceil(work.length / transactions);
    const cpu = process.cpuUsage();
    const started = performance.now();
    for (let from = 0; from < work.length; from += size) {
      floor.transaction(() => {
        for (const insert of work.slice(from, from + size)) insert();
      })();
    }
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    return { ms, cpuMs: (user + system) / 1_000, rows: work.length };
  } finally {
    floor.close();
    source.close();
  }
}

/** One for each row of a table. */
function insertsOf(table: string, source: Sqlite.Database, into: Sqlite.Database): (() => void)[] {
  const rows = source.prepare<[], unknown[]>(`select * from ${table}`).raw().all();
  const [first] = rows;
  if (first === undefined) return [];
  const statement = into.prepare(`insert into ${table} values (${first.map(() => '?').join(', ')})`);
  return rows.map((row) => () => void statement.run(...row));
}
