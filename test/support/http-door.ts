/** The real listener over a stand-in contract, and what a test needs to speak to it as a browser or as an attacker. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Handlers } from '../../src/main/control/control.ts';
import type { Bus } from '../../src/main/core/bus.ts';
import { type Clock, systemClock } from '../../src/main/core/clock.ts';
import type { OnCallback } from '../../src/main/http/callback.ts';
import type { GitHubAppDesk } from '../../src/main/http/github-app-pages.ts';
import { createListener, type Listener } from '../../src/main/http/listener.ts';
import type { Tracking } from '../../src/main/tracking/tracking.ts';
import { createQuietLogger } from './quiet-logger.ts';
import { standInControl } from './stand-in-control.ts';
import { openWebSession, type WebSession } from './web-session.ts';

export interface HttpDoor extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly bus: Bus;
  readonly listener: Listener;
  /** Sends bytes as they are and answers with everything that comes back until the connection ends. */
  send(bytes: string): Promise<string>;
  /** What a logged-in page sends with every call. */
  logIn(): Promise<WebSession['headers']>;
}

const FILES: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><title>Trackeep Tray</title>',
  'assets/index-1a2b3c.js': 'export {};',
  'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

export async function openHttpDoor(
  handlers: Partial<Handlers> = {},
  {
    onCallback,
    githubApps,
    webhooks,
    clock = systemClock(),
    rendererDir,
  }: {
    onCallback?: OnCallback;
    githubApps?: GitHubAppDesk;
    webhooks?: Pick<Tracking, 'deliver'>;
    clock?: Clock;
    /** The built page; without it, files that only look like one. */
    rendererDir?: string;
  } = {},
): Promise<HttpDoor> {
  const parent = await mkdtemp(join(tmpdir(), 'trackeep-http-'));
  const folder = join(parent, 'renderer');
  await mkdir(join(folder, 'assets'), { recursive: true });
  for (const [name, content] of Object.entries(FILES)) await writeFile(join(folder, name), content);
  await writeFile(join(parent, 'secret.html'), 'not for the web');

  const { control, bus } = standInControl(handlers);
  const listener = createListener({
    port: 0,
    control,
    onCallback: onCallback ?? (() => Promise.reject(new Error('No callback was expected.'))),
    githubApps: githubApps ?? UNASKED,
    issuer: { answer: unexpected },
    mcp: { answer: unexpected },
    rest: { answer: unexpected },
    ...NO_TRACKEEP,
    ...(webhooks && { webhooks }),
    rendererDir: rendererDir ?? folder,
    logger: createQuietLogger(),
    clock,
  });
  const { address, port } = await listener.start();

  return {
    address,
    port,
    bus,
    listener,
    send: (bytes) => send(port, bytes),
    async logIn() {
      return (await openWebSession(listener.createLoginLink())).headers;
    },
    async [Symbol.asyncDispose]() {
      await listener.stop();
      await rm(parent, { recursive: true });
    },
  };
}

/** Speaks HTTP by hand: what no client library lets one send. The request should ask for `Connection: close`. */
export function send(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(text));
  });
}

export function postJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function unexpected(): Promise<never> {
  return Promise.reject(new Error('Neither the issuer, the MCP server nor a GitHub App was expected to be asked.'));
}

/** No Trackeep, and no sign-in that could be looked up. */
export const NO_TRACKEEP = {
  signIn(): never {
    throw new Error('No sign-in was expected to be looked up.');
  },
  trackeep: {
    takesOrigin: () => false,
    answer: () => Promise.reject(new Error('The routes for Trackeep were not expected to be asked.')),
    onward: () => null,
  },
  githubApi: {
    takesOrigin: () => false,
    answer: () => Promise.reject(new Error('The GitHub routes were not expected to be asked.')),
  },
  webhooks: { deliver: () => Promise.reject(new Error('No webhook was expected.')) },
};

/** GitHub Apps that nobody may ask for. */
export const UNASKED: GitHubAppDesk = {
  registration() {
    throw new Error('No page of a GitHub App was expected to be asked for.');
  },
  callback: unexpected,
  installed: unexpected,
};
