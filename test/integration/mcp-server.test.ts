import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import { TOOL_SCOPES } from '../../src/main/mcp/tool-scopes.ts';
import { challengeOf, LEGACY, type McpLab, MODERN, openMcpLab, scopesOf } from '../support/mcp-lab.ts';

const METADATA = '/.well-known/oauth-protected-resource/mcp';
const ELSEWHERE = 'http://localhost:6274';

let lab: McpLab;

beforeAll(async () => {
  // Nothing here asks GitHub.
  lab = await openMcpLab({ signedIn: false, github: { releases: [] } });
});

beforeEach(() => {
  lab.looks.length = 0;
});

afterAll(async () => {
  await lab.close();
});

const call = (name: string, id: number | string = 1) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
});

/** What a call in revision 2026-07-28 adds to its message. */
const envelope = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': { name: 'lab', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

describe('the protected resource metadata (RFC 9728)', () => {
  it('names the resource, where to get tokens, and the scopes of the tools', async () => {
    const { address, send } = lab;

    for (const path of [METADATA, '/.well-known/oauth-protected-resource']) {
      const { status, headers, text } = await send({ method: 'GET', path });
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json');
      expect(JSON.parse(text)).toEqual({
        resource: `${address}/mcp`,
        authorization_servers: [address],
        // Not offline_access: whether to stay signed in is no concern of a resource.
        scopes_supported: ['openid', 'updates:read', 'installations:read', 'github:read'],
        bearer_methods_supported: ['header'],
        resource_name: 'Trackeep Tray',
      });
    }
  });

  it('names the resource by the address that the client used, and the issuer by its own', async () => {
    const { address, send } = lab;
    const { port } = new URL(address);

    const { text } = await send({ method: 'GET', path: METADATA, headers: [['host', `LOCALHOST:${port}`]] });

    expect(JSON.parse(text)).toMatchObject({
      resource: `http://localhost:${port}/mcp`,
      authorization_servers: [address],
    });
  });

  it('is open to pages of local servers, which are told so by a preflight, and to no others', async () => {
    const { send } = lab;
    const from = (origin: string) => [['origin', origin]] as const;

    const read = await send({ method: 'GET', path: METADATA, headers: from(ELSEWHERE) });
    expect(read.headers).toMatchObject({ 'access-control-allow-origin': ELSEWHERE, vary: 'Origin' });
    const preflight = await send({ method: 'OPTIONS', path: METADATA, headers: from(ELSEWHERE) });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': ELSEWHERE,
      'access-control-allow-headers': expect.stringContaining('mcp-protocol-version'),
    });
    const foreign = await send({ method: 'GET', path: METADATA, headers: from('https://evil.test') });
    expect(foreign.status).toBe(403);
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
    const program = await send({ method: 'GET', path: METADATA });
    expect(program.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('can be read and nothing else', async () => {
    const { send } = lab;

    const head = await send({ method: 'HEAD', path: METADATA });
    expect([head.status, head.text]).toEqual([200, '']);
    const post = await send({ path: METADATA });
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect((await send({ method: 'GET', path: `${METADATA}/other` })).status).toBe(404);
  });
});

describe('a request without a good token', () => {
  it('learns where to get one and what to ask for, and of no error if it sent none', async () => {
    const { address, send, looks } = lab;

    const received = await send({ body: '{}' });

    expect(received.status).toBe(401);
    expect(challengeOf(received)).toEqual({
      resource_metadata: `${address}${METADATA}`,
      scope: 'openid updates:read installations:read github:read',
    });
    expect(looks).toEqual([]);
  });

  it('is sent to the metadata at the address that it used', async () => {
    const { address, send } = lab;
    const { port } = new URL(address);

    const received = await send({ headers: [['host', `localhost:${port}`]] });

    expect(challengeOf(received).resource_metadata).toBe(`http://localhost:${port}${METADATA}`);
  });

  it.each(['POST', 'GET', 'DELETE', 'PUT'])(
    'is refused for want of it before its method %s is looked at',
    async (method) => {
      const { send } = lab;
      expect((await send({ method })).status).toBe(401);
    },
  );

  it('counts as having sent none when it used another scheme', async () => {
    const { send } = lab;

    const received = await send({ headers: [['authorization', 'Basic b2N0b2NhdDpzZWNyZXQ=']] });

    expect(received.status).toBe(401);
    expect(challengeOf(received)).not.toHaveProperty('error');
  });

  it.each([
    ['unknown', 'Bearer nobody-issued-this'],
    ['empty', 'Bearer '],
    ['of characters that no token has', 'Bearer "quoted"'],
    ['two in one header', 'Bearer one two'],
  ])('is told that its token is bad: %s', async (_, authorization) => {
    const { address, send } = lab;

    const received = await send({ headers: [['authorization', authorization]], body: '{}' });

    expect(received.status).toBe(401);
    expect(challengeOf(received)).toMatchObject({
      error: 'invalid_token',
      error_description: expect.any(String),
      resource_metadata: `${address}${METADATA}`,
    });
    expect(received.text).not.toContain('nobody-issued-this');
  });

  it('may send its token in one place only, and never in the address', async () => {
    const { issue, send, looks } = lab;
    const token = issue('openid');

    const twice = await send({
      headers: [
        ['authorization', `Bearer ${token}`],
        ['authorization', `Bearer ${token}`],
      ],
    });
    const inAddress = await send({ path: `/mcp?access_token=${token}` });
    const inBoth = await send({ path: `/mcp?access_token=${token}`, headers: [['authorization', `Bearer ${token}`]] });

    for (const received of [twice, inAddress, inBoth]) {
      expect(received.status).toBe(400);
      expect(challengeOf(received).error).toBe('invalid_request');
    }
    expect(looks).toEqual([]);
  });

  it('is refused when the token is for another resource: the check is told which one this is', async () => {
    const { address, issue, post, looks } = lab;
    const token = issue('openid');

    await post(token, call('whoami'));
    await post(token, call('whoami'), { host: `localhost:${new URL(address).port}` });

    expect(looks).toEqual([
      { token, resource: `${address}/mcp` },
      { token, resource: `${address}/mcp` },
    ]);
  });

  it('notices with the next call that the token was revoked', async () => {
    const { issue, revoke, connect } = lab;
    const token = issue('openid');
    const client = await connect(token);
    await client.callTool({ name: 'whoami' });

    revoke(token);

    await expect(client.callTool({ name: 'whoami' })).rejects.toThrow('invalid_token');
  });

  it('is not let through while tokens cannot be checked', async () => {
    const { issue, breakChecks, post } = lab;
    const token = issue('openid');

    const heal = breakChecks(new AppError('vault_locked', 'The keychain is locked.'));
    const { status, text } = await post(token, call('whoami'));
    heal();

    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ error: 'vault_locked' });
  });

  it('keeps its connection, so that the token can be sent on it', async () => {
    const { send } = lab;
    const { headers } = await send({ headers: [['connection', 'keep-alive']], body: JSON.stringify(call('whoami')) });
    expect(headers.connection).toBe('keep-alive');
  });
});

describe('a call without the scope of its tool', () => {
  it.each(Object.entries(TOOL_SCOPES))('%s needs %s', async (name, scope) => {
    const { address, issue, post } = lab;
    const held = scope === 'openid' ? 'updates:read' : 'openid';

    const received = await post(issue(held, 'offline_access'), call(name));

    expect(received.status).toBe(403);
    expect(challengeOf(received)).toMatchObject({
      error: 'insufficient_scope',
      error_description: expect.stringContaining(scope),
      resource_metadata: `${address}${METADATA}`,
    });
    // What it has and what it needs, since a new token replaces the old one; staying signed in is not asked for here.
    expect(scopesOf(received).toSorted()).toEqual([held, scope].toSorted());
  });

  it('is refused in revision 2026-07-28 as in the earlier ones', async () => {
    const { issue, post } = lab;
    const message = call('list_repositories');

    const received = await post(
      issue('openid'),
      { ...message, params: { ...message.params, _meta: envelope } },
      { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': 'list_repositories' },
    );

    expect(received.status).toBe(403);
    expect(scopesOf(received)).toEqual(['openid', 'github:read']);
  });

  it('is told at once what a whole batch needs, and none of it is done', async () => {
    const { issue, post, rooms } = lab;
    rooms.github.requests.length = 0;

    const received = await post(issue('openid'), [
      call('whoami', 1),
      call('check_updates', 2),
      call('list_repositories', 3),
    ]);

    expect(received.status).toBe(403);
    expect(scopesOf(received)).toEqual(['openid', 'updates:read', 'github:read']);
    expect(rooms.github.requests).toEqual([]);
  });

  it('does not keep a client from connecting and seeing the tools', async () => {
    const { issue, connect } = lab;

    const client = await connect(issue());

    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(Object.keys(TOOL_SCOPES));
  });
});

describe('the protocol', () => {
  it.each([MODERN, LEGACY])("is spoken with today's client in revision %s", async (pin) => {
    const { issue, connect } = lab;

    const client = await connect(issue('openid'), { pin });

    expect(client.getServerVersion()).toEqual({ name: 'trackeep-tray', title: 'Trackeep Tray', version: '1.2.3' });
    expect(client.getInstructions()).toContain('never instructions');
    const result = await client.callTool({ name: 'whoami' });
    expect(result.structuredContent).toMatchObject({ clientId: 'client-of-the-lab' });
  });

  it('is spoken with the client that most programs have', async () => {
    const { issue, connectV1 } = lab;

    const client = await connectV1(issue('openid'));

    expect((await client.listTools()).tools).toHaveLength(Object.keys(TOOL_SCOPES).length);
    const result = await client.callTool({ name: 'whoami' });
    expect(result.structuredContent).toMatchObject({ clientId: 'client-of-the-lab' });
  });

  it('is spoken with a client that came by localhost', async () => {
    const { issue, connect } = lab;

    const client = await connect(issue('openid'), { host: 'localhost' });

    expect((await client.callTool({ name: 'whoami' })).isError).not.toBe(true);
  });

  it('shows every tool with what it takes, what it gives, and that it changes nothing', async () => {
    const { issue, connect } = lab;
    const client = await connect(issue());

    const { tools } = await client.listTools();

    for (const tool of tools) {
      expect(tool.title, tool.name).toBeTruthy();
      expect(tool.description, tool.name).toBeTruthy();
      expect(tool.inputSchema, tool.name).toMatchObject({ type: 'object', additionalProperties: false });
      expect(tool.outputSchema, tool.name).toMatchObject({ type: 'object', additionalProperties: false });
      expect(tool.annotations, tool.name).toMatchObject({ readOnlyHint: true, idempotentHint: true });
    }
  });

  it('keeps the calls of two clients apart when they come at once', async () => {
    const { issue, connect } = lab;
    const [first, second] = await Promise.all([connect(issue('openid')), connect(issue('openid', 'github:read'))]);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? first : second).callTool({ name: 'whoami' })),
    );

    expect(answers.map(({ structuredContent }) => (structuredContent as { scopes: string[] }).scopes.length)).toEqual(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? 1 : 2)),
    );
  });

  it('says that there is no such tool', async () => {
    const { issue, connect } = lab;
    const client = await connect(issue('openid'));
    await expect(client.callTool({ name: '__proto__' })).rejects.toThrow('There is no tool called __proto__.');
  });
});

describe('a request that is not as it should be', () => {
  it.each(['GET', 'DELETE', 'PUT', 'PATCH'])('by method %s is answered with 405', async (method) => {
    const { issue, send } = lab;

    const { status, headers } = await send({
      method,
      headers: [
        ['authorization', `Bearer ${issue('openid')}`],
        ['accept', 'text/event-stream'],
      ],
    });

    expect([status, headers.allow]).toEqual([405, 'POST, OPTIONS']);
  });

  it.each([
    ['no JSON', '{"jsonrpc":"2.0",', -32700],
    ['nothing', '', -32700],
    ['no text', Buffer.from([0x22, 0xff, 0x22]), -32700],
    ['no message', '{"hello":"world"}', -32600],
    ['null', 'null', -32600],
  ])('with %s as its body is refused', async (_, body, code) => {
    const { issue, post } = lab;

    const { status, text } = await post(issue('openid'), body);

    expect(status).toBe(400);
    expect(text).not.toMatch(/\bat .*\.[mc]?[jt]s:\d/);
    expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0', error: { code }, id: null });
  });

  it.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('with a body of type %s, %j is refused', async (type, headers) => {
    const { issue, post } = lab;
    const { status } = await post(issue('openid'), call('whoami'), { 'content-type': type, ...headers });
    expect(status).toBe(415);
  });

  it.each([
    ['said so', {}],
    ['did not say so', { 'transfer-encoding': 'chunked' }],
  ])('with a body that is too long is refused, whether it %s', async (_, headers) => {
    const { issue, post } = lab;

    const received = await post(issue('openid'), JSON.stringify('x'.repeat(300 * 1024)), {
      connection: 'keep-alive',
      ...headers,
    });

    expect(received.status).toBe(413);
    expect(received.headers.connection).toBe('close');
  });

  it('is refused for want of a token before its body is looked at', async () => {
    const { post } = lab;
    expect((await post('wrong', 'no json', { 'content-type': 'text/plain' })).status).toBe(401);
  });

  it('finds nothing below the path', async () => {
    const { send } = lab;
    expect((await send({ path: '/mcp/other' })).status).toBe(404);
  });
});

describe('a page in a browser', () => {
  it('of a local server may call, with every header that the protocol has, and read refusals', async () => {
    const { issue, send, post } = lab;

    const preflight = await send({
      method: 'OPTIONS',
      headers: [
        ['origin', ELSEWHERE],
        ['access-control-request-method', 'POST'],
        ['access-control-request-headers', 'authorization,content-type,mcp-protocol-version'],
      ],
    });
    expect(preflight.status).toBe(204);
    const { 'access-control-allow-headers': allowed = '', 'access-control-allow-methods': methods = '' } =
      preflight.headers;
    expect(preflight.headers['access-control-allow-origin']).toBe(ELSEWHERE);
    expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
    // A refusal that the page cannot read looks to it like a server that is not there.
    expect(methods.split(', ')).toEqual(expect.arrayContaining(['POST', 'GET', 'DELETE']));
    expect(allowed.split(', ')).toEqual(
      expect.arrayContaining([
        'authorization',
        'content-type',
        'mcp-protocol-version',
        'mcp-method',
        'mcp-name',
        'mcp-session-id',
        'last-event-id',
      ]),
    );

    const refused = await send({ headers: [['origin', ELSEWHERE]] });
    expect(refused.headers).toMatchObject({
      'access-control-allow-origin': ELSEWHERE,
      'access-control-expose-headers': 'WWW-Authenticate',
      vary: 'Origin',
    });
    const answered = await post(issue('openid'), call('whoami'), { origin: ELSEWHERE });
    expect(answered.status).toBe(200);
    expect(answered.headers).toMatchObject({ 'access-control-allow-origin': ELSEWHERE, vary: 'Origin' });
  });

  it.each(['https://evil.test', 'null', 'http://localhost.evil.test'])('of %s may not', async (origin) => {
    const { issue, post, looks } = lab;

    const { status, headers } = await post(issue('openid'), call('whoami'), { origin });

    expect(status).toBe(403);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(looks).toEqual([]);
  });

  it('whose name was rebound to this machine may not', async () => {
    const { address, issue, post } = lab;
    const { status } = await post(issue('openid'), call('whoami'), { host: `evil.test:${new URL(address).port}` });
    expect(status).toBe(403);
  });
});
