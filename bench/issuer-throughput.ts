import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningApp, startApp } from '../test/support/app.ts';
import { freePort, type StoredToken, storeGrants } from '../test/support/issuer-load-store.ts';
import { refresh } from '../test/support/oauth-client.ts';
import type { BareIssuer } from './bare-issuer.ts';
import type { LoadReport } from './load.ts';
import { compare, type Goal, inTurns, type Latency, median, type Result } from './measure.ts';
import { CONNECTIONS, putLoadOn, rawRequest, startPeer } from './servers.ts';

const ROUNDS = 7;
const FEW = 100;
const MANY = 100_000;
/** Clients that use their grants, whatever else is stored. */
const ACTIVE = 100;
const SCOPE = 'openid updates:read installations:read';
const INTROSPECTION_TOKEN = 'introspection-of-the-benchmarks-0123456789';

/** While every grant is on the disk, beside a library that keeps them in memory. */
const OF_BARE: Goal = { atLeast: 0.7 };
/** At most 1.2 times slower. */
const OF_FEW: Goal = { atLeast: 1 / 1.2 };

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const TOOL_CALL = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'connections_status', arguments: {} },
});

/** A server and what it is asked, round after round. */
interface Party {
  rate(): Promise<number>;
  latency(): Latency;
}

/**
 * Refresh grants, introspections and tool calls of the real app with few and with many stored grants, beside
 * `oidc-provider` by itself, the MCP SDK by itself, and a server that does only `end(body)`.
 */
export async function measureIssuerThroughput(): Promise<Result[]> {
  const cleanUps: (() => unknown)[] = [];
  try {
    const few = await startOurs(FEW, cleanUps);
    const many = await startOurs(MANY, cleanUps);
    const peer = async (name: string, input = '') => {
      const started = await startPeer(name, input);
      cleanUps.push(() => started.process.kill());
      return started.said;
    };
    const bare: BareIssuer = JSON.parse(await peer('bare-issuer.ts'));
    const floor = async (party: { port: number; requests: string[] }) => {
      const { body } = await ask(party.port, party.requests[0] ?? '');
      return Number(await peer('bare-server.ts', body));
    };

    const refreshing = { port: few.port, requests: refreshes('/token', few.port, few.tokens) };
    const introspecting = introspections(few);
    const calling = toolCalls(few.port, few.accessTokens);
    const mcpPort = Number(await peer('bare-mcp-server.ts'));
    const callFloor = await floor(calling);
    const introspectionFloor = await floor(introspecting);

    return [
      ...(await measure('refresh grants', {
        few: party(refreshing),
        many: party({ port: many.port, requests: refreshes('/token', many.port, many.tokens) }),
        bare: party({ port: bare.port, requests: refreshes('/token', bare.port, bare.tokens) }),
        // Any answer will do: what it costs to write a longer one is not what this is about.
        floor: party({ port: introspectionFloor, requests: toolCalls(introspectionFloor, few.accessTokens).requests }),
      })),
      ...(await measure('introspections', {
        few: party(introspecting),
        many: party(introspections(many)),
        bare: party({
          port: bare.port,
          requests: repeated(introspection('/token/introspection', bare.port, bare.authorization, bare.introspected)),
        }),
        floor: party({ port: introspectionFloor, requests: introspecting.requests }),
      })),
      ...(await measure('/mcp tool calls', {
        few: party(calling),
        many: party(toolCalls(many.port, many.accessTokens)),
        bare: party(toolCalls(mcpPort, few.accessTokens)),
        floor: party(toolCalls(callFloor, few.accessTokens)),
      })),
    ];
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

async function measure(what: string, parties: Record<'few' | 'many' | 'bare' | 'floor', Party>): Promise<Result[]> {
  const series = await inTurns(ROUNDS, {
    few: parties.few.rate,
    many: parties.many.rate,
    bare: parties.bare.rate,
    floor: parties.floor.rate,
  });
  const result = (name: string, ours: keyof typeof series, peer: keyof typeof series, goal: Goal | null): Result => ({
    ...compare(name, { ours: series[ours], peer: series[peer] }, 'requests/s', goal),
    latency: { ours: parties[ours].latency(), peer: parties[peer].latency() },
  });
  const bare = what.startsWith('/mcp') ? 'bare MCP SDK, no authorization' : 'bare oidc-provider, in memory';
  return [
    result(`${what} / ${bare}`, 'few', 'bare', OF_BARE),
    result(`${what} / bare node:http`, 'few', 'floor', null),
    result(`${what}, ${MANY} grants stored / ${FEW}`, 'many', 'few', OF_FEW),
  ];
}

interface Ours {
  app: RunningApp;
  port: number;
  tokens: StoredToken[];
  accessTokens: string[];
}

async function startOurs(grants: number, cleanUps: (() => unknown)[]): Promise<Ours> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-bench-issuer-'));
  cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
  const port = await freePort();
  const stored = await storeGrants(dataDir, { port, grants, tokens: ACTIVE, scope: SCOPE });
  const app = await startApp({ dataDir, args: ['--port', String(port)], env: { INTROSPECTION_TOKEN } });
  cleanUps.push(() => app.stop());
  const tokens: StoredToken[] = [];
  const accessTokens: string[] = [];
  for (const { clientId, refreshToken } of stored) {
    const { status, body } = await refresh(app.ready.issuer, clientId, refreshToken);
    if (status !== 200) throw new Error(`A stored grant is not good: ${JSON.stringify(body)}`);
    tokens.push({ clientId, refreshToken: body.refresh_token ?? '' });
    accessTokens.push(body.access_token);
  }
  return { app, port, tokens, accessTokens };
}

function party({ port, requests }: { port: number; requests: string[] }): Party {
  const reports: LoadReport[] = [];
  let next = requests;
  return {
    async rate() {
      const report = await putLoadOn(port, next);
      next = report.requests;
      reports.push(report);
      return report.rate;
    },
    latency: () => {
      const counted = reports.slice(1);
      return { p50: median(counted.map(({ p50 }) => p50)), p99: median(counted.map(({ p99 }) => p99)) };
    },
  };
}

function refreshes(path: string, port: number, tokens: readonly StoredToken[]): string[] {
  return tokens.map(({ clientId, refreshToken }) =>
    rawRequest(
      `POST ${path}`,
      { host: `127.0.0.1:${port}`, ...FORM },
      new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }),
    ),
  );
}

function introspections({ port, accessTokens }: Ours): { port: number; requests: string[] } {
  const authorization = `Bearer ${INTROSPECTION_TOKEN}`;
  return { port, requests: accessTokens.map((token) => introspection('/introspect', port, authorization, token)) };
}

function introspection(path: string, port: number, authorization: string, token: string): string {
  const headers = { host: `127.0.0.1:${port}`, ...FORM, authorization };
  return rawRequest(`POST ${path}`, headers, new URLSearchParams({ token }));
}

function toolCalls(port: number, accessTokens: readonly string[]): { port: number; requests: string[] } {
  const requests = accessTokens.map((token) =>
    rawRequest(
      'POST /mcp',
      {
        host: `127.0.0.1:${port}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        authorization: `Bearer ${token}`,
      },
      TOOL_CALL,
    ),
  );
  return { port, requests };
}

function repeated(request: string): string[] {
  return Array(CONNECTIONS).fill(request);
}

/** Asks once, with what the load would ask. @throws Error unless the answer is 200 */
async function ask(port: number, request: string): Promise<{ body: string }> {
  const [head = '', body = ''] = request.split('\r\n\r\n');
  const [line = '', ...headers] = head.split('\r\n');
  const [method = '', path = ''] = line.split(' ');
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: headers
      .map((header) => header.split(': ') as [string, string])
      .filter(([name]) => !['host', 'content-length'].includes(name)),
    body,
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${line}: ${answer.status} ${text}`);
  return { body: text };
}
