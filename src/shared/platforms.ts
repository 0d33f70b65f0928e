import type { Platform } from './connection-views.ts';

/** The names people know. */
export const PLATFORM_NAMES: Record<Platform, string> = {
  github: 'GitHub',
  jira: 'Jira and Confluence',
  slack: 'Slack',
  hq: 'Trackeep HQ',
};
