import * as v2 from '@modelcontextprotocol/client';
import { UnauthorizedError as UnauthorizedError1 } from '@modelcontextprotocol/sdk/client/auth.js';
import * as v1 from '@modelcontextprotocol/sdk/client/index.js';
import * as v1http from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMcpPerson, type McpPerson } from '../support/mcp-person.ts';
import { signIn } from '../support/oauth-client.ts';
import { startWholeApp, type WholeApp } from '../support/whole-app.ts';

const DAY_MS = 24 * 3_600_000;
const WHO = { name: 'test-agent', version: '1.0.0' };

interface ToolResult {
  isError?: boolean;
  structuredContent?: Record<string, unknown>;
}

/** The part of both SDKs that an agent needs. */
interface Session {
  connect(): Promise<void>;
  call(name: string, input: Record<string, unknown>): Promise<unknown>;
  list(): Promise<{ tools: { name: string }[] }>;
  finishAuth(answer: URLSearchParams): Promise<void>;
  close(): Promise<void>;
}

const SDKS: Record<string, { unauthorized: unknown; open(mcp: URL, person: McpPerson): Session }> = {
  'version 2': {
    unauthorized: v2.UnauthorizedError,
    open(mcp, person) {
      const transport = new v2.StreamableHTTPClientTransport(mcp, { authProvider: person as never });
      const client = new v2.Client(WHO);
      return {
        connect: () => client.connect(transport),
        call: (name, input) => client.callTool({ name, arguments: input }),
        list: () => client.listTools(),
        finishAuth: (answer) => transport.finishAuth(answer),
        close: () => client.close(),
      };
    },
  },
  'version 1': {
    unauthorized: UnauthorizedError1,
    open(mcp, person) {
      const transport = new v1http.StreamableHTTPClientTransport(mcp, { authProvider: person as never });
      const client = new v1.Client(WHO);
      return {
        connect: () => client.connect(transport as never),
        call: (name, input) => client.callTool({ name, arguments: input }),
        list: () => client.listTools(),
        finishAuth: (answer) => transport.finishAuth(answer.get('code') ?? ''),
        close: () => client.close(),
      };
    },
  },
};

describe.each(Object.entries(SDKS))('a client on the MCP SDK, %s', (version, { unauthorized, open }) => {
  let whole: WholeApp;
  let person: McpPerson;
  let session: Session | null;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    whole = await startWholeApp();
    person = createMcpPerson(whole.approvals);
    session = null;
  });
  afterEach(async () => {
    await session?.close();
    vi.useRealTimers();
    await whole.stop();
  });

  /** Does the work; where the SDK says that the person was sent to the browser, takes the answer and does it again. */
  async function withVisits<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        if (session === null) {
          session = open(new URL(`${whole.address}/mcp`), person);
          await session.connect();
        }
        return await work(session);
      } catch (error) {
        if (!(error instanceof (unauthorized as typeof Error)) || session === null) throw error;
        await session.finishAuth(person.answer().searchParams);
        await session.close();
        session = null;
      }
    }
  }
  const call = (name: string) => withVisits((at) => at.call(name, {})) as Promise<ToolResult>;

  it('connects from nothing but the address, and calls a tool', async () => {
    expect(await withVisits((at) => at.list())).toMatchObject({
      tools: expect.arrayContaining([expect.objectContaining({ name: 'connections_status' })]),
    });
    expect(await call('connections_status')).not.toHaveProperty('isError', true);
    expect(person.visits).toHaveLength(1);
    expect(person.stored.information?.client_id).toEqual(expect.any(String));
  });

  it('is asked again, for what is new alone, when a tool needs more', async () => {
    const { clientId, tokens } = await signIn(whole.address, whole.approvals, { scope: 'installations:read' });
    person.stored.information = { client_id: clientId };
    person.stored.tokens = { ...tokens, expires_in: String(tokens.expires_in) };
    // Version 1 refreshes before it looks at what its token lacks; only without a refresh token it asks for more.
    if (version === 'version 1') delete person.stored.tokens.refresh_token;
    await call('connections_status');
    expect(person.visits).toHaveLength(0);
    const asked: string[][] = [];
    const approve = whole.approvals.approve;
    whole.approvals.approve = async (input) => {
      asked.push((await whole.approvals.list()).flatMap(({ scopes }) => scopes));
      return approve(input);
    };
    expect((await call('whoami')).structuredContent).toMatchObject({ clientId });
    expect(asked).toEqual([['openid']]);
    expect(person.visits).toHaveLength(1);
  });

  it('refreshes by itself when its access token has ended', async () => {
    await call('connections_status');
    const before = person.stored.tokens;
    vi.setSystemTime(Date.now() + 8 * DAY_MS);
    await call('connections_status');
    expect(person.stored.tokens?.access_token).not.toBe(before?.access_token);
    expect(person.stored.tokens?.refresh_token).not.toBe(before?.refresh_token);
    expect(person.visits).toHaveLength(1);
  });

  it('notices that the person revoked it, and has to ask again', async () => {
    await call('connections_status');
    await whole.clients.revoke(person.stored.information?.client_id ?? '');
    await call('connections_status');
    expect(person.visits).toHaveLength(2);
  });

  it('goes on after a restart of the app as if nothing had happened', async () => {
    await call('connections_status');
    whole = await whole.restart();
    expect(await call('connections_status')).not.toHaveProperty('isError', true);
    expect(person.visits).toHaveLength(1);
  });
});
