/**
 * Plants secrets that can be recognised, runs every flow and many failures through all doors of the real app, and then
 * searches everything it wrote and everything it sent. What hands out a secret on purpose is left out by name: the
 * command and procedure that ask for a token, the login link, and the login's own answer.
 */
import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type EmulatedGitHub,
  refusals,
  SECRET_CLIENT,
  startEmulatedGitHub,
} from '../../src/main/demo/emulated-github.ts';
import { readControlKey } from '../../src/main/http/control-key.ts';
import { type AppConnection, connectToApp } from '../../src/main/http/socket-client.ts';
import type { Input, ProcedureName } from '../../src/shared/contract.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { playIssuer } from '../support/issuer-journey.ts';
import { openWebSession, type WebSession } from '../support/web-session.ts';

const PASSPHRASE = 'correct-horse-battery-staple-passphrase';
const INTROSPECTION_TOKEN = 'introspection-token-0123456789-abcdef';
const WEBHOOK_SECRET = 'webhook-secret-0123456789-abcdef';
/** GitHub App tokens are sent to GitHub only, so a wrong one shows up only if it is echoed. */
const WRONG_SECRET = 'facade00facade00facade00facade00facade00';

/** Everything that left the app, by the way it took. */
const sent = { http: '', events: '', socket: '', commands: '', process: '' };
/** Everything it wrote, by file: what a copy of the data folder would hold. */
const written = new Map<string, Buffer>();
/** What must not be found, with the word to name it by. */
const secrets = new Map<string, string>();

let github: EmulatedGitHub;
let app: RunningApp;
let dataDir: string;
let link: AppConnection;
let session: WebSession;

beforeAll(async () => {
  github = await startEmulatedGitHub({
    clients: [SECRET_CLIENT],
    intervalSeconds: 1,
    assetBytes: 200_000,
  });
  captureCodeVerifiers();
  dataDir = await mkdtemp(join(tmpdir(), 'trackeep-leaks-'));
  app = await startApp({
    dataDir,
    args: ['--vault', 'passphrase'],
    env: {
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.apiUrl,
      TRACKEEP_VAULT_PASSPHRASE: PASSPHRASE,
      INTROSPECTION_TOKEN,
      TRACKEEP_LOG_LEVEL: 'debug',
      APP_VERSION: '1.2.5',
    },
  });
  link = await connectToApp(dataDir);
  link.subscribe((event) => {
    sent.socket += JSON.stringify(event);
  });
  session = await openWebSession(app.ready.ui);
  const stopEvents = readEvents();

  await setUpProvider();
  await signInByDevice();
  await signInByBrowser();
  await forgeCallbacks();
  await takeWebhooks();
  await refreshThroughTrouble();
  await checkAndDownload();
  await serveClients();
  await askEverything();
  await disconnect();

  nameSecrets();
  await readDataFolder('running');
  link.close();
  await stopEvents();
  await app.stop();
  sent.process += afterFirstLine(app.output().stdout) + app.output().stderr;
  await readDataFolder('stopped');
}, 120_000);

afterAll(async () => {
  await app?.stop();
  await github?.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('no secret is', () => {
  it.each(Object.keys(sent) as (keyof typeof sent)[])('sent by %s', (way) => {
    expect(findIn(Buffer.from(sent[way]))).toEqual([]);
  });

  it('written to the data folder', () => {
    const found = [...written].flatMap(([file, content]) => findIn(content, file).map((what) => `${what} in ${file}`));
    expect(found).toEqual([]);
  });
});

describe('the search', () => {
  it('came after flows that ended in every way there is', () => {
    const states = ['connected', 'denied', 'expired', 'cancelled', 'failed', 'verified', 'offline'];
    const codes = ['bad_input', 'not_permitted', 'provider_error', 'provider_refused_client'];
    const traces = [
      ...states.map((state) => `"state":"${state}"`),
      ...codes.map((code) => `"${code}"`),
      ...['revoked', 'failed'].map((upstream) => `"upstream":"${upstream}"`),
    ];
    const all = Object.values(sent).join('');
    expect(traces.filter((trace) => !all.includes(trace))).toEqual([]);
  });

  it('knows secrets of every kind', () => {
    expect(new Set(secrets.values())).toEqual(
      new Set([
        ...[
          'from GitHub',
          'code verifier',
          'client secret',
          'webhook secret',
          'passphrase',
          'login',
          'session',
          'socket key',
        ],
        ...['access token', 'refresh token', 'authorization code', 'verifier of a client', 'device code'],
        'introspection token',
      ]),
    );
    expect([...secrets.values()].filter((kind) => kind === 'from GitHub').length).toBeGreaterThan(12);
  });

  it('would find them: what is public is there, in every place', () => {
    for (const [way, text] of Object.entries(sent)) {
      if (way !== 'process') expect(text, way).toContain('octocat');
    }
    const files = [...written.values()].map((content) => content.toString('latin1'));
    expect(files.some((text) => text.includes('octocat'))).toBe(true);
    expect(files.some((text) => text.includes('"level"'))).toBe(true);
  });
});

/** The person's own app, typed into the web UI: first with a wrong secret. */
async function setUpProvider() {
  const { clientId, clientSecret = '' } = SECRET_CLIENT;
  await web('providers.configure', { platform: 'github', clientId, clientSecret: WRONG_SECRET });
  await finish(await web('connections.begin', { platform: 'github', way: 'web' }));
  await web('providers.configure', { platform: 'github', clientId, clientSecret });
  await web('providers.configure', { platform: 'github', clientId, clientSecret, extra: clientSecret });
}

/** Approved, denied, expired, cancelled; from the web UI and from the command line. */
async function signInByDevice() {
  const begin = () => socket('connections.begin', { platform: 'github', way: 'device' });
  const approved = await begin();
  github.approve(approved.userCode ?? '');
  await until(approved, 'connected');
  const denied = await begin();
  github.deny(denied.userCode ?? '');
  await until(denied, 'denied');
  const expired = await begin();
  github.expire(expired.userCode ?? '');
  await until(expired, 'expired');
  await socket('connections.cancel', { id: (await begin()).id });
  await connectByCommand();
  await connectByCommand('--json');
}

/** The command waits; the code is approved as soon as the app says that somebody should. */
async function connectByCommand(...args: string[]) {
  const stop = link.subscribe(({ event, data }) => {
    if (event === 'flow' && data.state === 'waiting') github.approve(data.userCode ?? '');
  });
  await command('connect', 'github', '--device', ...args);
  stop();
}

async function signInByBrowser() {
  const flow = await web('connections.begin', { platform: 'github', way: 'web' });
  await finish(flow);
  // The same way back once more: the code and the state are used up.
  await finish(flow);
}

async function forgeCallbacks() {
  const secret = github.secrets()[0] ?? '';
  for (const query of [`code=${secret}&state=${secret}`, `error=access_denied&error_description=${secret}`]) {
    const answer = await fetch(`${session.address}/oauth/callback/github?${query}`);
    sent.http += await answer.text();
  }
}

async function takeWebhooks() {
  // Not by `socket`: the answer of this one shows the secret, on purpose.
  await link.call('tracking.webhookSecret', { secret: WEBHOOK_SECRET });
  for (const key of [WEBHOOK_SECRET, 'another secret']) {
    const body = JSON.stringify({ zen: 'Keep it logically awesome.', key: 'of nobody' });
    const answer = await fetch(`${session.address}/webhooks/github`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'ping',
        'x-github-delivery': 'a-delivery',
        'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
      },
      body,
    });
    expect(answer.status).toBe(key === WEBHOOK_SECRET ? 200 : 401);
    sent.http += await answer.text();
  }
  await socket('tracking.get', {});
  await command('tracking');
  await command('tracking', 'webhook-secret');
}

async function refreshThroughTrouble() {
  const [connection] = await socket('connections.list', {});
  const refresh = () => attempt(() => socket('connections.refresh', { id: connection?.id ?? '' }));
  await refresh();
  for (const answer of [refusals.serverError(), 'html', 'reset', refusals.badCredentials()] as const) {
    const end = github.fail({ match: 'POST /login/oauth/access_token', answer });
    await refresh();
    end();
  }
  github.expireTokens();
  await command('token', 'github');
  github.expireTokens();
  await socket('updates.check', {});
}

async function checkAndDownload() {
  for (const answer of [refusals.serverError(), refusals.badCredentials(), 'html', 'reset'] as const) {
    const end = github.fail({ match: 'GET /repos/**', answer });
    await attempt(() => web('updates.check', {}));
    end();
  }
  await command('updates', 'check', '--json');
  await web('updates.download', {});
  await vi.waitUntil(async () => (await web('updates.get', {})).download?.path != null, { timeout: 20_000 });
}

/** A local program comes, is approved, uses what it got, and does everything wrong that it can. */
async function serveClients() {
  const played = await playIssuer({
    address: app.ready.issuer,
    introspectionToken: INTROSPECTION_TOKEN,
    approvals: {
      list: () => socket('approvals.list', {}),
      approve: (input) => socket('approvals.approve', input),
    },
    keep(text) {
      sent.http += text;
    },
  });
  for (const [secret, kind] of played) secrets.set(secret, kind);
  for (const args of [['approvals'], ['approvals', '--json'], ['clients'], ['clients', '--json']])
    await command(...args);
}

/** Every query there is, and inputs that are refused with the input at hand. */
async function askEverything() {
  const queries = [
    'status.get',
    'providers.list',
    'connections.list',
    'connections.flows',
    'approvals.list',
    'clients.list',
    'updates.get',
    'settings.get',
  ];
  for (const name of [...queries, 'doctor.run']) {
    await raw('GET', `/ui/api/${name}`);
    sent.socket += JSON.stringify(await link.call(name as 'status.get', {}));
  }
  const token = github.secrets().at(-1) ?? '';
  await raw('GET', `/ui/api/tokens.get?input=${encodeURIComponent('{"platform":"github"}')}`);
  await raw('POST', '/ui/api/vault.unlock', { passphrase: `${PASSPHRASE} not` });
  await raw('POST', `/ui/api/connections.refresh`, { id: token });
  await raw('GET', `/ui/${token}`);
  for (const args of [['status'], ['status', '--json'], ['doctor'], ['doctor', '--json'], ['updates', 'check']]) {
    await command(...args);
  }
  // A token is what these two are for.
  await link.call('tokens.get', { platform: 'github' });
  await app.cli('token', 'github', '--json');
  secrets.set(new URL((await link.call('app.open', {})).url ?? '').hash.slice('#login='.length), 'login');
}

async function disconnect() {
  const end = github.fail({ match: 'DELETE /applications/**', answer: refusals.serverError() });
  const [first] = await web('connections.list', {});
  await attempt(() => web('connections.disconnect', { id: first?.id ?? '' }));
  end();
  await connectByCommand();
  await command('disconnect', 'github', '--json');
}

/** Goes the browser's way: approval on the provider's page, and back to the callback. */
async function finish(flow: { authorizationUrl: string | null }) {
  const away = await fetch(flow.authorizationUrl ?? '', {
    method: 'POST',
    body: new URLSearchParams({ decision: 'approve' }),
    redirect: 'manual',
  });
  const back = await fetch(away.headers.get('location') ?? '');
  sent.http += `${JSON.stringify([...back.headers])}${await back.text()}`;
}

async function until({ id }: { id: string }, state: string) {
  await vi.waitUntil(async () => (await socket('connections.flow', { id })).state === state, { timeout: 20_000 });
}

/** Calls through the socket and keeps what it answered. */
async function socket<N extends ProcedureName>(name: N, input: Input<N>) {
  const output = await link.call(name, input);
  sent.socket += JSON.stringify(output);
  return output;
}

/** Calls through HTTP as the web UI does, and keeps the bytes; what comes back is the socket's answer of the same type. */
async function web<N extends ProcedureName>(name: N, input: Input<N> & Record<string, unknown>) {
  const isQuery = /\.(get|list|flows|flow|run)$/.test(name);
  const body = await raw(isQuery ? 'GET' : 'POST', `/ui/api/${name}`, isQuery ? undefined : input);
  return JSON.parse(body) as Awaited<ReturnType<typeof link.call<N>>>;
}

async function raw(method: string, path: string, body?: unknown): Promise<string> {
  const answer = await fetch(session.address + path, {
    method,
    headers: { ...session.headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  sent.http += `${JSON.stringify([...answer.headers])}${text}`;
  return text;
}

async function command(...args: string[]) {
  const { stdout, stderr } = await app.cli(...args);
  sent.commands += args[0] === 'token' ? stderr : stdout + stderr;
}

/** A failure is what is wanted here; its words are what is searched. */
async function attempt(work: () => Promise<unknown>) {
  await work().catch((error: unknown) => {
    sent.socket += JSON.stringify(error, Object.getOwnPropertyNames(error));
  });
}

/** Reads the web UI's event stream as it is sent. @returns a function that ends it */
function readEvents(): () => Promise<void> {
  const controller = new AbortController();
  const reading = (async () => {
    const answer = await fetch(`${session.address}/ui/events`, {
      headers: session.headers,
      signal: controller.signal,
    });
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) sent.events += decoder.decode(chunk, { stream: true });
  })().catch(() => 'ended by us');
  return async () => {
    controller.abort();
    await reading;
  };
}

/** PKCE verifiers are seen by GitHub only; a rule that never applies sees them all. */
function captureCodeVerifiers() {
  github.fail({
    match: 'POST /login/oauth/access_token',
    when(parameters) {
      const verifier = parameters.get('code_verifier');
      if (verifier) secrets.set(verifier, 'code verifier');
      return false;
    },
    answer: 'hang',
  });
}

function nameSecrets() {
  for (const secret of github.secrets()) secrets.set(secret, 'from GitHub');
  for (const secret of [SECRET_CLIENT.clientSecret ?? '', WRONG_SECRET]) secrets.set(secret, 'client secret');
  secrets.set(PASSPHRASE, 'passphrase');
  secrets.set(WEBHOOK_SECRET, 'webhook secret');
  secrets.set(new URL(app.ready.ui).hash.slice('#login='.length), 'login');
  secrets.set(session.headers.cookie.split('=')[1] ?? '', 'session');
  secrets.set(session.headers['x-trackeep-key'], 'session');
  secrets.set(readControlKey(dataDir)?.key ?? '', 'socket key');
}

async function readDataFolder(when: string) {
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    written.set(`${file.slice(dataDir.length + 1)} (${when})`, await readFile(file));
  }
}

/** The secrets that stand in `content`, as they are or in an encoding that gives them away. */
function findIn(content: Buffer, file = ''): string[] {
  const found: string[] = [];
  for (const [secret, kind] of secrets) {
    // The file that holds it so that programs of the same user can find the socket.
    if (kind === 'socket key' && file.startsWith('control.key')) continue;
    const bytes = Buffer.from(secret);
    const forms = [secret, encodeURIComponent(secret), bytes.toString('base64'), bytes.toString('base64url')];
    if (forms.some((form) => content.includes(form))) found.push(`${kind}: ${secret.slice(0, 8)}…`);
  }
  return found;
}

function afterFirstLine(text: string): string {
  return text.slice(text.indexOf('\n') + 1);
}
