import { type Kysely, sql } from 'kysely';

/**
 * The rows of an account are found stretch by stretch of the log. In an index by account alone, each new row has a page of
 * its own to be written, where thousands of accounts are in use; so, all of them come to the few pages of the last stretch.
 */
export async function auditStretches(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('audit_connection').execute();
  await db.schema
    .createIndex('audit_connection')
    .on('audit')
    .expression(sql`number / 256`)
    .expression(sql`case when json_valid(entry) then entry ->> '$.connectionId' end`)
    .execute();
}
