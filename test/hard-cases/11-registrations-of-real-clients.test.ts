import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { approve, authorizationRequest, openBrowser, redeem, refresh, register } from '../support/oauth-client.ts';

const REFRESHABLE = ['authorization_code', 'refresh_token'];
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

/** What a program sends to the registration endpoint, and the address it then asks the browser back to. */
interface Program {
  body: Record<string, unknown>;
  redirectUri: string;
}

/** In the forms their sources and the bug reports of other servers show, each with what has tripped such servers up. */
const PROGRAMS: Record<string, Program> = {
  // https and loopback at once, a grant type we do not have for it, and a port of its own when 33418 is taken.
  'Visual Studio Code': {
    body: {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: [...REFRESHABLE, DEVICE],
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      scope: 'openid updates:read',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    redirectUri: 'http://127.0.0.1:59656/',
  },
  'Visual Studio Code of 2025, without slashes': {
    body: {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: REFRESHABLE,
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://localhost',
        'http://127.0.0.1',
        'http://localhost:33418',
        'http://127.0.0.1:33418',
      ],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    redirectUri: 'https://vscode.dev/redirect',
  },
  // A scheme of its own, https and loopback in one list.
  Cursor: {
    body: {
      client_name: 'Cursor',
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
      grant_types: REFRESHABLE,
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'cursor://anysphere.cursor-mcp/oauth/callback',
  },
  'Claude Code': {
    body: {
      client_name: 'Claude Code (trackeep)',
      redirect_uris: ['http://localhost:54212/callback'],
      grant_types: REFRESHABLE,
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'http://localhost:61337/callback',
  },
  // https alone, no application_type, and a wish for a secret.
  'Claude Desktop': {
    body: {
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
      grant_types: REFRESHABLE,
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'openid updates:read',
    },
    redirectUri: 'https://claude.ai/api/mcp/auth_callback',
  },
  'MCP Inspector': {
    body: {
      redirect_uris: ['http://localhost:6274/oauth/callback', 'http://localhost:6274/oauth/callback/debug'],
      token_endpoint_auth_method: 'none',
      grant_types: REFRESHABLE,
      response_types: ['code'],
      client_name: 'MCP Inspector',
      client_uri: 'https://github.com/modelcontextprotocol/inspector',
      scope: '',
    },
    redirectUri: 'http://localhost:6274/oauth/callback/debug',
  },
  Windsurf: {
    body: {
      client_name: 'Windsurf',
      redirect_uris: ['windsurf://codeium.windsurf/oauth/callback', 'http://127.0.0.1:42813/oauth/callback'],
      grant_types: REFRESHABLE,
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'windsurf://codeium.windsurf/oauth/callback',
  },
  // The port is left out when it registers, and named when it asks.
  Zed: {
    body: {
      client_name: 'Zed',
      client_uri: 'https://zed.dev',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: REFRESHABLE,
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'http://127.0.0.1:38271/callback',
  },
  Goose: {
    body: {
      client_name: 'goose',
      redirect_uris: ['http://localhost:46671/oauth_callback'],
      grant_types: REFRESHABLE,
      token_endpoint_auth_method: 'none',
      response_types: ['code'],
    },
    redirectUri: 'http://localhost:46671/oauth_callback',
  },
  'Codex CLI': {
    body: {
      client_name: 'Codex',
      redirect_uris: ['http://127.0.0.1:40233/callback'],
      grant_types: REFRESHABLE,
      token_endpoint_auth_method: 'none',
      response_types: ['code'],
      scope: 'openid updates:read',
    },
    redirectUri: 'http://127.0.0.1:40233/callback',
  },
  'GitHub Copilot CLI': {
    body: {
      redirect_uris: ['http://127.0.0.1:56679/'],
      grant_types: REFRESHABLE,
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    redirectUri: 'http://127.0.0.1:56679/',
  },
  // Fields about the software itself, which are not ours to judge.
  'mcp-remote': {
    body: {
      redirect_uris: ['http://localhost:3334/oauth/callback'],
      token_endpoint_auth_method: 'none',
      grant_types: REFRESHABLE,
      response_types: ['code'],
      client_name: 'MCP CLI Proxy',
      client_uri: 'https://github.com/modelcontextprotocol/mcp-cli',
      software_id: '2e6dc280-f3c3-4e01-99a7-8181dbd1d23d',
      software_version: '0.1.29',
    },
    redirectUri: 'http://localhost:3334/oauth/callback',
  },
  // The Python SDK writes every field that it knows, empty or not.
  'an agent on the Python SDK': {
    body: {
      redirect_uris: ['http://localhost:3000/callback'],
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: REFRESHABLE,
      response_types: ['code'],
      scope: null,
      client_name: 'Simple Auth Client',
      client_uri: null,
      logo_uri: null,
      contacts: null,
      tos_uri: null,
      policy_uri: null,
      jwks_uri: null,
      jwks: null,
      software_id: null,
      software_version: null,
    },
    redirectUri: 'http://localhost:3000/callback',
  },
  // OpenID Connect would have it that a web client uses https alone.
  'a program that says it is a web client': {
    body: {
      client_name: 'Local web tool',
      application_type: 'web',
      redirect_uris: ['http://localhost:5173/callback', 'https://tool.example/callback'],
      response_types: ['code'],
    },
    redirectUri: 'http://localhost:5173/callback',
  },
  'a program that says nothing but where it is': {
    body: { redirect_uris: ['http://127.0.0.1:7000/cb'] },
    redirectUri: 'http://127.0.0.1:7001/cb',
  },
};

describe('the registration endpoint', () => {
  let lab: IssuerLab;
  beforeAll(async () => {
    lab = await openIssuerLab({ config: { registrationsPerHour: 1_000 } });
  });
  afterAll(() => lab.close());

  describe.each(Object.entries(PROGRAMS))('%s', (_name, { body, redirectUri }) => {
    const send = () =>
      fetch(`${lab.address}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });

    it('is registered as a public, native client, and told so (RFC 7591 §3.2.1)', async () => {
      const answer = await send();
      const told = await answer.json();
      expect(told).toMatchObject({
        client_id: expect.any(String),
        client_id_issued_at: expect.any(Number),
        redirect_uris: body.redirect_uris,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        response_types: ['code'],
      });
      expect(answer.status).toBe(201);
      expect(answer.headers.get('cache-control')).toContain('no-store');
      for (const secret of ['client_secret', 'registration_access_token', 'registration_client_uri']) {
        expect(told).not.toHaveProperty(secret);
      }
      expect(Object.values(told)).not.toContain(null);
      expect(told.grant_types).toEqual(expect.arrayContaining(REFRESHABLE));
    });

    it('signs in and stays signed in', async () => {
      const { client_id: clientId } = await (await send()).json();
      const { url, verifier } = authorizationRequest(lab.address, { clientId, redirectUri });
      const back = await approve(openBrowser(), url, lab.issuer.approvals);
      const code = back.searchParams.get('code') ?? '';
      const tokens = await redeem(lab.address, { clientId, code, verifier, redirectUri });
      expect(tokens.status).toBe(200);
      expect((await refresh(lab.address, clientId, String(tokens.body.refresh_token))).status).toBe(200);
    });
  });

  describe('what a registration cannot bring', () => {
    it('is a name of its own choice for the client id, or a secret', async () => {
      const { body } = await register(lab.address, { client_id: 'trackeep-cli', client_secret: 'chosen' });
      expect(body.client_id).not.toBe('trackeep-cli');
      expect(body).not.toHaveProperty('client_secret');
    });

    it('is trust by its name: two of the same name are two clients', async () => {
      const [one, two] = await Promise.all([1, 2].map(() => register(lab.address, { client_name: 'Cursor' })));
      expect(one?.body.client_id).not.toBe(two?.body.client_id);
    });

    it('is a right: it may ask for scopes, and the person is asked all the same', async () => {
      const { body } = await register(lab.address, { scope: 'token:github installations:manage' });
      const { url } = authorizationRequest(lab.address, { clientId: body.client_id, scope: 'token:github' });
      const { response, away } = await openBrowser().follow(url);
      expect({ status: response.status, away }).toEqual({ status: 200, away: null });
      const asked = (await lab.issuer.approvals.list()).map(({ client }) => client.id);
      expect(asked).toContain(body.client_id);
    });

    it.each([
      ['grant types that we do not have', { grant_types: ['client_credentials'] }],
      ['the implicit grant', { grant_types: ['implicit'], response_types: ['token'] }],
      ['response types without a code', { response_types: ['token', 'id_token'] }],
      ['a name that is not a text', { client_name: { en: 'Editor' } }],
      ['an algorithm that is none', { id_token_signed_response_alg: 'none' }],
    ])('is %s: invalid_client_metadata', async (_what, metadata) => {
      const { status, body } = await register(lab.address, metadata);
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_client_metadata' });
      expect(body.error_description).toEqual(expect.any(String));
    });

    it.each([
      ['no address', { redirect_uris: [] }],
      ['an address that is not a text', { redirect_uris: [42] }],
      ['plain http to another machine', { redirect_uris: ['http://evil.test/callback'] }],
      ['one bad address among good ones', { redirect_uris: ['http://127.0.0.1/', 'javascript:alert(1)'] }],
    ])('is %s: invalid_redirect_uri', async (_what, metadata) => {
      const { status, body } = await register(lab.address, metadata);
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_redirect_uri' });
    });
  });
});
