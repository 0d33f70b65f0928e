import { randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import type { Adapter, Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { SCOPE_NAMES } from '../../shared/scopes.ts';
import type { IssuerConfig } from '../core/config.ts';
import type { StaticClient } from './configured-clients.ts';
import { OPENID_SCOPES } from './grants.ts';
import type { IssuerPages } from './pages.ts';
import { checkRedirectUri } from './redirect-uris.ts';
import type { RefreshContext } from './refresh-context.ts';
import { GRANT_TYPES } from './registration.ts';
import type { Resources } from './resources.ts';
import type { IssuerSecrets } from './secrets.ts';
import { signingKey } from './signing-key.ts';

/** The library as a module, loaded when the first request comes: it takes 120 ms. */
export type Library = typeof import('oidc-provider');

export interface ProviderParts {
  library: Library;
  /** The issuer identifier (RFC 8414 §2). */
  issuer: string;
  config: IssuerConfig;
  keys: JWK[];
  secrets: IssuerSecrets;
  resources: Resources;
  clients: readonly StaticClient[];
  pages: IssuerPages;
  refreshContext: RefreshContext;
  adapter(model: string): Adapter;
  /** For client ID metadata documents. */
  fetch: typeof fetch;
}

const DEVICE_CODE_TTL_S = 600;
const CODE_TTL_S = 60;
/** A request waits five minutes for the person; the browser may come back a little later. */
const INTERACTION_TTL_S = 900;

/**
 * The protocol, which the library implements, with what it leaves to us: who decides (the person, in the app), where
 * records are kept (the database), which keys sign (those in the vault).
 */
export function createProvider(parts: ProviderParts): Provider {
  const { library, issuer, config, resources, pages, refreshContext } = parts;
  const provider = new library.Provider(issuer, configuration(parts));

  // The one place where the library lets nobody choose a token's value.
  const prototype: { generateTokenId(): string } = provider.RefreshToken.prototype as never;
  const random = prototype.generateTokenId;
  prototype.generateTokenId = function generateTokenId() {
    const used = refreshContext.rotating();
    return used === null ? random.call(this) : refreshContext.successorOf(used);
  };

  provider.use(async (context, next) => {
    await next();
    const { body } = context;
    if (typeof body !== 'object' || body === null) return;
    const { oidc } = context as Partial<KoaContextWithOIDC>;
    const route = oidc?.route;
    if (route === 'discovery') Object.assign(body, discoveryExtras(issuer, config));
    if (route === 'token' && 'error' in body && oidc !== undefined && asksForAnothersGrant(oidc))
      body.error = 'unauthorized_client';
    const successor = refreshContext.answeredWith(context);
    if (route === 'token' && successor !== null && 'refresh_token' in body) body.refresh_token = successor;
  });

  return provider;

  function configuration({ keys, secrets, clients, adapter, fetch }: ProviderParts): Configuration {
    const { interactionPolicy } = library;
    const { Prompt, Check } = interactionPolicy;
    // Whatever a client asks for by `prompt`, the person is asked: there is no login, and no other account.
    const policy = [
      new Prompt({ name: 'login', requestable: true }),
      new Prompt({ name: 'select_account', requestable: true }),
      new Prompt(
        { name: 'consent', requestable: true },
        new Check('unanswered', 'the person decides in Trackeep Tray', 'consent_required', ({ oidc }) =>
          oidc.result?.consent === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
        ),
      ),
    ];
    const cookies = { httpOnly: true, sameSite: 'lax', signed: true } as const;
    const { port } = new URL(issuer);

    return {
      adapter,
      jwks: { keys: keys.map((key) => signingKey(library, key)) },
      clients: clients as never,
      findAccount: async (_context, id) =>
        id === secrets.subject ? { accountId: id, claims: async () => ({ sub: id }) } : undefined,
      routes: {
        authorization: '/authorize',
        token: '/token',
        registration: '/register',
        revocation: '/revoke',
        jwks: '/jwks',
        device_authorization: '/device/code',
        code_verification: '/device',
      },
      scopes: OPENID_SCOPES,
      responseTypes: ['code'],
      clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
      clientDefaults: {
        application_type: 'native',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        id_token_signed_response_alg: 'ES256',
      },
      enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
      pkce: { required: () => true },
      conformIdTokenClaims: false,
      cookies: {
        // A cookie for 127.0.0.1 goes to every port of it.
        names: {
          session: `trackeep_session_of_issuer_${port}`,
          interaction: `trackeep_request_${port}`,
          resume: `trackeep_resume_${port}`,
        },
        keys: [secrets.cookieKey],
        long: cookies,
        short: cookies,
      },
      ttl: {
        AccessToken: seconds(config.accessTokenTtlMs),
        AuthorizationCode: CODE_TTL_S,
        DeviceCode: DEVICE_CODE_TTL_S,
        IdToken: 3600,
        Interaction: INTERACTION_TTL_S,
        RefreshToken: seconds(config.refreshTokenTtlMs),
        Session: 3600,
      },
      // A session of the browser says nothing about the person, so nothing hangs on it.
      expiresWithSession: () => false,
      issueRefreshToken: async (_context, client) =>
        client.clientAuthMethod === 'none' && client.grantTypeAllowed('refresh_token'),
      rotateRefreshToken: (context) => refreshContext.answeredWith(context) === null,
      // Whichever token is revoked or replayed, the whole grant ends (RFC 7009 §2.1, RFC 9700 §4.14.2).
      revokeGrantPolicy: () => true,
      extraTokenClaims: (_context, token) => ({ grant_id: 'grantId' in token ? token.grantId : undefined }),
      loadExistingGrant: ({ oidc }) => {
        const grantId = oidc.result?.consent?.grantId;
        return grantId === undefined ? Promise.resolve(undefined) : oidc.provider.Grant.find(grantId);
      },
      interactions: { policy, url: (_context, { uid }) => `/approve/${uid}` },
      renderError: pages.renderError,
      clientBasedCORS: () => true,
      fetch: fetch as never,
      fetchResponseBodyLimits: { 'client_id metadata document': 64 * 1024 },
      features: {
        devInteractions: { enabled: false },
        externalSigningSupport: { enabled: true, ack: 'experimental-01' },
        introspection: { enabled: false },
        userinfo: { enabled: false },
        rpInitiatedLogout: { enabled: false },
        pushedAuthorizationRequests: { enabled: false },
        dPoP: { enabled: false },
        // A client that revokes what is not its own gets the same 200 as for a token that is unknown.
        revocation: {
          enabled: true,
          allowedPolicy: async (_context, client, token) => token.clientId === client.clientId,
        },
        registration: {
          enabled: true,
          initialAccessToken: false,
          issueRegistrationAccessToken: false,
          // The library's own may begin with a dash, and would be an option on our command line.
          idFactory: () => randomUUID(),
        },
        clientIdMetadataDocument: {
          enabled: config.metadataDocuments,
          ack: 'draft-02',
          // As for those that register: from what calls itself a web client, the library takes plain http to anywhere.
          allowClient: async (_context, { redirectUris = [] }) =>
            redirectUris.every((uri) => checkRedirectUri(uri) === null),
        },
        deviceFlow: {
          enabled: true,
          charset: 'base-20',
          mask: '****-****',
          userCodeInputSource: pages.userCodeInput,
          userCodeConfirmSource: pages.userCodeConfirm,
          successSource: pages.deviceDone,
        },
        resourceIndicators: {
          enabled: true,
          defaultResource: (_context, _client, oneOf) => {
            const granted = oneOf?.includes(resources.usual) === false ? oneOf[0] : undefined;
            return granted ?? resources.usual;
          },
          useGrantedResource: () => true,
          getResourceServerInfo: (context, resource) => resourceServer(context, resource),
        },
      },
    };
  }

  function resourceServer(context: KoaContextWithOIDC, resource: string) {
    const asked = context.oidc.params?.resource;
    const { InvalidGrant, InvalidTarget } = library.errors;
    if (Array.isArray(asked) && asked.length > 1) throw new InvalidTarget('ask for one resource at a time');
    if (!resources.knows(resource)) {
      // At the token endpoint the resource was good once, when the person agreed: the grant for it is void.
      if (context.oidc.route === 'token') throw new InvalidGrant('the resource is gone');
      throw new InvalidTarget('tokens are not issued for this resource');
    }
    return {
      audience: resource,
      scope: SCOPE_NAMES.join(' '),
      accessTokenFormat: 'jwt' as const,
      accessTokenTTL: seconds(config.accessTokenTtlMs),
      jwt: { sign: { alg: 'ES256' as const } },
    };
  }
}

/** What our own endpoints add, and the scopes, which the library would list without those of resources. */
function discoveryExtras(issuer: string, config: IssuerConfig): Record<string, unknown> {
  return {
    scopes_supported: SCOPE_NAMES,
    grant_types_supported: GRANT_TYPES,
    userinfo_endpoint: `${issuer}/userinfo`,
    revocation_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    ...(config.introspectionToken === null ? {} : { introspection_endpoint: `${issuer}/introspect` }),
  };
}

/** RFC 6749 §5.2 has a word of its own for this, where the library speaks of an invalid request. */
function asksForAnothersGrant({ client, params }: KoaContextWithOIDC['oidc']): boolean {
  const asked = GRANT_TYPES.find((type) => type === params?.grant_type);
  return asked !== undefined && client?.grantTypeAllowed(asked) === false;
}

function seconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1000));
}
