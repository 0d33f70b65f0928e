import type { Insertable } from 'kysely';
import type { InstallationsTable } from '../../src/main/storage/schema.ts';

/** A row of `installations` as a sign-in writes it; what a test cares about goes into `own`. */
export function accountRow(own: Partial<Insertable<InstallationsTable>> = {}): Insertable<InstallationsTable> {
  return {
    id: 'a6b1f7c2-0000-4000-8000-000000000001',
    platform: 'github',
    host: 'github.com',
    external_org_id: '583231',
    external_org_name: 'The Octocat',
    external_installation_id: null,
    login: 'octocat',
    display_name: 'The Octocat',
    sealed_access_token: 'sealed',
    sealed_refresh_token: null,
    access_expires_at: null,
    refresh_expires_at: null,
    scopes: '[]',
    permissions: '{}',
    metadata: '{}',
    state: 'ok',
    problem: null,
    installed_by: 'octocat',
    created_at: 1,
    updated_at: 1,
    last_refreshed_at: null,
    last_used_at: null,
    paused_until: null,
    revoked_at: null,
    ...own,
  };
}
