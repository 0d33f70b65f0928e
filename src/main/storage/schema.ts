import type { Generated } from 'kysely';
import type {
  TrackedAccountsTable,
  TrackedBranchesTable,
  TrackedCommitsTable,
  TrackedContributionsTable,
  TrackedDaysTable,
  TrackedEventsTable,
  TrackedPullRequestsTable,
  TrackedReleasesTable,
  TrackedRepositoriesTable,
  TrackedThroughTable,
  WebhookDeliveriesTable,
  WebhookSecretsTable,
} from './tracking-schema.ts';

/** Times are integers, ms since the epoch. Columns named `sealed_*` hold compact JWEs that only the vault can read. */
export interface InstallationsTable {
  id: string;
  platform: string;
  /** The provider's host, such as github.com, so that two GitHub Enterprise servers do not mix. */
  host: string;
  external_org_id: string;
  external_org_name: string;
  /** A GitHub App installation's id; null for a user's own token. */
  external_installation_id: string | null;
  login: string;
  display_name: string | null;
  sealed_access_token: string | null;
  sealed_refresh_token: string | null;
  access_expires_at: number | null;
  refresh_expires_at: number | null;
  /** JSON array of strings. */
  scopes: string;
  /** JSON object. */
  permissions: string;
  /** JSON object. */
  metadata: string;
  /** `ok` or `needs_reconnect`; every passing trouble is kept in memory only. */
  state: string;
  /** JSON of an ErrorView: why it needs a reconnect. */
  problem: string | null;
  /** Grows with every connect and disconnect: a token refreshed across such an instant is not stored. */
  generation: Generated<number>;
  installed_by: string;
  created_at: number;
  updated_at: number;
  last_refreshed_at: number | null;
  last_used_at: number | null;
  /** The provider wants no request before this time. */
  paused_until: number | null;
  revoked_at: number | null;
  /** Installations with the same group came of one sign-in and share its token. Null: it shares with none. */
  token_group: string | null;
  /** Who was handed the token last, in words. */
  last_used_by: string | null;
  /** Who renews the token now, and until when; whoever takes the lease raises its number. */
  lease_holder: string | null;
  lease_until: number | null;
  lease_number: Generated<number>;
}

export interface OAuthStatesTable {
  /** SHA-256 of the state parameter, hex: the row itself cannot be replayed. */
  state_hash: string;
  platform: string;
  flow_id: string;
  sealed_code_verifier: string;
  created_at: number;
  expires_at: number;
}

export interface ProvidersTable {
  platform: string;
  client_id: string;
  sealed_client_secret: string | null;
  updated_at: number;
}

/** Conditional requests: what a provider answered last, per installation and address. Bodies may name private repositories. */
export interface HttpCacheTable {
  installation_id: string;
  url: string;
  etag: string;
  sealed_body: string;
  updated_at: number;
}

export interface ReleaseFeedTable {
  /** Always 1: the table has one row. */
  id: number;
  /** JSON of the last UpdatesView-like snapshot; public data only. */
  snapshot: string;
  updated_at: number;
}

export interface VaultKeysTable {
  /** Random id of the master key; sealed records name it. */
  key_id: string;
  /**
   * `current`: everything is sealed under it; at most one. `next`: being made, nothing is sealed under it yet.
   * `retired`: replaced by a rotation, not yet removed from its key source. The last two are what an interrupted
   * rotation leaves to be tidied, so that no key source ever has to be searched.
   */
  state: string;
  /** `keychain`, `passphrase` or `file`. */
  source: string;
  /** A known text sealed under the key, so that a wrong key is noticed before anything is read with it. */
  verifier: string;
  /** Passphrase source: scrypt parameters and salt, and the master key wrapped under the derived key (JSON). */
  wrapping: string | null;
  created_at: number;
}

/** GitHub Apps of the person's own. */
export interface GitHubAppsTable {
  /** GitHub's number of the app. */
  id: string;
  host: string;
  slug: string;
  name: string;
  owner: string | null;
  client_id: string | null;
  sealed_client_secret: string | null;
  sealed_webhook_secret: string | null;
  /** PEM. */
  sealed_private_key: string;
  added_at: number;
}

/** Every token that was handed out. */
export interface AuditTable {
  /** Counts from 1 without a gap. */
  number: number;
  /** JSON. */
  entry: string;
  /**
   * HMAC-SHA-256, hex, under a key that rests in the vault: over the MAC before it, this row, and those in front of it that
   * have none. Empty in all but the last of the rows that were written in one transaction.
   */
  mac: string;
}

/** Which accounts 64 rows of the log are about, so that those of one account are found. */
export interface AuditStretchesTable {
  /** The number of each of its rows, divided by 64. */
  stretch: number;
  /** The first 8 characters of each connection's id, with commas between them. */
  accounts: string;
}

/** The last row of the log, so that a log that was cut short is noticed. */
export interface AuditHeadTable {
  /** Always 1: the table has one row. */
  id: number;
  sealed_key: string;
  last_number: number;
  /** HMAC over the number and the MAC of the last row. */
  head_mac: string;
}

/** Tokens kept current outside, because the person asked for it. */
export interface ExportsTable {
  connection_id: string;
  /** `env_file` or `gh`. */
  target: string;
  path: string | null;
  written_at: number | null;
  /** JSON of an ErrorView. */
  problem: string | null;
}

/** The issuer's clients. What is public about a client is no secret; a configured one's secret never comes here. */
export interface IssuerClientsTable {
  client_id: string;
  /** `dynamic` or `metadata_document`; the others are not stored. */
  kind: string;
  /** JSON object: the client's metadata (RFC 7591 §2). */
  metadata: string;
  /** JSON of a ProcessView: the program last seen to use it. */
  process: string | null;
  registered_at: number;
  /** The last time it was authorized or used a refresh token. */
  last_used_at: number | null;
}

/** What a client was allowed. All tokens hang on it and fall with it. */
export interface IssuerGrantsTable {
  id: string;
  client_id: string;
  /** In canonical form. */
  resource: string;
  /** Space-separated, as in the protocol. */
  scopes: string;
  redirect_host: string | null;
  /** JSON object: the provider library's own record. */
  payload: string;
  approved_at: number;
  last_used_at: number | null;
  expires_at: number;
}

/** A word of the person that holds for a time: the same request is answered without asking. */
export interface IssuerRememberedTable {
  id: string;
  client_id: string;
  resource: string;
  scopes: string;
  redirect_host: string | null;
  /** SHA-256 of the mark of the browser that it was agreed to in, hex. */
  browser_hash: string;
  remembered_at: number;
  until: number;
}

/** Codes, refresh tokens, sessions and the like. A row cannot be turned back into what it was looked up by. */
export interface IssuerRecordsTable {
  /** The library's name for it, such as `RefreshToken`. */
  model: string;
  /** SHA-256 of the token or id, hex. */
  id_hash: string;
  grant_id: string | null;
  /** SHA-256 of the second thing it can be found by: a session's uid, a device code's user code. */
  lookup_hash: string | null;
  /** JSON without the token itself: nothing in it is a secret. Null where the whole is sealed. */
  payload: string | null;
  sealed_payload: string | null;
  consumed_at: number | null;
  expires_at: number;
}

export interface IssuerKeysTable {
  kid: string;
  alg: string;
  /** JSON of the public JWK. */
  public_jwk: string;
  sealed_private_jwk: string;
  created_at: number;
  /** Since when it signs no more; it is served until its last token has ended. */
  retired_at: number | null;
}

/** Random values that live as long as the data folder: the cookie key, the person's subject. */
export interface IssuerSecretsTable {
  name: string;
  sealed_value: string;
}

export interface Schema {
  installations: InstallationsTable;
  oauth_states: OAuthStatesTable;
  providers: ProvidersTable;
  http_cache: HttpCacheTable;
  release_feed: ReleaseFeedTable;
  vault_keys: VaultKeysTable;
  github_apps: GitHubAppsTable;
  audit: AuditTable;
  audit_stretches: AuditStretchesTable;
  audit_head: AuditHeadTable;
  exports: ExportsTable;
  issuer_clients: IssuerClientsTable;
  issuer_grants: IssuerGrantsTable;
  issuer_remembered: IssuerRememberedTable;
  issuer_records: IssuerRecordsTable;
  issuer_keys: IssuerKeysTable;
  issuer_secrets: IssuerSecretsTable;
  tracked_repositories: TrackedRepositoriesTable;
  tracked_through: TrackedThroughTable;
  tracked_accounts: TrackedAccountsTable;
  tracked_commits: TrackedCommitsTable;
  tracked_branches: TrackedBranchesTable;
  tracked_pull_requests: TrackedPullRequestsTable;
  tracked_releases: TrackedReleasesTable;
  tracked_events: TrackedEventsTable;
  tracked_days: TrackedDaysTable;
  tracked_contributions: TrackedContributionsTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_secrets: WebhookSecretsTable;
}

/** Every column that holds sealed text, with the columns that name its row: what a key rotation re-encrypts. */
export const SEALED_COLUMNS = [
  { table: 'installations', row: ['id'], columns: ['sealed_access_token', 'sealed_refresh_token'] },
  { table: 'oauth_states', row: ['state_hash'], columns: ['sealed_code_verifier'] },
  { table: 'providers', row: ['platform'], columns: ['sealed_client_secret'] },
  {
    table: 'github_apps',
    row: ['host', 'id'],
    columns: ['sealed_client_secret', 'sealed_webhook_secret', 'sealed_private_key'],
  },
  { table: 'audit_head', row: ['id'], columns: ['sealed_key'] },
  { table: 'http_cache', row: ['installation_id', 'url'], columns: ['sealed_body'] },
  { table: 'issuer_records', row: ['model', 'id_hash'], columns: ['sealed_payload'] },
  { table: 'issuer_keys', row: ['kid'], columns: ['sealed_private_jwk'] },
  { table: 'issuer_secrets', row: ['name'], columns: ['sealed_value'] },
  { table: 'webhook_secrets', row: ['host'], columns: ['sealed_secret'] },
] as const;
