import type { Platform } from '../../shared/connection-views.ts';

/** How an app of the person's own is spoken of, in the provider's own words where the person has to find them. */
export const APP_WORDS: Record<Platform, { make: string; clientId: string; secret: string }> = {
  github: {
    make: 'Make a GitHub App',
    clientId: 'Of your GitHub App or OAuth app, such as Iv23liAbCdEfGhIjKlMn',
    secret: 'Only for signing in through the browser and back; signing in with a code needs none.',
  },
  jira: {
    make: 'Make an OAuth 2.0 app',
    clientId: 'In the app’s Settings, under “Authentication details”',
    secret: 'Beside the client ID. Atlassian renews no token without it.',
  },
  slack: {
    make: 'Make a Slack app',
    clientId: 'Under Basic Information, “App Credentials”, such as 1234567890.1234567890',
    secret: 'Beside the client ID. An app with PKCE switched on needs none.',
  },
  hq: {
    make: 'Open Trackeep HQ',
    clientId: 'Of your app at Trackeep HQ',
    secret: 'Of your app at Trackeep HQ',
  },
};
