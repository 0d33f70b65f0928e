import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../test/support/app.ts';
import { openWebSession } from '../test/support/web-session.ts';
import { compare, inTurns, type Result } from './measure.ts';
import { CONNECTIONS, putLoadOn, rawRequest, startPeer } from './servers.ts';
import { storeTracked } from './stored-tracked.ts';

const ROUNDS = 9;
/** A third of the pull requests is open, and the status says how many of them wait for the person. */
const TRACKED = { repositories: 1_000, pullRequests: 6_000 };

/** The status as the web UI asks for it, through every guard and the session, beside a server that does only `end(body)`. */
export async function measureStatusThroughput(): Promise<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-bench-status-'));
  await storeTracked(dataDir, TRACKED);
  const app = await startApp({ dataDir });
  let bare: ChildProcess | null = null;
  try {
    const { address, headers } = await openWebSession(app.ready.ui);
    const statusUrl = new URL('/ui/api/status.get', address);
    const body = await (await fetch(statusUrl, { headers })).text();
    const server = await startPeer('bare-server.ts', body);
    bare = server.process;
    const rateOf = async (port: number) => {
      const request = rawRequest(`GET ${statusUrl.pathname}`, { ...headers, host: `127.0.0.1:${port}` });
      return (await putLoadOn(port, Array(CONNECTIONS).fill(request))).rate;
    };
    const ours = () => rateOf(Number(statusUrl.port));
    const peer = () => rateOf(Number(server.said));
    const series = await inTurns(ROUNDS, { ours, peer });
    return compare('GET status / bare node:http', series, 'requests/s', { atLeast: 0.5 });
  } finally {
    bare?.kill();
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
