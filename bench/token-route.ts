import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectToApp } from '../src/main/http/socket-client.ts';
import { startApp } from '../test/support/app.ts';
import { register, signIn } from '../test/support/oauth-client.ts';
import { type Asked, answerTo } from './issuer-requests.ts';
import type { LoadReport } from './load.ts';
import { compare, inTurns, type Latency, median, type Result } from './measure.ts';
import { putLoadOn, rawRequest, startPeer } from './servers.ts';
import { storeAccounts } from './stored-accounts.ts';

const ROUNDS = 15;
const MANY = 10_000;
/** Agents work in parallel. What they ask at one time shares one wait for the disk. */
const CONNECTIONS = 64;

/**
 * Tokens of connected accounts, as approved programs ask for them: each request authorized by an access token of the
 * issuer, each answer after its row of the audit log is on the disk. Beside a server that does only `end(body)`, and
 * with many accounts, all of which are asked for in turn, beside one.
 */
export async function measureTokenRoute(): Promise<Result[]> {
  const cleanUps: (() => unknown)[] = [];
  try {
    const one = await startOurs(1, cleanUps);
    const many = await startOurs(MANY, cleanUps);
    const started = await startPeer('bare-server.ts', await answerTo(one));
    cleanUps.push(() => started.process.kill());
    const parties = { one: party(one), many: party(many), floor: party({ ...one, port: Number(started.said) }) };
    // The vault opens each token once; from then on it is in memory.
    for (let asked = 0; asked < MANY; ) asked += await parties.many.round();
    parties.many.reports.length = 0;
    const rates = await inTurns(ROUNDS, {
      one: parties.one.round,
      many: parties.many.round,
      floor: parties.floor.round,
    });
    const latency = { ours: parties.one.latency(), peer: parties.floor.latency() };
    const counted = (reports: readonly LoadReport[], quantile: keyof Latency) =>
      reports.slice(1).map((report) => report[quantile]);
    const slower = (quantile: keyof Latency) =>
      compare(
        `GET /oauth/token/github, ${quantile} with ${MANY} installations / 1`,
        { ours: counted(parties.many.reports, quantile), peer: counted(parties.one.reports, quantile) },
        'ms',
        { atMost: 1.2 },
      );
    return [
      {
        ...compare('GET /oauth/token/github / bare node:http', { ours: rates.one, peer: rates.floor }, 'requests/s', {
          atLeast: 0.4,
        }),
        latency,
      },
      slower('p50'),
      slower('p99'),
    ];
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

/** @returns a request for each account of a running app */
async function startOurs(accounts: number, cleanUps: (() => unknown)[]): Promise<Asked> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-bench-tokens-'));
  cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
  const ids = await storeAccounts(dataDir, accounts);
  // Nobody is a person at GitHub ten thousand times over; what is measured here is not their tracking.
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ tracking: { paused: true } }), { mode: 0o600 });
  const app = await startApp({ dataDir, env: { AUTO_UPDATE_CHECK: 'false' } });
  cleanUps.push(() => app.stop());
  const { issuer } = app.ready;
  const link = await connectToApp(dataDir);
  const approvals = {
    list: () => link.call('approvals.list', {}),
    approve: (decision: { id: string; number: number; rememberMs: number | null }) =>
      link.call('approvals.approve', decision),
  };
  const { body } = await register(issuer, { client_name: 'Agent of the benchmarks' });
  const { tokens } = await signIn(issuer, approvals, {
    ...{ clientId: body.client_id, scope: 'token:github', resource: issuer },
  });
  link.close();
  const { host, port } = new URL(issuer);
  const requests = ids.map((id) =>
    rawRequest(`GET /oauth/token/github?org_id=${id}`, { host, authorization: `Bearer ${tokens.access_token}` }),
  );
  return {
    port: Number(port),
    requests: requests.length < CONNECTIONS ? Array(CONNECTIONS).fill(requests[0]) : requests,
  };
}

function party({ port, requests }: Asked) {
  const reports: LoadReport[] = [];
  let next = requests;
  return {
    reports,
    async round(): Promise<number> {
      const report = await putLoadOn(port, next, CONNECTIONS);
      next = report.requests;
      reports.push(report);
      return report.rate;
    },
    latency: (): Latency => {
      const counted = reports.slice(1);
      return { p50: median(counted.map(({ p50 }) => p50)), p99: median(counted.map(({ p99 }) => p99)) };
    },
  };
}
