import { type Kysely, sql } from 'kysely';

/** Programs name an organisation with every token they ask for. */
export async function organisations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('installations_organisation')
    .on('installations')
    .columns(['platform', 'host'])
    .expression(sql`metadata ->> '$.organisation.id'`)
    .where(sql.ref('revoked_at'), 'is', null)
    .execute();
}
