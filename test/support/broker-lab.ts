import { type EmulatedGitHub, SECRET_CLIENT, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import type { FlowView } from '../../src/shared/connection-views.ts';
import { register, signIn } from './oauth-client.ts';
import { startWholeApp, type WholeApp } from './whole-app.ts';

/** The whole app towards an emulated GitHub, with clients that the person has approved. */
export interface BrokerLab {
  readonly app: WholeApp;
  readonly address: string;
  readonly github: EmulatedGitHub;
  /** A procedure of the contract, as the web UI calls it. */
  call<T>(name: string, input?: unknown): Promise<T>;
  /** Connects an account through the browser. @returns its connection's id */
  connect(login?: string): Promise<string>;
  /** A client with an access token for these scopes. */
  client(
    scope: string,
    options?: { resource?: string; name?: string },
  ): Promise<{ clientId: string; token: string; refreshToken: string }>;
  stop(): Promise<void>;
}

export async function openBrokerLab(): Promise<BrokerLab> {
  const github = await startEmulatedGitHub({ releases: [] });
  const app = await startWholeApp({
    env: {
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_CLIENT_ID: SECRET_CLIENT.clientId,
      GITHUB_CLIENT_SECRET: SECRET_CLIENT.clientSecret ?? '',
      AUTO_UPDATE_CHECK: 'false',
    },
  });
  const { address } = app;
  const lab: BrokerLab = {
    ...{ app, address, github },
    call: <T>(name: string, input: unknown = {}) => app.app.control.call('web', name, input) as Promise<T>,
    async connect(login = 'octocat') {
      const flow = await lab.call<FlowView>('connections.begin', { platform: 'github', way: 'web' });
      await fetch(await approveAtGitHub(flow.authorizationUrl ?? '', login));
      const { connectionId, error } = await lab.call<FlowView>('connections.flow', { id: flow.id });
      if (connectionId === null) throw new Error(`not connected: ${error?.message}`);
      return connectionId;
    },
    async client(scope, { resource = address, name = 'Test editor' } = {}) {
      const { body } = await register(address, {
        client_name: name,
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      });
      const { clientId, tokens } = await signIn(address, app.approvals, {
        clientId: body.client_id,
        scope,
        resource,
      });
      return { clientId, token: tokens.access_token, refreshToken: tokens.refresh_token ?? '' };
    },
    async stop() {
      await app.stop();
      await github.close();
    },
  };
  return lab;
}

/** The person allows it on GitHub's page. @returns where GitHub sends the browser back to */
export async function approveAtGitHub(authorizationUrl: string, login: string): Promise<string> {
  const page = new URL(authorizationUrl);
  page.searchParams.set('decision', 'approve');
  page.searchParams.set('login', login);
  const answer = await fetch(page, { method: 'POST', redirect: 'manual' });
  return answer.headers.get('location') ?? '';
}
