import { type Kysely, sql } from 'kysely';

/**
 * Which accounts a stretch of the log is about, in place of an index, which had an entry for each row: to write that took
 * as long as to write the row itself.
 */
export async function auditAccounts(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('audit_connection').execute();
  await db.schema
    .createTable('audit_stretches')
    .addColumn('stretch', 'integer', (column) => column.notNull().primaryKey())
    .addColumn('accounts', 'text', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await sql`insert into audit_stretches
    select number / 64, group_concat(distinct substr(entry ->> '$.connectionId', 1, 8)) from audit
    where json_valid(entry) and entry ->> '$.connectionId' is not null group by number / 64`.execute(db);
}
