import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { cleanEnvironment, startApp } from '../test/support/app.ts';
import { openWebSession } from '../test/support/web-session.ts';
import { compare, inTurns, type Result } from './measure.ts';

const ROUNDS = 9;
const ROUND_SECONDS = 1;
const CONNECTIONS = 16;

const script = (name: string) => resolve(import.meta.dirname, name);

/** The status as the web UI asks for it, through every guard and the session, beside a server that does only `end(body)`. */
export async function measureStatusThroughput(): Promise<Result> {
  const app = await startApp();
  let bare: ChildProcess | null = null;
  try {
    const { address, headers } = await openWebSession(app.ready.ui);
    const statusUrl = new URL('/ui/api/status.get', address);
    const body = await (await fetch(statusUrl, { headers })).text();
    const server = await startBareServer(body);
    bare = server.process;
    const ask = (port: number) => {
      const lines = Object.entries({ ...headers, host: `127.0.0.1:${port}` }).map(
        ([name, value]) => `${name}: ${value}`,
      );
      return `GET ${statusUrl.pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
    };
    const ours = () => requestsPerSecond(Number(statusUrl.port), ask(Number(statusUrl.port)));
    const peer = () => requestsPerSecond(server.port, ask(server.port));
    const series = await inTurns(ROUNDS, { ours, peer });
    return compare('GET status / bare node:http', series, 'requests/s', { atLeast: 0.5 });
  } finally {
    bare?.kill();
    await app.stop();
  }
}

async function startBareServer(body: string): Promise<{ process: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [script('bare-server.ts')], {
    env: cleanEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(body);
  const [port] = await once(child.stdout, 'data');
  return { process: child, port: Number(port) };
}

async function requestsPerSecond(port: number, request: string): Promise<number> {
  const child = spawn(process.execPath, [script('load.ts'), String(port), String(ROUND_SECONDS), String(CONNECTIONS)], {
    env: cleanEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(request);
  const rate = Number(await text(child.stdout));
  if (!(rate > 0)) throw new Error('The load generator got no answers.');
  return rate;
}
