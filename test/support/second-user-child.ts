/**
 * `node second-user-child.ts FOLDER`: tries to approve a request of the app that `target.json` in the folder tells all
 * about that another user of the machine could know, and more, and prints what came of each attempt.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { openBrowser } from './oauth-client.ts';

interface Target {
  dataDir: string;
  socketPath: string;
  issuer: string;
  approval: { id: string; number: number; page: string };
  /** An authorization request that the person's own browser would get a code for without being asked. */
  remembered: string;
}

const [folder = ''] = process.argv.slice(2);
const target: Target = JSON.parse(readFileSync(join(folder, 'target.json'), 'utf8'));
const { dataDir, socketPath, issuer, approval } = target;
const input = { id: approval.id, number: approval.number, rememberMs: null };

const outcome = (attempt: () => unknown): string => {
  try {
    attempt();
    return 'done';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
};

/** Connects, and says everything there is to say without the key. */
const speak = () =>
  new Promise<string>((resolve) => {
    let heard = '';
    const socket = connect(socketPath, () => {
      const call = { id: 1, method: 'approvals.approve', name: 'approvals.approve', params: input, input };
      socket.write(`${JSON.stringify({ key: 'guessed' })}\n${JSON.stringify(call)}\n`);
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? String(error)));
    socket.once('close', () => resolve(`heard ${heard}`));
  });

const ask = async (method: string, url: string, headers: Record<string, string> = {}) => {
  const body = method === 'GET' ? null : JSON.stringify(input);
  const answer = await fetch(url, { method, redirect: 'manual', headers, body });
  return { status: answer.status, text: await answer.text() };
};

const follow = async (url: string) => {
  const { response, away } = await openBrowser().follow(url);
  return { status: response.status, away: away?.href ?? null };
};

const json = { 'content-type': 'application/json' };
console.log(
  JSON.stringify({
    uid: process.getuid?.(),
    folder: outcome(() => readdirSync(dataDir)),
    key: outcome(() => readFileSync(join(dataDir, 'control.key'))),
    database: outcome(() => readFileSync(join(dataDir, 'trackeep.db'))),
    socket: await speak(),
    contract: await ask('POST', `${issuer}/ui/api/approvals.approve`, json),
    numbers: await ask('GET', `${issuer}/ui/api/approvals.numbers?input=${encodeURIComponent(JSON.stringify(input))}`),
    list: await ask('GET', `${issuer}/ui/api/approvals.list`),
    page: await ask('GET', approval.page),
    state: await ask('GET', `${approval.page}/state`),
    proceed: await ask('GET', `${approval.page}/continue`),
    remembered: await follow(target.remembered),
    post: await ask('POST', `${approval.page}/continue`, json),
  }),
);
