import { type Kysely, sql } from 'kysely';

/** Repositories and what happens in them. */
export async function tracking(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tracked_repositories')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('github_id', 'integer', (column) => column.notNull())
    .addColumn('node_id', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('private', 'integer', (column) => column.notNull())
    .addColumn('fork', 'integer', (column) => column.notNull())
    .addColumn('archived', 'integer', (column) => column.notNull())
    .addColumn('description', 'text')
    .addColumn('language', 'text')
    .addColumn('languages', 'text', (column) => column.notNull())
    .addColumn('topics', 'text', (column) => column.notNull())
    .addColumn('license', 'text')
    .addColumn('stars', 'integer', (column) => column.notNull())
    .addColumn('forks', 'integer', (column) => column.notNull())
    .addColumn('watchers', 'integer', (column) => column.notNull())
    .addColumn('open_issues', 'integer', (column) => column.notNull())
    .addColumn('open_pull_requests', 'integer', (column) => column.notNull())
    .addColumn('default_branch', 'text')
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('pushed_at', 'integer')
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull().check(sql`state in ('tracked', 'left_out', 'gone')`))
    .addColumn('state_since', 'integer', (column) => column.notNull())
    .addColumn('problem', 'text')
    .addColumn('head_key', 'text', (column) => column.notNull())
    .addColumn('branches_key', 'text', (column) => column.notNull())
    .addColumn('pull_requests_key', 'text', (column) => column.notNull())
    .addColumn('releases_key', 'text', (column) => column.notNull())
    .addColumn('synced_head_key', 'text')
    .addColumn('synced_branches_key', 'text')
    .addColumn('synced_pull_requests_key', 'text')
    .addColumn('synced_releases_key', 'text')
    .addColumn('work', 'text')
    .addColumn('pass', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('looked_at', 'integer', (column) => column.notNull())
    .addColumn('moved_at', 'integer', (column) => column.notNull())
    .addColumn('next_look_at', 'integer', (column) => column.notNull())
    .addColumn('webhook_at', 'integer')
    .addColumn('lost_by', 'text')
    .addColumn('kept_from', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('muted', 'integer', (column) => column.notNull().defaultTo(0))
    .addUniqueConstraint('tracked_repositories_github', ['host', 'github_id'])
    .modifyEnd(sql`strict`)
    .execute();
  // Each way the table of repositories is sorted, so that a page of it costs the same however many there are.
  for (const column of ['updated_at', 'stars', 'open_issues', 'open_pull_requests', 'forks', 'next_look_at'])
    await db.schema
      .createIndex(`tracked_repositories_${column}`)
      .on('tracked_repositories')
      .columns(['state', column, 'id'])
      .execute();
  // An empty repository was never pushed to. NULL could not be gone on from by comparing.
  await db.schema
    .createIndex('tracked_repositories_pushed_at')
    .on('tracked_repositories')
    .columns(['state'])
    .expression(sql`ifnull(pushed_at, 0)`)
    .column('id')
    .execute();
  await db.schema
    .createIndex('tracked_repositories_name')
    .on('tracked_repositories')
    .columns(['state'])
    .expression(sql`lower(owner || '/' || name)`)
    .column('id')
    .execute();

  // The same repository may be seen through several accounts; it is kept once.
  await db.schema
    .createTable('tracked_through')
    .addColumn('connection_id', 'text', (column) => column.notNull().references('installations.id').onDelete('cascade'))
    .addColumn('repository_id', 'integer', (column) =>
      column.notNull().references('tracked_repositories.id').onDelete('cascade'),
    )
    .addColumn('listed_at', 'integer', (column) => column.notNull())
    .addColumn('starred', 'integer', (column) => column.notNull().defaultTo(0))
    .addPrimaryKeyConstraint('tracked_through_key', ['connection_id', 'repository_id'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
  await db.schema.createIndex('tracked_through_repository').on('tracked_through').column('repository_id').execute();

  await db.schema
    .createTable('tracked_accounts')
    .addColumn('connection_id', 'text', (column) =>
      column.primaryKey().notNull().references('installations.id').onDelete('cascade'),
    )
    .addColumn('listing', 'text')
    .addColumn('listed_at', 'integer')
    .addColumn('contributions_at', 'integer')
    .addColumn('first_synced_at', 'integer')
    .modifyEnd(sql`strict`)
    .execute();

  await db.schema
    .createTable('tracked_commits')
    .addColumn('repository_id', 'integer', (column) =>
      column.notNull().references('tracked_repositories.id').onDelete('cascade'),
    )
    .addColumn('oid', 'text', (column) => column.notNull())
    .addColumn('author_name', 'text')
    .addColumn('author_login', 'text')
    .addColumn('authored_at', 'integer', (column) => column.notNull())
    .addColumn('committed_at', 'integer', (column) => column.notNull())
    .addColumn('headline', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('additions', 'integer')
    .addColumn('deletions', 'integer')
    .addColumn('pass', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracked_commits_key', ['repository_id', 'oid'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
  await db.schema
    .createIndex('tracked_commits_time')
    .on('tracked_commits')
    .columns(['repository_id', 'committed_at', 'oid'])
    .execute();

  await db.schema
    .createTable('tracked_branches')
    .addColumn('repository_id', 'integer', (column) =>
      column.notNull().references('tracked_repositories.id').onDelete('cascade'),
    )
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('head_oid', 'text', (column) => column.notNull())
    .addColumn('committed_at', 'integer')
    .addColumn('pass', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracked_branches_key', ['repository_id', 'name'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();

  await db.schema
    .createTable('tracked_pull_requests')
    .addColumn('repository_id', 'integer', (column) =>
      column.notNull().references('tracked_repositories.id').onDelete('cascade'),
    )
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('author', 'text')
    .addColumn('state', 'text', (column) => column.notNull().check(sql`state in ('open', 'closed', 'merged')`))
    .addColumn('draft', 'integer', (column) => column.notNull())
    .addColumn('head_ref', 'text', (column) => column.notNull())
    .addColumn('base_ref', 'text', (column) => column.notNull())
    .addColumn('review', 'text')
    .addColumn('reviews', 'integer', (column) => column.notNull())
    .addColumn('reviewers', 'text', (column) => column.notNull())
    .addColumn('checks', 'text')
    .addColumn('mergeable', 'text')
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('additions', 'integer')
    .addColumn('deletions', 'integer')
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .addColumn('merged_at', 'integer')
    .addColumn('closed_at', 'integer')
    .addColumn('pass', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracked_pull_requests_key', ['repository_id', 'number'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
  await db.schema
    .createIndex('tracked_pull_requests_state')
    .on('tracked_pull_requests')
    .columns(['state', 'updated_at', 'repository_id', 'number'])
    .execute();
  await db.schema
    .createIndex('tracked_pull_requests_author')
    .on('tracked_pull_requests')
    .expression(sql`lower(author)`)
    .columns(['state', 'updated_at', 'repository_id', 'number'])
    .execute();
  // Few of all, and looked through with every status.
  await db.schema
    .createIndex('tracked_pull_requests_asked')
    .on('tracked_pull_requests')
    .columns(['updated_at', 'repository_id', 'number'])
    .where(sql.ref('reviewers'), '<>', sql.lit('[]'))
    .execute();
  await db.schema
    .createIndex('tracked_pull_requests_merged')
    .on('tracked_pull_requests')
    .columns(['merged_at', 'repository_id', 'number'])
    .where(sql.ref('merged_at'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('tracked_pull_requests_of')
    .on('tracked_pull_requests')
    .columns(['repository_id', 'updated_at', 'number'])
    .execute();

  await db.schema
    .createTable('tracked_releases')
    .addColumn('repository_id', 'integer', (column) =>
      column.notNull().references('tracked_repositories.id').onDelete('cascade'),
    )
    .addColumn('github_id', 'integer', (column) => column.notNull())
    .addColumn('tag', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('prerelease', 'integer', (column) => column.notNull())
    .addColumn('published_at', 'integer', (column) => column.notNull())
    .addColumn('pass', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracked_releases_key', ['repository_id', 'github_id'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();

  await db.schema
    .createTable('tracked_events')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement().notNull())
    .addColumn('repository_id', 'integer', (column) =>
      column.notNull().references('tracked_repositories.id').onDelete('cascade'),
    )
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('noticed_at', 'integer', (column) => column.notNull())
    .addColumn('actor', 'text')
    .addColumn('number', 'integer')
    .addColumn('title', 'text')
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .addColumn('count', 'integer')
    .addColumn('once', 'text')
    .modifyEnd(sql`strict`)
    .execute();
  // What has a name of its own happens once, however often it is told of.
  await db.schema
    .createIndex('tracked_events_once')
    .unique()
    .on('tracked_events')
    .columns(['repository_id', 'once'])
    .where(sql.ref('once'), 'is not', null)
    .execute();
  await db.schema.createIndex('tracked_events_time').on('tracked_events').columns(['at', 'id']).execute();
  await db.schema.createIndex('tracked_events_kind').on('tracked_events').columns(['kind', 'at', 'id']).execute();
  await db.schema
    .createIndex('tracked_events_of')
    .on('tracked_events')
    .columns(['repository_id', 'at', 'id'])
    .execute();
  await db.schema.createIndex('tracked_events_noticed').on('tracked_events').columns(['noticed_at', 'id']).execute();

  await db.schema
    .createTable('tracked_days')
    .addColumn('repository_id', 'integer', (column) =>
      column.notNull().references('tracked_repositories.id').onDelete('cascade'),
    )
    .addColumn('day', 'integer', (column) => column.notNull())
    .addColumn('commits', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('additions', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('deletions', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('pull_requests_opened', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('pull_requests_merged', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('releases', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('stars', 'integer')
    .addColumn('forks', 'integer')
    .addColumn('open_issues', 'integer')
    .addPrimaryKeyConstraint('tracked_days_key', ['repository_id', 'day'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
  await db.schema.createIndex('tracked_days_day').on('tracked_days').column('day').execute();

  await db.schema
    .createTable('tracked_contributions')
    .addColumn('connection_id', 'text', (column) => column.notNull().references('installations.id').onDelete('cascade'))
    .addColumn('day', 'integer', (column) => column.notNull())
    .addColumn('count', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracked_contributions_key', ['connection_id', 'day'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();

  await db.schema
    .createTable('webhook_deliveries')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('received_at', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict, without rowid`)
    .execute();
  await db.schema.createIndex('webhook_deliveries_age').on('webhook_deliveries').column('received_at').execute();

  await db.schema
    .createTable('webhook_secrets')
    .addColumn('host', 'text', (column) => column.primaryKey().notNull())
    .addColumn('sealed_secret', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
}
