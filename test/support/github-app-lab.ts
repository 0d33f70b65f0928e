import type { UsableToken } from '../../src/main/connections/connections.ts';
import type { AppInstallation, RegisteredApp } from '../../src/main/demo/emulated-github.ts';
import type { ConnectionView, GitHubAppView } from '../../src/shared/connection-views.ts';
import { type ConnectionsLab, type ConnectionsLabOptions, openConnectionsLab } from './connections-lab.ts';
import { TEST_REQUESTER } from './requester.ts';

/** What octocat has at the emulated GitHub. */
const REPOSITORIES = ['garden', 'recipes', 'letters'].map((name) => ({
  ...{ owner: 'octocat', name, description: name, private: true, language: 'Markdown' },
}));

/** A connections lab whose GitHub knows an app that is installed at octocat's, with its private key at hand. */
export interface GitHubAppLab {
  readonly lab: ConnectionsLab;
  readonly app: RegisteredApp;
  readonly installation: AppInstallation;
  /** Imports the app. */
  add(): Promise<GitHubAppView>;
  /** The connection of the one installation. */
  connection(): Promise<ConnectionView>;
  token(narrowing?: Parameters<ConnectionsLab['connections']['token']>[3]): Promise<UsableToken>;
  /** What GitHub answers to a request with this token. */
  asks(token: string, path: string, method?: string): Promise<{ status: number; data: unknown }>;
}

export async function openGitHubAppLab(options: ConnectionsLabOptions = {}): Promise<GitHubAppLab> {
  const lab = await openConnectionsLab({ client: null, ...options, github: { repositories: REPOSITORIES } });
  const { connections, github } = lab;
  const app = github.apps.register({ name: 'My agents', owner: 'octocat' });
  const installation = github.apps.install(app, { login: 'octocat', repositories: ['garden', 'recipes'] });
  return {
    ...{ lab, app, installation },
    add: () => connections.githubApps.import({ appId: String(app.id), privateKey: app.privateKey }),
    async connection() {
      const [connection] = await connections.list();
      if (!connection) throw new Error('There is no connection.');
      return connection;
    },
    token: (narrowing) => connections.token('github', undefined, TEST_REQUESTER, narrowing),
    asks: (token, path, method = 'GET') => ask(`${github.url}${path}`, token, method),
  };
}

async function ask(url: string, token: string, method: string) {
  const answer = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  return { status: answer.status, data: text === '' ? null : (JSON.parse(text) as unknown) };
}
