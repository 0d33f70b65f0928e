import { type Kysely, sql } from 'kysely';

export async function issuer(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('issuer_clients')
    .addColumn('client_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('metadata', 'text', (column) => column.notNull())
    .addColumn('process', 'text')
    .addColumn('registered_at', 'integer', (column) => column.notNull())
    .addColumn('last_used_at', 'integer')
    .modifyEnd(sql`strict`)
    .execute();

  await db.schema
    .createTable('issuer_grants')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('redirect_host', 'text')
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('approved_at', 'integer', (column) => column.notNull())
    .addColumn('last_used_at', 'integer')
    .addColumn('expires_at', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema.createIndex('issuer_grants_client').on('issuer_grants').column('client_id').execute();
  await db.schema.createIndex('issuer_grants_expiry').on('issuer_grants').column('expires_at').execute();

  await db.schema
    .createTable('issuer_remembered')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('redirect_host', 'text')
    .addColumn('browser_hash', 'text', (column) => column.notNull())
    .addColumn('remembered_at', 'integer', (column) => column.notNull())
    .addColumn('until', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema.createIndex('issuer_remembered_client').on('issuer_remembered').column('client_id').execute();

  // A record that hangs on a grant goes with it, and cannot come after it: that is what keeps a refresh that races a
  // revocation from leaving a live token behind.
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
    .modifyEnd(sql`strict, without rowid`)
    .execute();
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

  await db.schema
    .createTable('issuer_keys')
    .addColumn('kid', 'text', (column) => column.primaryKey().notNull())
    .addColumn('alg', 'text', (column) => column.notNull())
    .addColumn('public_jwk', 'text', (column) => column.notNull())
    .addColumn('sealed_private_jwk', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('retired_at', 'integer')
    .modifyEnd(sql`strict`)
    .execute();

  await db.schema
    .createTable('issuer_secrets')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('sealed_value', 'text', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
}
