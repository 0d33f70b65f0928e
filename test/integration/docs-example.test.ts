import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { createMcpPerson } from '../support/mcp-person.ts';
import { post, signIn } from '../support/oauth-client.ts';

const EXAMPLE = 'docs/examples/protected-mcp-server.mjs';
const SCOPE = 'openid updates:read';

let lab: IssuerLab;
const processes: ChildProcess[] = [];

/** Starts the example as the guide tells people to. @returns its address, which is its name as a resource */
async function startExample(environment: Record<string, string>, issuer = lab.address): Promise<string> {
  const example = spawn(process.execPath, [EXAMPLE], {
    env: { PATH: process.env.PATH, ISSUER: issuer, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(example);
  const [address] = await Promise.race([
    once(createInterface(example.stdout), 'line'),
    once(example, 'exit').then(([code]) => {
      throw new Error(`The example ended with ${code}.`);
    }),
  ]);
  return address;
}

/** A tool call as a client of the 2025 revisions sends it. */
async function call(address: string, token: string | null, name = 'greet') {
  const answer = await fetch(address, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } }),
  });
  return {
    status: answer.status,
    challenge: answer.headers.get('www-authenticate') ?? '',
    text: await answer.text(),
  };
}

beforeAll(async () => {
  lab = await openIssuerLab({ config: { introspectionToken: INTROSPECTION_TOKEN } });
});
afterAll(async () => {
  for (const example of processes) {
    example.kill();
    if (example.exitCode === null && example.signalCode === null) await once(example, 'exit');
  }
  await lab.close();
});

const WAYS = {
  'by the keys of the issuer': {},
  'by asking the issuer': { INTROSPECTION_TOKEN },
};

describe.each(Object.entries(WAYS))('the example server, which checks tokens %s', (_way, environment) => {
  let address: string;
  const revokedEndsAtOnce = 'INTROSPECTION_TOKEN' in environment;

  beforeAll(async () => {
    address = await startExample(environment);
    lab.setResourceServers([address]);
  });

  const tokenFor = async (resource: string, scope = SCOPE) => {
    const { tokens, clientId } = await signIn(lab.address, lab.issuer.approvals, { resource, scope });
    return { token: tokens.access_token, refreshToken: tokens.refresh_token ?? '', clientId };
  };

  it('answers who has a token for it', async () => {
    const { token, clientId } = await tokenFor(address);
    const answer = await call(address, token);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(`You came by ${clientId}.`);
  });

  it('tells who has none where to get one', async () => {
    const answer = await call(address, null);
    expect(answer.status).toBe(401);
    const metadata = /resource_metadata="([^"]+)"/.exec(answer.challenge)?.[1] ?? '';
    await expect((await fetch(metadata)).json()).resolves.toMatchObject({
      resource: address,
      authorization_servers: [lab.address],
      scopes_supported: ['openid', 'updates:read'],
    });
  });

  it('refuses a token for another server', async () => {
    const { token } = await tokenFor(`${lab.address}/mcp`);
    await expect(call(address, token)).resolves.toMatchObject({
      status: 401,
      challenge: expect.stringContaining('error="invalid_token"'),
    });
  });

  it('refuses what is no access token', async () => {
    const { token, refreshToken } = await tokenFor(address);
    const [head, body, signature = ''] = token.split('.');
    const forged = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`;
    for (const wrong of [refreshToken, forged, unsigned, 'x']) {
      expect((await call(address, wrong)).status).toBe(401);
    }
  });

  it('sends a client without the scope of a tool to ask for it', async () => {
    const { token } = await tokenFor(address, 'openid');
    expect((await call(address, token)).status).toBe(200);
    const answer = await call(address, token, 'upgrade_plan');
    expect(answer.status).toBe(403);
    expect(answer.challenge).toContain('error="insufficient_scope"');
    expect(answer.challenge).toContain('updates:read');
  });

  it('treats a revoked token as the guide says: one who asks notices at once, one who does not takes it until it ends', async () => {
    const { token, clientId } = await tokenFor(address);
    await post(`${lab.address}/revoke`, { token, client_id: clientId });
    expect((await call(address, token)).status).toBe(revokedEndsAtOnce ? 401 : 200);
  });

  it('is reached by a client on the MCP SDK that knows its address and nothing else', async () => {
    const person = createMcpPerson(lab.issuer.approvals);
    const open = () => new StreamableHTTPClientTransport(new URL(address), { authProvider: person as never });
    const first = open();
    await expect(new Client({ name: 'guest', version: '1' }).connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
    await first.finishAuth(person.answer().searchParams);
    const client = new Client({ name: 'guest', version: '1' });
    await client.connect(open());
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['greet', 'upgrade_plan']);
    await expect(client.callTool({ name: 'greet', arguments: {} })).resolves.toMatchObject({
      content: [{ type: 'text', text: expect.stringContaining('Hello') }],
    });
    await client.close();
  });

  it('does not call a token bad because the issuer cannot be asked', async () => {
    const other = await openIssuerLab({ config: { introspectionToken: INTROSPECTION_TOKEN } });
    const lonely = await startExample(environment, other.address);
    other.setResourceServers([lonely]);
    const { tokens } = await signIn(other.address, other.issuer.approvals, { resource: lonely, scope: SCOPE });
    await other.close();
    expect((await call(lonely, tokens.access_token)).status).toBe(500);
  });

  it('answers no page from elsewhere', async () => {
    const { token } = await tokenFor(address);
    const answer = await fetch(address, {
      method: 'POST',
      headers: { origin: 'https://evil.test', authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(403);
  });
});
