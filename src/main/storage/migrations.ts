import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Every step from an empty database to today's, by name and in the order of their names. A step that was once released
 * is never changed: the next one goes below it. There are no steps back: an older app refuses a newer database.
 *
 * The tables are STRICT, so a value of another type is an error where it is written and not a surprise where it is read.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-version': { up: firstVersion },
  '0002-issuer': { up: issuer },
  '0003-broker': { up: broker },
};

async function firstVersion(db: Kysely<unknown>): Promise<void> {
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

async function issuer(db: Kysely<unknown>): Promise<void> {
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

async function broker(db: Kysely<unknown>): Promise<void> {
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
