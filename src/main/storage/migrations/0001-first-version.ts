import { type Kysely, sql } from 'kysely';

export async function firstVersion(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('installations')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('platform', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('external_org_id', 'text', (column) => column.notNull())
    .addColumn('external_org_name', 'text', (column) => column.notNull())
    .addColumn('external_installation_id', 'text')
    .addColumn('login', 'text', (column) => column.notNull())
    .addColumn('display_name', 'text')
    .addColumn('sealed_access_token', 'text')
    .addColumn('sealed_refresh_token', 'text')
    .addColumn('access_expires_at', 'integer')
    .addColumn('refresh_expires_at', 'integer')
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('permissions', 'text', (column) => column.notNull())
    .addColumn('metadata', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('problem', 'text')
    .addColumn('generation', 'integer', (column) => column.notNull().defaultTo(1))
    .addColumn('installed_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .addColumn('last_refreshed_at', 'integer')
    .addColumn('last_used_at', 'integer')
    .addColumn('paused_until', 'integer')
    .addColumn('revoked_at', 'integer')
    .modifyEnd(sql`strict`)
    .execute();
  // An account is connected once. Revoked rows may stay beside the live one, as history.
  await db.schema
    .createIndex('installations_live_account')
    .unique()
    .on('installations')
    .columns(['platform', 'host', 'external_org_id'])
    .where(sql.ref('revoked_at'), 'is', null)
    .execute();

  await db.schema
    .createTable('oauth_states')
    .addColumn('state_hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('platform', 'text', (column) => column.notNull())
    .addColumn('flow_id', 'text', (column) => column.notNull())
    .addColumn('sealed_code_verifier', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('expires_at', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema.createIndex('oauth_states_expiry').on('oauth_states').column('expires_at').execute();

  await db.schema
    .createTable('providers')
    .addColumn('platform', 'text', (column) => column.primaryKey().notNull())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('sealed_client_secret', 'text')
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();

  await db.schema
    .createTable('http_cache')
    .addColumn('installation_id', 'text', (column) =>
      column.notNull().references('installations.id').onDelete('cascade'),
    )
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('etag', 'text', (column) => column.notNull())
    .addColumn('sealed_body', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('http_cache_key', ['installation_id', 'url'])
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema.createIndex('http_cache_age').on('http_cache').column('updated_at').execute();

  await db.schema
    .createTable('release_feed')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('snapshot', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();

  await db.schema
    .createTable('vault_keys')
    .addColumn('key_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('state', 'text', (column) => column.notNull().check(sql`state in ('current', 'next', 'retired')`))
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('verifier', 'text', (column) => column.notNull())
    .addColumn('wrapping', 'text')
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema
    .createIndex('vault_keys_one_current')
    .unique()
    .on('vault_keys')
    .column('state')
    .where(sql.ref('state'), '=', 'current')
    .execute();
}
