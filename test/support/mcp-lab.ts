import { createServer, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type AppError, toAppError } from '../../src/main/core/errors.ts';
import { sendError } from '../../src/main/http/error-answer.ts';
import { judge, ownNames } from '../../src/main/http/guards.ts';
import type { AccessToken } from '../../src/main/issuer/issuer.ts';
import { createMcp } from '../../src/main/mcp/create-mcp.ts';
import { inOrder } from '../../src/main/mcp/tool-scopes.ts';
import { createQueries } from '../../src/main/tracking/queries/create-queries.ts';
import type { Scope } from '../../src/shared/scopes.ts';
import { createQuietLogger, type QuietLogger } from './quiet-logger.ts';
import { openReleasesLab, type ReleasesLab, type ReleasesLabOptions, until } from './releases-lab.ts';
import { TEST_REQUESTER } from './requester.ts';

/** The revision that needs no handshake. */
export const MODERN = '2026-07-28';
/** The last one with a handshake. */
export const LEGACY = '2025-11-25';

/** The MCP server behind the real guards, over the real rooms and an emulated GitHub. */
export interface McpLab {
  /** Such as http://127.0.0.1:40123. */
  readonly address: string;
  readonly rooms: ReleasesLab;
  /** What the MCP server logged. */
  readonly lines: QuietLogger['lines'];
  /** Every look at a token, with the resource that it had to be for. */
  readonly looks: { token: string; resource: string | null }[];
  /** A token that the authorization server would have issued. */
  issue(...scopes: Scope[]): string;
  revoke(token: string): void;
  /** Tokens cannot be checked from now on. @returns a function that ends it */
  breakChecks(error: AppError): () => void;
  /** Connects one more account. */
  signIn(login: string): Promise<void>;
  /** Does something at GitHub itself, as the account that is connected. */
  atGitHub(path: string, body: Record<string, unknown>): Promise<void>;
  send(request?: Sent): Promise<Received>;
  /** A JSON-RPC message, or what is to be taken for one, as a client of the 2025 revisions sends it. */
  post(token: string, message: unknown, headers?: Record<string, string>): Promise<Received>;
  /** The SDK's client of today; `pin` keeps it from falling back. */
  connect(token: string, options?: { pin?: string; host?: string }): Promise<Client>;
  /** The SDK's client that most programs have. */
  connectV1(token: string): Promise<ClientV1>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface Sent {
  method?: string;
  path?: string;
  /** As they go over the wire; a name may come more than once. */
  headers?: readonly (readonly [string, string])[];
  body?: string | Uint8Array;
}

export interface Received {
  status: number;
  headers: Record<string, string>;
  text: string;
}

export async function openMcpLab(options: ReleasesLabOptions = {}): Promise<McpLab> {
  const rooms = await openReleasesLab(options);
  const { connections, releases, clock, bus, db, github } = rooms;
  const logger = createQuietLogger();
  const tokens = new Map<string, AccessToken>();
  const looks: McpLab['looks'] = [];
  let broken: AppError | null = null;
  const accounts = async () =>
    (await connections.list()).map(({ id, host, login }) => ({ connectionId: id, host, login }));
  const mcp = createMcp({
    tokens: {
      async checkAccessToken(token, resource) {
        looks.push({ token, resource });
        if (broken) throw broken;
        const access = tokens.get(token);
        return access && (resource === null || access.resource === resource) ? access : null;
      },
    },
    version: '1.2.3',
    address: () => address,
    ...{ connections, releases, clock, logger, bus },
    tracking: { queries: createQueries({ db, githubUrl: github.url, accounts, clock }) },
  });

  const server = createServer(async (request, response) => {
    const { url = '', headers, rawHeaders } = request;
    const [path = '', search = ''] = url.split('?');
    const arrival = {
      target: url,
      hosts: rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'host' && index % 2 === 1),
      origin: headers.origin,
      fetchSite: undefined,
    };
    try {
      const refusal = judge(arrival, { origins: 'loopback', sameOriginOnly: false }, ownNames(port));
      if (refusal) throw refusal;
      await mcp.answer(request, response, path, search);
    } catch (error) {
      sendError(request, response, toAppError(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}`;
  const clients: { close(): Promise<void> }[] = [];

  const lab: McpLab = {
    ...{ address, rooms, looks },
    lines: logger.lines,
    issue(...scopes) {
      const token = `token-${tokens.size + 1}-of-the-lab`;
      tokens.set(token, {
        clientId: 'client-of-the-lab',
        grantId: 'grant-1',
        subject: 'person-1',
        scopes: new Set(scopes),
        resource: `${address}/mcp`,
        issuedAt: clock.now(),
        expiresAt: clock.now() + 3_600_000,
        tokenId: token,
      });
      return token;
    },
    revoke: (token) => void tokens.delete(token),
    breakChecks(error) {
      broken = error;
      return () => {
        broken = null;
      };
    },
    async signIn(login) {
      const flow = await connections.begin({ platform: 'github', way: 'device' });
      github.approve(flow.userCode ?? '', login);
      await clock.advance(5_000);
      await until(() => connections.flow(flow.id).state !== 'waiting');
    },
    async atGitHub(path, body) {
      const { token } = await connections.token('github', undefined, TEST_REQUESTER);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await fetch(`${github.apiUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      if (answer.status !== 201) throw new Error(`the emulated GitHub said ${answer.status}: ${await answer.text()}`);
    },
    send({ method = 'POST', path = '/mcp', headers = [], body } = {}) {
      return new Promise((resolve, reject) => {
        const host: (readonly [string, string])[] = headers.some(([name]) => name.toLowerCase() === 'host')
          ? []
          : [['host', `127.0.0.1:${port}`]];
        const length: (readonly [string, string])[] =
          body === undefined || headers.some(([name]) => name === 'transfer-encoding')
            ? []
            : [['content-length', String(Buffer.byteLength(body))]];
        const request = sendRequest({
          ...{ method, path, port, host: '127.0.0.1', agent: false },
          headers: [...host, ...length, ...headers].flat(),
        });
        request.once('error', reject);
        request.once('response', async (answer) => {
          const received = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
          resolve({
            status: answer.statusCode ?? 0,
            headers: Object.fromEntries(received),
            text: await text(answer),
          });
        });
        request.end(body);
      });
    },
    post: (token, message, headers = {}) =>
      lab.send({
        headers: Object.entries({
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': LEGACY,
          ...headers,
        }),
        body: typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message),
      }),
    async connect(token, { pin = MODERN, host = '127.0.0.1' } = {}) {
      const client = new Client(
        { name: 'lab', version: '1' },
        { versionNegotiation: { mode: pin === LEGACY ? 'legacy' : { pin } } },
      );
      clients.push(client);
      await client.connect(
        new StreamableHTTPClientTransport(new URL(`http://${host}:${port}/mcp`), {
          requestInit: { headers: { authorization: `Bearer ${token}` } },
        }),
      );
      return client;
    },
    async connectV1(token) {
      const client = new ClientV1({ name: 'lab', version: '1' });
      clients.push(client);
      const transport = new TransportV1(new URL(`${address}/mcp`), {
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      });
      // Its types were written without exactOptionalPropertyTypes.
      await client.connect(transport as Transport);
      return client;
    },
    stop: () => mcp.stop(),
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await mcp.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rooms.close();
    },
  };
  return lab;
}

/** The parameters of a `WWW-Authenticate: Bearer` challenge (RFC 9110 §11.6.1). */
export function challengeOf({ headers }: Received): Record<string, string> {
  const [, parameters] = /^Bearer (.*)$/.exec(headers['www-authenticate'] ?? '') ?? [];
  if (parameters === undefined) throw new Error(`not a bearer challenge: ${headers['www-authenticate']}`);
  return Object.fromEntries([...parameters.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

/** The scopes of a challenge, in the order of the product. */
export function scopesOf(received: Received): Scope[] {
  return inOrder((challengeOf(received).scope ?? '').split(' ') as Scope[]);
}
