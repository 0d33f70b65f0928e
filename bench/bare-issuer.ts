/**
 * The peer of the issuer's benchmarks: `oidc-provider` by itself, with its memory adapter, set up for the same tokens.
 * Prints JSON of a BareIssuer and serves until it is killed.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';

export interface BareIssuer {
  port: number;
  tokens: { clientId: string; refreshToken: string }[];
  /** An opaque access token: the only kind that the library introspects. */
  introspected: string;
  /** Credentials of the client that may introspect. */
  authorization: string;
}

const CLIENTS = 10;
const GRANTS = 100;
const DAY_S = 86_400;
const SUBJECT = 'the-person';
const SCOPE = 'openid updates:read installations:read';
const RESOURCE_SERVER = { id: 'resource-server', secret: randomBytes(32).toString('hex') };

const server = createServer();
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = await generateKeyPair('ES256', { extractable: true });

const resourceServer = {
  audience: `${issuer}/mcp`,
  scope: 'updates:read installations:read',
  accessTokenFormat: 'jwt',
  accessTokenTTL: 7 * DAY_S,
  jwt: { sign: { alg: 'ES256' } },
} as const;
const configuration: Configuration = {
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'es' }] as never },
  clients: [
    {
      client_id: RESOURCE_SERVER.id,
      client_secret: RESOURCE_SERVER.secret,
      grant_types: [],
      response_types: [],
      redirect_uris: [],
    },
  ],
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  routes: { token: '/token', introspection: '/token/introspection', registration: '/reg' },
  scopes: ['openid', 'offline_access'],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  ttl: { AccessToken: 7 * DAY_S, RefreshToken: 30 * DAY_S, IdToken: 3600, Grant: 30 * DAY_S },
  expiresWithSession: () => false,
  issueRefreshToken: () => true,
  rotateRefreshToken: () => true,
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
    registration: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => `${issuer}/mcp`,
      useGrantedResource: () => true,
      getResourceServerInfo: () => resourceServer,
    },
  },
};
const provider = new Provider(issuer, configuration);
const answer = provider.callback();
server.on('request', (request, response) => void answer(request, response));

const clients = await Promise.all(Array.from({ length: CLIENTS }, register));
const tokens: BareIssuer['tokens'] = [];
let introspected = '';
for (let index = 0; index < GRANTS; index += 1) {
  const client = await provider.Client.find(clients[index % CLIENTS] ?? '');
  if (client === undefined) throw new Error('A client is missing that has registered.');
  const grant = new provider.Grant({ accountId: SUBJECT, clientId: client.clientId });
  grant.addOIDCScope('openid');
  grant.addResourceScope(`${issuer}/mcp`, SCOPE);
  const common = { accountId: SUBJECT, client, grantId: await grant.save(), gty: 'authorization_code', scope: SCOPE };
  const refreshToken = new provider.RefreshToken({
    ...common,
    resource: `${issuer}/mcp`,
    expiresWithSession: false,
  } as never);
  tokens.push({ clientId: client.clientId, refreshToken: await refreshToken.save() });
  if (introspected === '') introspected = await new provider.AccessToken(common as never).save();
}
const authorization = `Basic ${Buffer.from(`${RESOURCE_SERVER.id}:${RESOURCE_SERVER.secret}`).toString('base64')}`;
const told: BareIssuer = { port, tokens, introspected, authorization };
console.log(JSON.stringify(told));

async function register(): Promise<string> {
  const registered = await fetch(`${issuer}/reg`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Test editor',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1:3118/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    }),
  });
  const { client_id: clientId } = (await registered.json()) as { client_id: string };
  return clientId;
}
