import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import type { Adapter, AdapterPayload, Client, KoaContextWithOIDC } from 'oidc-provider';
import type { ClientKind, ProcessView } from '../../shared/client-views.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import type { IssuerConfig } from '../core/config.ts';
import { iso } from '../core/iso-time.ts';
import type { Logger } from '../core/logger.ts';
import { createGroupCommit } from '../storage/group-commit.ts';
import type { Store } from '../storage/store.ts';
import type { Vault } from '../vault/vault.ts';
import { type AccessTokens, createAccessTokens } from './access-tokens.ts';
import type { WaitingApprovals } from './approvals.ts';
import { createBrowserMark } from './browser-mark.ts';
import type { ClientStore } from './client-store.ts';
import type { StaticClient } from './configured-clients.ts';
import { type Grants, grantPayload } from './grants.ts';
import { createInteractions } from './interactions.ts';
import { type IntrospectionParts, introspect } from './introspection.ts';
import type { AccessToken, Exchange } from './issuer.ts';
import { issuerPages } from './pages.ts';
import { createProvider } from './provider.ts';
import { createRecordAdapter } from './records.ts';
import { createRefreshContext } from './refresh-context.ts';
import { createRefreshReader, type Refresh } from './refresh-reads.ts';
import type { Remembered } from './remembered.ts';
import type { AcceptedSocket, ProcessObserver } from './requesting-process.ts';
import type { Resources } from './resources.ts';
import { openSecrets } from './secrets.ts';
import type { SigningKeys } from './signing-keys.ts';
import { registerTokenExchange } from './token-exchange.ts';

/** How long a grant waits for its first token: the code's life, and some more for the browser. */
const GRANT_WAITS_MS = 15 * 60_000;

export interface OpenIssuerParts {
  db: Store;
  vault: Vault;
  config: IssuerConfig;
  statics: readonly StaticClient[];
  clock: Clock;
  logger: Logger;
  bus: Bus;
  signingKeys: SigningKeys;
  grants: Grants;
  remembered: Remembered;
  approvals: WaitingApprovals;
  store: ClientStore;
  observer: ProcessObserver;
  resources: Resources;
  issuer: string;
  fetch: typeof globalThis.fetch;
  exchange: Exchange;
  kindOf(clientId: string): ClientKind;
}

/** The issuer with its keys: everything that needs an open vault. */
export interface OpenIssuer {
  readonly tokens: AccessTokens;
  readonly resources: Resources;
  /** Passes a request to the library. Resolves when it is answered. */
  pass(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Passes a refresh, for which everything is read at once. */
  passRefresh(request: IncomingMessage, response: ServerResponse, refresh: Refresh): Promise<void>;
  /** Passes the revocation of an access token to the library, which knows only its id. */
  passRevocation(request: IncomingMessage, response: ServerResponse, token: AccessToken): Promise<void>;
  interact(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
  introspect(request: IncomingMessage, response: ServerResponse, form: URLSearchParams | null): Promise<void>;
}

/** @throws AppError `vault_locked` and its kin */
export async function openIssuer(parts: OpenIssuerParts): Promise<OpenIssuer> {
  const { db, vault, config, clock, logger, bus, grants, store, resources, issuer } = parts;
  const [keys, secrets, library] = await Promise.all([
    parts.signingKeys.open(),
    openSecrets(db, vault),
    import('oidc-provider'),
  ]);
  const context = () => library.Provider.ctx as KoaContextWithOIDC | undefined;
  const refreshContext = createRefreshContext(context, secrets.successorKey);
  const onError = (error: unknown) => logger.error('the issuer failed in the background', { error });
  const tokens = createAccessTokens({
    db,
    clock,
    issuer,
    publicKeys: keys.map(publicHalf),
    isKnown: resources.knows,
    onError,
  });
  const readRefresh = createRefreshReader(db);
  const commit = createGroupCommit(db);
  const revoking = new WeakMap<IncomingMessage, AccessToken>();

  const adapter = (model: string): Adapter => {
    if (model === 'Client') {
      return withReads(store.adapter, (id) => {
        const reads = refreshContext.reads();
        if (reads?.clientId !== id) return null;
        return { found: reads.clientMetadata === null ? undefined : JSON.parse(reads.clientMetadata) };
      });
    }
    if (model === 'Grant') {
      return withReads(grants.adapter, (id) => {
        const reads = refreshContext.reads();
        return reads?.grant.id === id ? { found: grantPayload(reads.grant) } : null;
      });
    }
    if (model === 'AccessToken') return accessTokenAdapter(() => revoking.get(context()?.req as IncomingMessage));
    return createRecordAdapter(
      {
        ...{ db, vault, clock, refreshContext },
        commit,
        accessTokenTtlMs: config.accessTokenTtlMs,
        graceMs: config.refreshGraceMs,
        invalidGrant: (detail) => new library.errors.InvalidGrant(detail),
      },
      model,
    );
  };

  const provider = createProvider({
    ...{ library, issuer, config, keys, secrets, resources, refreshContext, adapter },
    clients: parts.statics,
    pages: issuerPages,
    fetch: store.withKeptDocuments(parts.fetch),
  });
  registerTokenExchange(provider, { library, issuer, tokens, exchange: parts.exchange, now: () => clock.now() });
  provider.on('server_error', (_context, error) => logger.error('the issuer could not answer', { error }));
  // Koa's own event, which the library's types leave out.
  const koa: EventEmitter = provider;
  koa.on('error', (error: unknown) => logger.warn('an answer of the issuer could not be sent', { error }));

  const observe = (clientId: string | undefined, socket: AcceptedSocket) => {
    if (clientId === undefined) return;
    const look = async (): Promise<ProcessView | null> => {
      const seen = await parts.observer.observe(socket);
      return seen?.program ? { ...seen.program, observedAt: iso(clock.now()) } : null;
    };
    store.notice(clientId, look).catch(onError);
  };
  provider.on('registration_create.success', ({ req }, client) => observe(client.clientId, req.socket));
  provider.on('device_authorization.success', ({ req, oidc }) => observe(oidc.client?.clientId, req.socket));
  provider.on('grant.success', ({ req, oidc }) => {
    observe(oidc.client?.clientId, req.socket);
    // With every refresh the list would be made anew for a time that nobody watches change.
    if (oidc.params?.grant_type !== 'refresh_token') bus.emit('clients');
  });
  provider.on('grant.revoked', ({ oidc }) => {
    // A code or refresh token that was used twice: whoever has it must not be let in again without a word.
    if (oidc.route === 'token' && oidc.client !== undefined) {
      parts.remembered.forget({ clientId: oidc.client.clientId }).catch(onError);
    }
    bus.emit('clients');
  });

  const answer = provider.callback();
  const pass: OpenIssuer['pass'] = async (request, response) => {
    await answer(request, response);
  };
  const introspection: IntrospectionParts = { db, clock, issuer, tokens, secret: config.introspectionToken };

  return {
    tokens,
    resources,
    pass,
    async passRefresh(request, response, refresh) {
      refreshContext.begin(request, await readRefresh(refresh));
      await pass(request, response);
    },
    async passRevocation(request, response, token) {
      revoking.set(request, token);
      await pass(request, response);
    },
    interact: createInteractions({
      ...{ db, provider, grants, resources },
      approvals: parts.approvals,
      remembered: parts.remembered,
      subject: secrets.subject,
      codeTtlMs: GRANT_WAITS_MS,
      kindOf: parts.kindOf,
      async noteClient(client: Client) {
        if (parts.kindOf(client.clientId) !== 'metadata_document') return;
        await store.noteDocument(client.clientId, client.metadata());
      },
      browserMark: createBrowserMark(issuer),
      async userOf({ socket }) {
        const seen = await parts.observer.observe(socket);
        if (seen === null) return 'unknown';
        return seen.uid === process.getuid?.() ? 'person' : 'another';
      },
    }),
    introspect: (request, response, form) => introspect(introspection, request, response, form),
  };
}

/** An adapter that does not ask again for what was read for the refresh under way. */
function withReads(adapter: Adapter, known: (id: string) => { found: AdapterPayload | undefined } | null): Adapter {
  return {
    ...adapter,
    async find(id) {
      const read = known(id);
      return read === null ? adapter.find(id) : read.found;
    },
  };
}

function publicHalf({ d, p, q, dp, dq, qi, ...rest }: JWK): JWK {
  return rest;
}

/**
 * Access tokens are JWTs and not stored. The library finds one only for as long as it is being revoked, by the id that
 * the token was replaced with; what ends then is the grant.
 */
function accessTokenAdapter(current: () => AccessToken | undefined): Adapter {
  const nothing = async () => {};
  return {
    async find(id) {
      const token = current();
      if (token === undefined || token.tokenId !== id) return undefined;
      return {
        kind: 'AccessToken',
        jti: id,
        clientId: token.clientId,
        grantId: token.grantId,
        accountId: token.subject,
        iat: Math.floor(token.issuedAt / 1000),
        exp: Math.floor(token.expiresAt / 1000),
      };
    },
    upsert: nothing,
    consume: nothing,
    destroy: nothing,
    revokeByGrantId: nothing,
    findByUid: nothing as Adapter['findByUid'],
    findByUserCode: nothing as Adapter['findByUserCode'],
  };
}
