import type { ApprovalView, ClientView, GrantView } from '../../src/shared/client-views.ts';
import type { ConnectionView, ProviderView } from '../../src/shared/connection-views.ts';
import type { TrackingSettings } from '../../src/shared/tracking-views.ts';

/** A connected account that nothing is the matter with, for rules over views. */
export const CONNECTION: ConnectionView = {
  id: '4f9c1f0e-8a43-4c86-9b3a-0b6d1d1f6c11',
  platform: 'github',
  host: 'github.com',
  kind: 'user',
  login: 'octocat',
  name: null,
  organisation: null,
  state: 'ok',
  problem: null,
  scopes: [],
  permissions: {},
  tokenPrefix: 'ghu_',
  tokenSince: '2026-11-01T08:00:00.000Z',
  connectedAt: '2026-11-01T08:00:00.000Z',
  accessExpiresAt: null,
  refreshExpiresAt: null,
  signInEndsAt: null,
  lastRefreshedAt: null,
  lastUsedAt: null,
  lastUsedBy: null,
  pausedUntil: null,
};

/** GitHub with an app of the person's own that has a secret. */
export const PROVIDER: ProviderView = {
  platform: 'github',
  name: 'GitHub',
  address: 'https://github.com',
  needsApp: true,
  secret: 'optional',
  clientId: 'Iv23li',
  hasClientSecret: true,
  configuredBy: 'person',
  ways: ['device', 'web'],
  registrationUrl: 'https://github.com/settings/apps/new',
  callbackUrl: 'http://127.0.0.1:9090/oauth/callback/github',
  scopes: [{ name: 'read:user', reason: 'to know whose account it is' }],
};

/** An editor that registered itself and waits for the person's word. */
export const APPROVAL: ApprovalView = {
  id: '7d1c2f6e-5b0a-4f0e-9d57-0a3f4c1b2e10',
  state: 'waiting',
  way: 'browser',
  client: { id: 'dyn_4YfVYkq2n1', kind: 'dynamic', name: 'Claude Code', registeredAt: '2026-11-01T08:00:00.000Z' },
  redirectHost: '127.0.0.1:33418',
  resource: 'http://127.0.0.1:9090/mcp',
  scopes: ['github:read', 'updates:read', 'offline_access'],
  held: [],
  process: null,
  requestedAt: '2026-11-01T08:00:10.000Z',
  expiresAt: '2026-11-01T08:05:10.000Z',
  triesLeft: 2,
};

/** What came of it. */
export const GRANT: GrantView = {
  id: 'grant-1',
  resource: 'http://127.0.0.1:9090/mcp',
  scopes: ['github:read', 'updates:read', 'offline_access'],
  redirectHost: '127.0.0.1:33418',
  approvedAt: '2026-11-01T08:00:30.000Z',
  lastUsedAt: null,
  expiresAt: '2026-12-01T08:00:30.000Z',
  rememberedUntil: null,
};

/** The same editor with that one grant. */
export const CLIENT: ClientView = {
  id: APPROVAL.client.id,
  kind: 'dynamic',
  name: 'Claude Code',
  redirectHosts: ['127.0.0.1:33418'],
  registeredAt: '2026-11-01T08:00:00.000Z',
  lastUsedAt: null,
  process: null,
  forgottenAt: '2027-01-30T08:00:00.000Z',
  grants: [GRANT],
};

/** As they are until the person says otherwise. */
export const TRACKING_SETTINGS: TrackingSettings = {
  paused: false,
  choice: { from: 'all', owners: [], topics: [], archived: false, forks: false },
  keepDays: null,
  notices: { reviewRequested: true, reviewed: true, checksFailed: true, merged: false, releases: false },
  webhookChannel: null,
};
