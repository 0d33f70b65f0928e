import { hasCode } from '../../src/main/core/errors.ts';
import type { AppConnection } from '../../src/main/http/socket-client.ts';
import { post, refresh, register, signIn, type TokenAnswer } from './oauth-client.ts';

/** What a client needs of the app that runs just now. */
export interface Desk {
  issuer: string;
  /** The person's way to approve. */
  link: AppConnection;
}

/** A client with what it would keep on its disk: what it was answered, and nothing that it only hoped for. */
export interface LoadClient {
  readonly name: string;
  clientId: string | null;
  tokens: { access: string; refresh: string } | null;
  /** Used up, with their successors in hand, oldest first. Of the grant that it has now. */
  used: string[];
  /** How often it registered: more than once, and it was forgotten. */
  registrations: number;
}

export function createLoadClient(name: string): LoadClient {
  return { name, clientId: null, tokens: null, used: [], registrations: 0 };
}

/** What a client may be at when the app is killed. Each throws when the app goes away, or answers as it should not. */
export const STEPS = {
  async register(client: LoadClient, { issuer }: Desk) {
    const { status, body } = await register(issuer, { client_name: client.name });
    expectStatus(client, 'register', { status, body }, 201);
    client.clientId = body.client_id;
    client.registrations += 1;
  },

  /** From the browser to the first tokens; the person approves with the number on the page. */
  async signIn(client: LoadClient, { issuer, link }: Desk) {
    const clientId = client.clientId ?? '';
    const approvals = {
      list: async () => (await link.call('approvals.list', {})).filter((approval) => approval.client.id === clientId),
      approve: (decision: { id: string; number: number; rememberMs: number | null }) =>
        link.call('approvals.approve', decision),
    };
    const { tokens } = await signIn(issuer, approvals, { clientId, scope: 'openid installations:read' });
    client.used = [];
    keep(client, tokens);
  },

  /** With the token that it has, be that in use already: an answer that was lost is given again. */
  async refresh(client: LoadClient, { issuer }: Desk) {
    const presented = client.tokens?.refresh ?? '';
    const answer = await refresh(issuer, client.clientId ?? '', presented);
    expectStatus(client, 'refresh', answer, 200);
    client.used.push(presented);
    keep(client, answer.body);
  },

  async callTool(client: LoadClient, { issuer }: Desk) {
    const status = await toolCall(issuer, client.tokens?.access ?? '');
    expectStatus(client, 'tool call', { status, body: null }, 200);
  },

  async revoke(client: LoadClient, { issuer }: Desk) {
    const { access } = client.tokens ?? { access: '' };
    // Whether or not the answer arrives, these tokens are not to be counted on.
    client.tokens = null;
    const answer = await post(`${issuer}/revoke`, { token: access, client_id: client.clientId ?? '' });
    expectStatus(client, 'revoke', answer, 200);
  },
};

/** @returns the HTTP status of a call of `connections_status` at /mcp */
export async function toolCall(issuer: string, accessToken: string): Promise<number> {
  const answer = await fetch(`${issuer}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'connections_status', arguments: {} },
    }),
  });
  const text = await answer.text();
  if (answer.status === 200 && !text.includes('structuredContent')) throw new Error(`Not a tool's result: ${text}`);
  return answer.status;
}

/** Whether a step ended because the app did: fetch fails with a TypeError and its cause, the socket with a code of ours. */
export function isAppGone(error: unknown): boolean {
  return (error instanceof TypeError && error.cause !== undefined) || hasCode(error, 'app_not_running');
}

function keep(client: LoadClient, { access_token: access, refresh_token: next }: TokenAnswer): void {
  if (next === undefined) throw new Error(`${client.name} got no refresh token.`);
  client.tokens = { access, refresh: next };
}

function expectStatus(
  { name }: LoadClient,
  what: string,
  { status, body }: { status: number; body: unknown },
  wanted: number,
): void {
  if (status !== wanted) throw new Error(`${name}, ${what}: ${status} ${JSON.stringify(body)}`);
}
