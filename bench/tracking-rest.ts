import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectToApp } from '../src/main/http/socket-client.ts';
import { openDatabase } from '../src/main/storage/database.ts';
import { startApp } from '../test/support/app.ts';
import { fillWithMany } from '../test/support/many-tracked-rows.ts';
import { register, signIn } from '../test/support/oauth-client.ts';
import { createQuietLogger } from '../test/support/quiet-logger.ts';
import type { LoadReport } from './load.ts';
import { compare, inTurns, type Latency, type Result } from './measure.ts';
import { CONNECTIONS, putLoadOn, rawRequest } from './servers.ts';
import { storeAccounts } from './stored-accounts.ts';

const ROUNDS = 9;
const FEW = 100;
const MANY = 10_000;
/** Half a year, as the small pictures of a list show it. */
const DAYS = 26 * 7;
const PATH = '/api/v1/github/repos';
/** What people ask of a list; the last two go on where a page ended. */
const QUESTIONS = ['', '?sort=stars', '?sort=name', '?sort=updated&direction=asc', '?sort=pushed', '?sort=issues'];

/**
 * Repositories as an approved program asks for them, in several orders and with later pages: with many stored, beside
 * few. Pages are of one size, so nothing but how many there are can make the difference.
 */
export async function measureTrackingRest(): Promise<Result[]> {
  const cleanUps: (() => unknown)[] = [];
  try {
    const few = await startOurs(FEW, cleanUps);
    const many = await startOurs(MANY, cleanUps);
    await inTurns(ROUNDS, { few: few.round, many: many.round });
    return (['p50', 'p99'] as const).map((quantile) =>
      compare(
        `GET ${PATH}, ${quantile} with ${MANY} repositories / ${FEW}`,
        { ours: many.counted(quantile), peer: few.counted(quantile) },
        'ms',
        { atMost: 1.2 },
      ),
    );
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

async function startOurs(repositories: number, cleanUps: (() => unknown)[]) {
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-bench-tracking-'));
  cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
  await storeAccounts(dataDir, 1);
  await fill(dataDir, repositories);
  // Nobody asks GitHub, whose answers would come in between.
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ tracking: { paused: true } }), { mode: 0o600 });
  const app = await startApp({ dataDir, env: { AUTO_UPDATE_CHECK: 'false' } });
  cleanUps.push(() => app.stop());
  const { issuer } = app.ready;
  const { host, port } = new URL(issuer);
  const headers = { host, authorization: `Bearer ${await tokenFor(dataDir, issuer)}` };

  const asked = await Promise.all(
    QUESTIONS.map(async (search, index) => {
      const first = await fetch(`${issuer}${PATH}${search}`, { headers: { authorization: headers.authorization } });
      const rows = (await first.json()) as unknown[];
      const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1];
      if (rows.length !== 30 || next === undefined) throw new Error(`${PATH}${search} is no page of several.`);
      const { pathname, search: later } = new URL(next);
      return index < QUESTIONS.length - 2 ? `${PATH}${search}` : `${pathname}${later}`;
    }),
  );
  let next = Array.from({ length: Math.ceil(CONNECTIONS / asked.length) }, () => asked)
    .flat()
    .map((path) => rawRequest(`GET ${path}`, headers));
  const reports: LoadReport[] = [];
  return {
    async round(): Promise<number> {
      const report = await putLoadOn(Number(port), next);
      next = report.requests;
      reports.push(report);
      return report.rate;
    },
    counted: (quantile: keyof Latency) => reports.slice(1).map((report) => report[quantile]),
  };
}

async function fill(dataDir: string, repositories: number): Promise<void> {
  const { db, close } = await openDatabase({ dataDir, logger: createQuietLogger() });
  try {
    const { id } = await db.selectFrom('installations').select('id').executeTakeFirstOrThrow();
    await fillWithMany(db, { repositories, days: DAYS, connectionId: id, now: Date.now() });
  } finally {
    await close();
  }
}

async function tokenFor(dataDir: string, issuer: string): Promise<string> {
  const link = await connectToApp(dataDir);
  try {
    const approvals = {
      list: () => link.call('approvals.list', {}),
      approve: (decision: { id: string; number: number; rememberMs: number | null }) =>
        link.call('approvals.approve', decision),
    };
    const { body } = await register(issuer, { client_name: 'Agent of the benchmarks' });
    const asked = { clientId: body.client_id, scope: 'github:read', resource: issuer };
    return (await signIn(issuer, approvals, asked)).tokens.access_token;
  } finally {
    link.close();
  }
}
