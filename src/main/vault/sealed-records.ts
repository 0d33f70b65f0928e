import { type Kysely, sql } from 'kysely';
import { type Schema, SEALED_COLUMNS } from '../storage/schema.ts';
import { keyIdOf, open, type SealingKey, seal } from './envelope.ts';
import type { Place } from './vault.ts';

/** One sealed value with where it stands. */
interface SealedRecord {
  place: Place;
  sealed: string;
  /** Writes another ciphertext in its stead. */
  replace(db: Kysely<Schema>, sealed: string): Promise<void>;
}

/**
 * Every sealed value of the database, row by row: the keys are listed first, so that a table of large bodies is never
 * in memory as a whole and replacing values on the way disturbs nothing.
 */
export async function* sealedRecords(db: Kysely<Schema>): AsyncGenerator<SealedRecord> {
  for (const { table, row: keys, columns } of SEALED_COLUMNS) {
    const { rows } = await sql<Record<string, string>>`select ${names(keys)} from ${sql.table(table)}`.execute(db);
    for (const row of rows) {
      const isRow = sql.join(
        keys.map((key) => sql`${sql.ref(key)} = ${row[key]}`),
        sql` and `,
      );
      const content = await sql<Record<string, string | null>>`
        select ${names(columns)} from ${sql.table(table)} where ${isRow}`.execute(db);
      for (const column of columns) {
        const sealed = content.rows[0]?.[column];
        if (sealed === null || sealed === undefined) continue;
        yield {
          place: { table, row: keys.map((key) => row[key]).join(' '), column },
          sealed,
          async replace(target, text) {
            await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${text} where ${isRow}`.execute(target);
          },
        };
      }
    }
  }
}

/** Whether anything is sealed at all: with a lost key, that is what would be lost with it. */
export async function holdsSealedRecords(db: Kysely<Schema>): Promise<boolean> {
  for await (const _ of sealedRecords(db)) return true;
  return false;
}

/**
 * Seals everything that is sealed under one key under another. A record that does not open is left as it is: it was
 * lost before, and must not keep the others from a fresh key.
 *
 * @returns how many were sealed anew, and the places of those that did not open
 */
export async function reseal(
  transaction: Kysely<Schema>,
  { from, to }: { from: SealingKey; to: SealingKey },
): Promise<{ records: number; refused: Place[] }> {
  let records = 0;
  const refused: Place[] = [];
  for await (const record of sealedRecords(transaction)) {
    if ((await keyIdOf(record.sealed)) !== from.id) continue;
    const plaintext = await open(from, record.place, record.sealed).catch(() => null);
    if (plaintext === null) {
      refused.push(record.place);
    } else {
      await record.replace(transaction, await seal(to, record.place, plaintext));
      records += 1;
    }
  }
  return { records, refused };
}

function names(columns: readonly string[]) {
  return sql.join(columns.map((column) => sql.ref(column)));
}
