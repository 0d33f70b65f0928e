import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Check } from '../../../shared/app-views.ts';
import { AuditView } from '../../../shared/connection-views.ts';
import { AppError, hasCode } from '../../core/errors.ts';
import type { Schema } from '../../storage/schema.ts';
import type { AuditLog } from '../connections.ts';
import type { AuditKey, AuditKeys } from './audit-key.ts';
import { BEGINNING, endMac, rowsMac, sameMac, UNDER_A_LATER_ONE } from './chain.ts';
import { LENGTH_OF_MARK, markOf, ROWS_OF_STRETCH, stretchOf } from './stretches.ts';

const USUAL_PAGE = 50;
const LONGEST_PAGE = 500;
/** Rows that are checked at a time. */
const ROWS_AT_ONCE = 1_000;

/** A row that was damaged is still a row. */
const CONNECTION = sql<string | null>`case when json_valid(entry) then entry ->> '$.connectionId' end`;
const MARK_OF_CONNECTION = sql`substr(${CONNECTION}, 1, ${sql.lit(LENGTH_OF_MARK)})`;
const STRETCH = sql<number>`number / ${sql.lit(ROWS_OF_STRETCH)}`;
/** Whether the stretch of a row does not tell that it is about this account. */
const IS_HIDDEN = sql<0 | 1>`
  ${CONNECTION} is not null and instr(ifnull(accounts, ''), ${MARK_OF_CONNECTION}) = 0`;

/** The log, read. What writes it is in `hand-outs.ts`. */
export function createAuditLog({ db, keys }: { db: Kysely<Schema>; keys: AuditKeys }): AuditLog {
  return {
    async list({ before, limit = USUAL_PAGE, connectionId }) {
      const page = { before: before ?? Number.MAX_SAFE_INTEGER, limit: Math.min(limit, LONGEST_PAGE) };
      const query = connectionId === undefined ? latest(db, page) : latestOf(db, connectionId, page);
      const rows = await query.execute();
      // A row that was edited beyond reading must not hide the others; the check names it.
      return rows.flatMap(({ number, entry }) => AuditView.safeParse({ ...parsed(entry), number }).data ?? []);
    },

    async check() {
      const check = { id: 'audit', title: 'Nobody has changed the log of tokens handed out' };
      const remedy =
        'Somebody who can write the database did this, or a backup was put back. Compare it with a backup.';
      try {
        const key = await keys.forReading();
        const found = await db
          .transaction()
          .setAccessMode('read only')
          .execute((transaction) => walk(transaction, key));
        return [{ ...check, ...found, remedy: found.verdict === 'safe' ? null : remedy }] satisfies Check[];
      } catch (error) {
        if (!hasCode(error, 'vault_refused')) throw error;
        const detail = 'The key that the log is checked with does not open.';
        return [{ ...check, verdict: 'unsafe', detail, remedy }];
      }
    },
  };
}

interface Page {
  before: number;
  limit: number;
}

function latest(db: Kysely<Schema>, { before, limit }: Page) {
  const rows = db.selectFrom('audit').select(['number', 'entry']).where('number', '<', before);
  return rows.orderBy('number', 'desc').limit(limit);
}

/** Row by row only in stretches that may have one of the account. */
function latestOf(db: Kysely<Schema>, connectionId: string, { before, limit }: Page) {
  // One upper bound: of two, SQLite would go by the other, and so through the whole log for each stretch.
  const end = sql<number>`min((stretch + 1) * ${sql.lit(ROWS_OF_STRETCH)}, ${before})`;
  return db
    .selectFrom('audit_stretches')
    .innerJoin('audit', (join) =>
      join.on('number', '>=', sql<number>`stretch * ${sql.lit(ROWS_OF_STRETCH)}`).on('number', '<', end),
    )
    .select(['number', 'entry'])
    .where('stretch', '<=', stretchOf(before))
    .where(sql`instr(accounts, ${markOf(connectionId)})`, '>', 0)
    .where(CONNECTION, '=', connectionId)
    .orderBy('stretch', 'desc')
    .orderBy('number', 'desc')
    .limit(limit);
}

type Finding = Pick<Check, 'verdict' | 'detail'>;

/** Goes through all rows, from the first to where the log claims to end. */
async function walk(transaction: Transaction<Schema>, key: AuditKey | null): Promise<Finding> {
  const head = await transaction.selectFrom('audit_head').selectAll().executeTakeFirst();
  if (head === undefined || key === null) return withoutHead(transaction);
  if (head.sealed_key !== key.sealed) throw new AppError('internal', 'The key of the log was replaced just now.');

  let number = 0;
  let mac: string = BEGINNING;
  let together = rowsMac(key.mac, mac);
  let first = 1;
  let hidden: number | null = null;
  for (;;) {
    const rows = await transaction
      .selectFrom('audit')
      .leftJoin('audit_stretches', (join) => join.on('stretch', '=', STRETCH))
      .select(['number', 'entry', 'mac', IS_HIDDEN.as('isHidden')])
      .where('number', '>', number)
      .orderBy('number')
      .limit(ROWS_AT_ONCE)
      .execute();
    if (rows.length === 0) break;
    for (const row of rows) {
      if (row.number !== number + 1) return unsafe(`Row ${number + 1} is missing.`);
      number = row.number;
      if (row.isHidden === 1) hidden ??= number;
      together.add(row);
      if (row.mac === UNDER_A_LATER_ONE) continue;
      mac = together.end();
      if (!sameMac(row.mac, mac)) return unsafe(`${oneOf(first, number)} is not as it was written.`);
      together = rowsMac(key.mac, mac);
      first = number + 1;
    }
    // A million rows take seconds.
    await turnOfTheLoop();
  }
  if (number < head.last_number) return unsafe(`The log was cut off after row ${number}.`);
  if (number > head.last_number || !sameMac(head.head_mac, endMac(key.mac, { number, mac }))) {
    return unsafe(`The log does not end as it was written, at row ${number}.`);
  }
  if (hidden !== null) return unsafe(`Row ${hidden} would not be found among those of its account.`);
  return {
    verdict: 'safe',
    detail: number === 1 ? '1 row is as it was written.' : `All ${number} rows are as they were written.`,
  };
}

/** The head comes with the first row, in which an account is noted as used, too. */
async function withoutHead(transaction: Transaction<Schema>): Promise<Finding> {
  const left = await transaction.selectFrom('audit').select('number').limit(1).executeTakeFirst();
  if (left !== undefined) return unsafe('The record of where the log ends is missing.');
  const used = await transaction
    .selectFrom('installations')
    .select('id')
    .where('last_used_by', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  if (used !== undefined) return unsafe('The log is gone, although tokens were handed out.');
  return { verdict: 'safe', detail: 'No token was handed out yet.' };
}

function oneOf(first: number, last: number): string {
  return first === last ? `Row ${last}` : `One of the rows ${first} to ${last}`;
}

function unsafe(detail: string): Finding {
  return { verdict: 'unsafe', detail };
}

function parsed(entry: string): object {
  try {
    const value: unknown = JSON.parse(entry);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
