import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import { type EmulatedGitHub, SECRET_CLIENT, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import type { FlowView } from '../../src/shared/connection-views.ts';
import type { SettingsPatch } from '../../src/shared/settings-views.ts';
import { approveAtGitHub } from './broker-lab.ts';
import { startWholeApp, type WholeApp } from './whole-app.ts';

export const JWT_SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
export const OAUTH_JWT_SECRET = 'c0ffee00112233445566778899aabbcc';
/** The instance that `FRONTEND_URL` names. */
export const FRONTEND = 'http://localhost:5173';

/** What a browser says of itself when a person opens an address. */
export const OPENED = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** The whole app beside a Trackeep of the person's own, towards an emulated GitHub with Trackeep's releases. */
export interface TrackeepLab {
  readonly app: WholeApp;
  readonly github: EmulatedGitHub;
  call<T>(name: string, input?: unknown): Promise<T>;
  /** A request as it stands: redirects are answers. */
  ask(path: string, init?: RequestInit & { session?: string }): Promise<Response>;
  /** Loads an address as a browser does; `fetch` would say of itself that it is none. */
  visit(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body: unknown, session?: string): Promise<Response>;
  /** Connects an account through the browser. @returns its connection's id */
  connect(login?: string): Promise<string>;
  /** GitHub's own token of an account, as the person gets it from the command. */
  gitHubToken(account: string): Promise<string>;
  set(patch: SettingsPatch): Promise<void>;
  /** Opens the address as a person does; the token that the instance is given at the end. */
  signIn(path?: string): Promise<string>;
  /** From the sign-in to the session. */
  session(path?: string): Promise<string>;
  stop(): Promise<void>;
}

export async function openTrackeepLab(env: Record<string, string> = {}): Promise<TrackeepLab> {
  const github = await startEmulatedGitHub({ assetBytes: 4_096 });
  const app = await startWholeApp({
    env: {
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_CLIENT_ID: SECRET_CLIENT.clientId,
      GITHUB_CLIENT_SECRET: SECRET_CLIENT.clientSecret ?? '',
      AUTO_UPDATE_CHECK: 'false',
      APP_VERSION: 'v1.2.5',
      ...{ JWT_SECRET, OAUTH_JWT_SECRET, FRONTEND_URL: FRONTEND },
      ...env,
    },
  });
  const lab: TrackeepLab = {
    ...{ app, github },
    call: <T>(name: string, input: unknown = {}) => app.app.control.call('web', name, input) as Promise<T>,
    ask: (path, { session, ...init } = {}) =>
      fetch(app.address + path, {
        redirect: 'manual',
        ...init,
        headers: { ...(session === undefined ? {} : { authorization: `Bearer ${session}` }), ...init.headers },
      }),
    async visit(path, headers = OPENED) {
      const request = get(app.address + path, { headers });
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      const { statusCode: status = 0 } = answer;
      return new Response(await text(answer), { status, headers: answer.headers as Record<string, string> });
    },
    post: (path, body, session) =>
      lab.ask(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
        ...(session === undefined ? {} : { session }),
      }),
    async connect(login = 'octocat') {
      const flow = await lab.call<FlowView>('connections.begin', { platform: 'github', way: 'web' });
      await fetch(await approveAtGitHub(flow.authorizationUrl ?? '', login));
      const { connectionId, error } = await lab.call<FlowView>('connections.flow', { id: flow.id });
      if (connectionId === null) throw new Error(`not connected: ${error?.message}`);
      return connectionId;
    },
    async gitHubToken(account) {
      const input = { platform: 'github', account };
      const { token } = (await app.app.control.call('socket', 'tokens.get', input)) as { token: string };
      return token;
    },
    async set(patch) {
      await lab.call('settings.set', patch);
    },
    async signIn(path = '/auth/github') {
      const answer = await lab.visit(path);
      const token = new URL(answer.headers.get('location') ?? 'about:blank').searchParams.get('token');
      if (token === null) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
      return token;
    },
    async session(path) {
      const answer = await lab.post('/api/v1/auth/oauth/callback', { token: await lab.signIn(path) });
      const { token } = await answer.json();
      return token;
    },
    async stop() {
      await app.stop();
      await github.close();
    },
  };
  return lab;
}

/** A session as a Trackeep signs it itself. */
export function sessionWith(
  claims: Record<string, unknown>,
  {
    secret = JWT_SECRET,
    expires = '1h',
    alg = 'HS256',
  }: { secret?: string; expires?: string | null; alg?: string } = {},
): Promise<string> {
  const token = new SignJWT(claims).setProtectedHeader({ alg });
  return (expires === null ? token : token.setExpirationTime(expires)).sign(new TextEncoder().encode(secret));
}
