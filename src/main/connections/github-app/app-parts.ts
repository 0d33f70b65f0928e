import type { Kysely } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import type { Config } from '../../core/config.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Vault } from '../../vault/vault.ts';
import { createGitHubApi, type GitHubApi } from '../github/github-api.ts';
import { type AppRequests, createAppRequests } from './app-requests.ts';
import { type AppStore, createAppStore } from './app-store.ts';
import { signing } from './create-github-apps.ts';
import { createInstallationTokens, type InstallationTokens } from './installation-tokens.ts';

/** What everything around GitHub Apps stands on. */
export interface AppParts {
  api: GitHubApi;
  requests: AppRequests;
  store: AppStore;
  installationTokens: InstallationTokens;
}

export function createAppParts(parts: {
  db: Kysely<Schema>;
  vault: Vault;
  config: Config['github'];
  fetch: typeof globalThis.fetch;
  clock: Clock;
  learn: (secret: string) => void;
}): AppParts {
  const { db, vault, config, fetch, clock, learn } = parts;
  const { url, apiUrl, app: environment } = config;
  const api = createGitHubApi({ apiUrl, fetch, clock });
  const requests = createAppRequests({ api, clock });
  const store = createAppStore({ db, vault, clock, host: new URL(url).host, environment });
  const sign = async (appId: string) => signing(store, await store.get(appId));
  return {
    api,
    requests,
    store,
    installationTokens: createInstallationTokens({ api, requests, signing: sign, learn }),
  };
}
