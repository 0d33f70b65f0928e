/** What the benchmarks of throughput share: peers in processes of their own, and the load that is put on them and us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { cleanEnvironment } from '../test/support/app.ts';
import type { LoadReport } from './load.ts';

const ROUND_SECONDS = 1;
export const CONNECTIONS = 16;

const script = (name: string) => resolve(import.meta.dirname, name);

/** @returns the process, and the first that it prints */
export async function startPeer(name: string, input = ''): Promise<{ process: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [script(name)], {
    env: cleanEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  let said = '';
  while (!said.endsWith('\n')) said += String((await once(child.stdout, 'data'))[0]);
  return { process: child, said };
}

/** One round of load from a process of its own. @param requests at least as many as there are connections */
export async function putLoadOn(
  port: number,
  requests: readonly string[],
  connections = CONNECTIONS,
): Promise<LoadReport> {
  const child = spawn(process.execPath, [script('load.ts'), String(port), String(ROUND_SECONDS), String(connections)], {
    env: cleanEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(requests));
  const answer = await text(child.stdout);
  if (answer === '') throw new Error('The load generator got no answers.');
  const report: LoadReport = JSON.parse(answer);
  if (!(report.rate > 0)) throw new Error('The load generator got no answers.');
  return report;
}

/** A request as it goes over the wire. */
export function rawRequest(
  line: string,
  headers: Readonly<Record<string, string>>,
  body: string | URLSearchParams = '',
): string {
  const content = String(body);
  const lines = Object.entries({ ...headers, ...(content ? { 'content-length': Buffer.byteLength(content) } : {}) });
  return `${line} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${content}`;
}
