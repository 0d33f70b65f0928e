import type { ConnectionView } from '../../src/shared/views.ts';

/** A connected account that nothing is the matter with, for rules over views. */
export const CONNECTION: ConnectionView = {
  id: '4f9c1f0e-8a43-4c86-9b3a-0b6d1d1f6c11',
  platform: 'github',
  host: 'github.com',
  login: 'octocat',
  name: null,
  state: 'ok',
  problem: null,
  scopes: [],
  connectedAt: '2026-11-01T08:00:00.000Z',
  accessExpiresAt: null,
  refreshExpiresAt: null,
  lastRefreshedAt: null,
  lastUsedAt: null,
  pausedUntil: null,
};
