/**
 * An MCP server that takes only tokens of Trackeep Tray. See docs/protect-your-own-mcp-server.md.
 *
 *     node docs/examples/protected-mcp-server.mjs
 *
 * Environment: ISSUER, PORT, and INTROSPECTION_TOKEN, with which it asks the issuer about each token instead of checking
 * the token's signature itself.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
  McpServer,
  OAuthError,
  OAuthErrorCode,
  oauthMetadataResponse,
  requireBearerAuth,
  requireScopes,
} from '@modelcontextprotocol/server';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const { ISSUER = 'http://127.0.0.1:9090', PORT = '7000', INTROSPECTION_TOKEN } = process.env;

const issuer = await discover(ISSUER);
const listener = createServer();
// Loopback alone: what other machines cannot connect to needs no rule that keeps them out.
await once(listener.listen(Number(PORT), '127.0.0.1'), 'listening');

/** This server's name in tokens. The issuer must know it: Settings → Resource servers. */
const resource = `http://127.0.0.1:${listener.address().port}/mcp`;
const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(new URL(resource));

const KEYS_UNREACHABLE = ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC'];

/** RFC 9068 §4: by the issuer's public keys, without asking it. A revoked token stays good until it expires. */
function byKeys() {
  // Fetches the keys when it needs them, and again when a token names one that it has not seen.
  const keys = createRemoteJWKSet(new URL(issuer.jwks_uri));
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: issuer.issuer,
        audience: resource,
        typ: 'at+jwt',
        algorithms: ['ES256', 'RS256'],
        requiredClaims: ['exp', 'sub', 'client_id'],
      });
      return payload;
    } catch (error) {
      // Of a token that is no good, jose says what is wrong with it. That the keys cannot be had is no word about it.
      if (error instanceof errors.JOSEError && !KEYS_UNREACHABLE.includes(error.code)) return null;
      throw error;
    }
  };
}

/** RFC 7662: by the issuer's word, each time. A revoked token ends at once; without the issuer, none is good. */
function byIntrospection(secret) {
  return async (token) => {
    const answer = await fetch(issuer.introspection_endpoint, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: new URLSearchParams({ token }),
      signal: AbortSignal.timeout(5_000),
    });
    if (!answer.ok) throw new Error(`The issuer answered ${answer.status} to an introspection.`);
    const claims = await answer.json();
    // It knows the tokens of every server, and refresh tokens, which have no audience.
    return claims.active && claims.aud === resource ? claims : null;
  };
}

const check = INTROSPECTION_TOKEN ? byIntrospection(INTROSPECTION_TOKEN) : byKeys();

const authorize = requireBearerAuth({
  resourceMetadataUrl,
  expectedResource: new URL(resource),
  requiredScopes: ['openid'],
  verifier: {
    async verifyAccessToken(token) {
      const claims = await check(token);
      if (claims === null) throw new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not good here.');
      return {
        token,
        clientId: claims.client_id,
        scopes: (claims.scope ?? '').split(' '),
        expiresAt: claims.exp,
        resource: new URL(claims.aud),
        extra: { subject: claims.sub },
      };
    },
  },
});

/** One server for each request, as the protocol has had it since its revision 2026-07-28. */
function serverFor({ authInfo }) {
  const server = new McpServer({ name: 'protected-example', version: '1.0.0' });
  server.registerTool('greet', { description: 'Says hello to the person.' }, () => ({
    content: [{ type: 'text', text: `Hello, ${authInfo.extra.subject}. You came by ${authInfo.clientId}.` }],
  }));
  server.registerTool(
    'upgrade_plan',
    // Beyond what every call needs. Without it, the client is sent to ask the person for it.
    { description: 'How to upgrade Trackeep here.', scopeChallenge: requireScopes('updates:read') },
    () => ({ content: [{ type: 'text', text: 'Back up, stop, install, start.' }] }),
  );
  return server;
}

const mcp = createMcpHandler(serverFor);

const serve = toNodeHandler({
  async fetch(request, options) {
    const metadata = oauthMetadataResponse(request, {
      oauthMetadata: issuer,
      resourceServerUrl: new URL(resource),
      resourceName: 'Protected example',
      scopesSupported: ['openid', 'updates:read'],
    });
    if (metadata) return metadata;
    if (new URL(request.url).pathname !== '/mcp') return new Response('Not found', { status: 404 });
    const auth = await authorize(request);
    return auth instanceof Response ? auth : mcp.fetch(request, { ...options, authInfo: auth });
  },
});

// Web pages reach loopback, too: DNS rebinding shows in Host, a foreign page in Origin.
const hostIsOurs = localhostHostValidation();
const originIsLocal = localhostOriginValidation();
listener.on('request', (request, response) => {
  if (hostIsOurs(request, response) && originIsLocal(request, response)) serve(request, response);
});

process.stdout.write(`${resource}\n`);

/** RFC 8414: where the issuer's endpoints are. What it says of itself must be what was asked (§3.3). */
async function discover(address) {
  const answer = await fetch(`${address}/.well-known/oauth-authorization-server`);
  const metadata = await answer.json();
  if (metadata.issuer !== address) throw new Error(`${address} calls itself ${metadata.issuer}.`);
  return metadata;
}
