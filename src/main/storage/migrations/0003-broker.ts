import { type Kysely, sql } from 'kysely';

export async function broker(db: Kysely<unknown>): Promise<void> {
  // Installations of one sign-in share one token: whoever renews it renews it for all of them.
  await db.schema.alterTable('installations').addColumn('token_group', 'text').execute();
  await db.schema.alterTable('installations').addColumn('last_used_by', 'text').execute();
  // Who renews the token now, across processes: a lease, and a number that grows with each, so that a holder who slept
  // through its lease cannot write over what the next one brought.
  await db.schema.alterTable('installations').addColumn('lease_holder', 'text').execute();
  await db.schema.alterTable('installations').addColumn('lease_until', 'integer').execute();
  await db.schema
    .alterTable('installations')
    .addColumn('lease_number', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex('installations_expiry')
    .on('installations')
    .column('access_expires_at')
    .where(sql.ref('access_expires_at'), 'is not', null)
    .execute();

  await db.schema
    .createTable('github_apps')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('slug', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('owner', 'text')
    .addColumn('client_id', 'text')
    .addColumn('sealed_client_secret', 'text')
    .addColumn('sealed_webhook_secret', 'text')
    .addColumn('sealed_private_key', 'text', (column) => column.notNull())
    .addColumn('added_at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('github_apps_key', ['host', 'id'])
    .modifyEnd(sql`strict`)
    .execute();

  await db.schema
    .createTable('audit')
    .addColumn('number', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('entry', 'text', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('sealed_key', 'text', (column) => column.notNull())
    .addColumn('last_number', 'integer', (column) => column.notNull())
    .addColumn('head_mac', 'text', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();

  await db.schema
    .createTable('exports')
    .addColumn('connection_id', 'text', (column) => column.notNull().references('installations.id').onDelete('cascade'))
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('path', 'text')
    .addColumn('written_at', 'integer')
    .addColumn('problem', 'text')
    .addPrimaryKeyConstraint('exports_key', ['connection_id', 'target'])
    .modifyEnd(sql`strict`)
    .execute();
}
