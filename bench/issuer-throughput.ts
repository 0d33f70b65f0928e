import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../test/support/app.ts';
import { freePort, type StoredToken, storeGrants } from '../test/support/issuer-load-store.ts';
import { refresh } from '../test/support/oauth-client.ts';
import type { BareIssuer } from './bare-issuer.ts';
import { type Asked, answerTo, introspections, refreshes, toolCalls } from './issuer-requests.ts';
import type { LoadReport } from './load.ts';
import { compare, type Goal, inTurns, type Latency, median, type Result } from './measure.ts';
import { putLoadOn, startPeer } from './servers.ts';

const ROUNDS = 11;
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
    const mcpPort = Number(await peer('bare-mcp-server.ts'));
    const floor = async (body: string) => Number(await peer('bare-server.ts', body));
    const authorization = `Bearer ${INTROSPECTION_TOKEN}`;
    const introspecting = introspections(few.port, authorization, few.accessTokens);
    const calling = toolCalls(few.port, few.accessTokens);

    return [
      ...(await measure('refresh grants', 'bare oidc-provider, in memory', {
        few: party(refreshes(few.port, few.tokens)),
        many: party(refreshes(many.port, many.tokens)),
        bare: party(refreshes(bare.port, bare.tokens)),
        floor: party(refreshes(await floor(few.answer), few.tokens)),
      })),
      ...(await measure('introspections', 'bare oidc-provider, in memory', {
        few: party(introspecting),
        many: party(introspections(many.port, authorization, many.accessTokens)),
        bare: party(introspections(bare.port, bare.authorization, [bare.introspected], '/token/introspection')),
        floor: party({ ...introspecting, port: await floor(await answerTo(introspecting)) }),
      })),
      ...(await measure('/mcp tool calls', 'bare MCP SDK, without authorization', {
        few: party(calling),
        many: party(toolCalls(many.port, many.accessTokens)),
        bare: party(toolCalls(mcpPort, few.accessTokens)),
        floor: party({ ...calling, port: await floor(await answerTo(calling)) }),
      })),
    ];
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

async function measure(
  what: string,
  bare: string,
  parties: Record<'few' | 'many' | 'bare' | 'floor', Party>,
): Promise<Result[]> {
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
  return [
    result(`${what} / ${bare}`, 'few', 'bare', OF_BARE),
    result(`${what} / bare node:http`, 'few', 'floor', null),
    result(`${what}, ${MANY} grants stored / ${FEW}`, 'many', 'few', OF_FEW),
  ];
}

interface Ours {
  port: number;
  tokens: StoredToken[];
  accessTokens: string[];
  /** What a refresh was answered with. */
  answer: string;
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
  let answer = '';
  for (const { clientId, refreshToken } of stored) {
    const { status, body } = await refresh(app.ready.issuer, clientId, refreshToken);
    if (status !== 200) throw new Error(`A stored grant is not good: ${JSON.stringify(body)}`);
    tokens.push({ clientId, refreshToken: body.refresh_token ?? '' });
    accessTokens.push(body.access_token);
    answer = JSON.stringify(body);
  }
  return { port, tokens, accessTokens, answer };
}

function party({ port, requests }: Asked): Party {
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
