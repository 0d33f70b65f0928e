import type { Config } from '../../src/main/core/config.ts';

const NOWHERE = 'http://127.0.0.1:9';

/** Providers that nobody set up, at an address where nothing listens. */
export const NO_PROVIDERS = {
  github: { url: NOWHERE, apiUrl: NOWHERE, clientId: null, clientSecret: null, app: null },
  jira: { authUrl: NOWHERE, apiUrl: NOWHERE, clientId: null, clientSecret: null },
  slack: { url: NOWHERE, clientId: null, clientSecret: null },
  hq: { url: NOWHERE, apiUrl: NOWHERE },
} satisfies Partial<Config>;
