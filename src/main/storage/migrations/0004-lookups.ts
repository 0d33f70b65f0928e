import { type Kysely, sql } from 'kysely';

export async function lookups(db: Kysely<unknown>): Promise<void> {
  // Programs name an organisation with every token they ask for.
  await db.schema
    .createIndex('installations_organisation')
    .on('installations')
    .columns(['platform', 'host'])
    .expression(sql`metadata ->> '$.organisation.id'`)
    .where(sql.ref('revoked_at'), 'is', null)
    .execute();
  // What one account handed out is a small part of the log. A row that was damaged is still a row.
  await db.schema
    .createIndex('audit_connection')
    .on('audit')
    .expression(sql`case when json_valid(entry) then entry ->> '$.connectionId' end`)
    .column('number')
    .execute();
}
