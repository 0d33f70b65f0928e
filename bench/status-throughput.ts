import type { ChildProcess } from 'node:child_process';
import { startApp } from '../test/support/app.ts';
import { openWebSession } from '../test/support/web-session.ts';
import { compare, inTurns, type Result } from './measure.ts';
import { CONNECTIONS, putLoadOn, rawRequest, startPeer } from './servers.ts';

const ROUNDS = 9;

/** The status as the web UI asks for it, through every guard and the session, beside a server that does only `end(body)`. */
export async function measureStatusThroughput(): Promise<Result> {
  const app = await startApp();
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
  }
}
