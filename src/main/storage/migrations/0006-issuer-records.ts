import { type Kysely, sql } from 'kysely';

/**
 * Records in the order in which they came, where they were in the order of their hashes: there, each new one had a page to
 * itself, and often one had to be split for it, so that a refresh wrote seven pages. Now it writes three.
 */
export async function issuerRecordsInOrder(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('issuer_records').renameTo('issuer_records_before').execute();
  await db.schema
    .createTable('issuer_records')
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('id_hash', 'text', (column) => column.notNull())
    .addColumn('grant_id', 'text', (column) => column.references('issuer_grants.id').onDelete('cascade'))
    .addColumn('lookup_hash', 'text')
    .addColumn('payload', 'text')
    .addColumn('sealed_payload', 'text')
    .addColumn('consumed_at', 'integer')
    .addColumn('expires_at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('issuer_records_key', ['model', 'id_hash'])
    .modifyEnd(sql`strict`)
    .execute();
  await sql`insert into issuer_records
    select model, id_hash, grant_id, lookup_hash, payload, sealed_payload, consumed_at, expires_at
    from issuer_records_before order by expires_at`.execute(db);
  // Takes its indexes along.
  await db.schema.dropTable('issuer_records_before').execute();
  await db.schema
    .createIndex('issuer_records_grant')
    .on('issuer_records')
    .column('grant_id')
    .where(sql.ref('grant_id'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('issuer_records_lookup')
    .on('issuer_records')
    .columns(['model', 'lookup_hash'])
    .where(sql.ref('lookup_hash'), 'is not', null)
    .execute();
  await db.schema.createIndex('issuer_records_expiry').on('issuer_records').column('expires_at').execute();
}
