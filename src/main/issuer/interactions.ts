import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Kysely } from 'kysely';
import type { Client, Provider } from 'oidc-provider';
import type { ClientKind } from '../../shared/client-views.ts';
import { isScope, SCOPE_NAMES, type Scope } from '../../shared/scopes.ts';
import { AppError } from '../core/errors.ts';
import type { RenderedPage } from '../core/page.ts';
import type { Schema } from '../storage/schema.ts';
import type { ApprovalRequest, PageView, WaitingApprovals } from './approvals.ts';
import type { BrowserMark } from './browser-mark.ts';
import type { Grants, Permission } from './grants.ts';
import { sendJson } from './oauth-error.ts';
import { approvalPage, overPage } from './pages.ts';
import { boundRedirectHost } from './redirect-uris.ts';
import type { Remembered } from './remembered.ts';
import type { Resources } from './resources.ts';

/** The page asks again after this time, so that no connection stays open for minutes. */
const LONG_POLL_MS = 25_000;

export interface InteractionParts {
  db: Kysely<Schema>;
  provider: Provider;
  approvals: WaitingApprovals;
  grants: Grants;
  remembered: Remembered;
  resources: Resources;
  subject: string;
  /** How long a grant waits for its first token, ms. */
  codeTtlMs: number;
  kindOf(clientId: string): ClientKind;
  /** Keeps what is to be shown of a client that no registration brought. */
  noteClient(client: Client): Promise<void>;
  browserMark: BrowserMark;
  /** Which user of this machine is seen to ask; unknown where the system does not tell. */
  userOf(request: IncomingMessage): Promise<'person' | 'another' | 'unknown'>;
}

/**
 * The way between the library and the person:
 *
 *     GET /approve/UID            the page with the number
 *     GET /approve/UID/state      {"state"}, when it is decided or after 25 s
 *     GET /approve/UID/continue   back to the client, with a code or with access_denied
 *
 * All three belong to the browser that holds the interaction's cookie. None of them can decide: they only read what the
 * contract's doors decided.
 */
export function createInteractions(parts: InteractionParts) {
  const { db, provider, approvals, grants, remembered, resources, subject, codeTtlMs, browserMark } = parts;

  /** @throws AppError `approval_over` for a browser without the cookie, or an interaction that has ended */
  const interactionOf = async (request: IncomingMessage, response: ServerResponse, uid: string) => {
    const found = await provider.interactionDetails(request, response).catch((cause: unknown) => {
      throw over(cause);
    });
    if (found.uid !== uid) throw over();
    return found;
  };
  type Interaction = Awaited<ReturnType<typeof interactionOf>>;

  const permissionOf = ({ params }: Interaction): Permission => {
    const { client_id: clientId, redirect_uri: uri, scope, resource } = params;
    const named = Array.isArray(resource) ? resource[0] : resource;
    const asked = typeof scope === 'string' ? scope.split(' ').filter(isScope) : [];
    return {
      clientId: String(clientId),
      resource: typeof named === 'string' ? named : resources.usual,
      // In the order of the table, so that equal requests are equal.
      scopes: SCOPE_NAMES.filter((name) => asked.includes(name)),
      redirectHost: typeof uri === 'string' ? boundRedirectHost(uri) : null,
    };
  };

  const describe = async (permission: Permission): Promise<ApprovalRequest> => {
    const { clientId, resource, redirectHost } = permission;
    const client = await provider.Client.find(clientId);
    if (client === undefined) throw over();
    await parts.noteClient(client);
    const row = await db
      .selectFrom('issuer_clients')
      .select(['registered_at', 'process'])
      .where('client_id', '=', clientId)
      .executeTakeFirst();
    const scopes = permission.scopes as Scope[];
    const held = await grants.held(permission);
    const fresh = scopes.filter((scope) => !held.has(scope));
    return {
      way: redirectHost === null ? 'device' : 'browser',
      client: {
        id: clientId,
        kind: parts.kindOf(clientId),
        name: client.clientName ?? null,
        registeredAt: row?.registered_at ?? null,
      },
      redirectHost,
      resource,
      // Asked for nothing new, it is asked for all again: it may be another program under the same name.
      scopes: fresh.length > 0 ? fresh : scopes,
      held: fresh.length > 0 ? scopes.filter((scope) => held.has(scope)) : [],
      process: row?.process ? JSON.parse(row.process) : null,
    };
  };

  const finish = async (
    request: IncomingMessage,
    response: ServerResponse,
    outcome: { permission: Permission } | { error: string; error_description: string },
  ) => {
    if ('error' in outcome) return provider.interactionFinished(request, response, outcome);
    const grantId = await grants.create(outcome.permission, subject, codeTtlMs);
    const login = { accountId: subject, remember: false };
    await provider.interactionFinished(request, response, { login, select_account: {}, consent: { grantId } });
  };

  /**
   * A client's id is no secret from the other users of this machine, so what the person wants to be remembered must not
   * be given to them unasked.
   */
  const isRemembered = async (request: IncomingMessage, permission: Permission): Promise<boolean> => {
    if (!(await remembered.covers(permission, null))) return false;
    const user = await parts.userOf(request);
    if (user !== 'unknown') return user === 'person';
    const mark = browserMark.read(request);
    return mark !== null && remembered.covers(permission, mark);
  };

  const show = async (request: IncomingMessage, response: ServerResponse, interaction: Interaction) => {
    const permission = permissionOf(interaction);
    if (permission.scopes.length === 0) return finish(request, response, NO_SCOPE);
    if (await isRemembered(request, permission)) return finish(request, response, { permission });
    const view = await approvals.open(interaction.uid, () => describe(permission));
    if (view.state !== 'waiting') return redirect(response, `/approve/${interaction.uid}/continue`);
    sendPage(response, 200, approvalPage(view));
  };

  const proceed = async (request: IncomingMessage, response: ServerResponse, interaction: Interaction) => {
    const view = approvals.page(interaction.uid);
    if (view === null || view.state === 'waiting') return redirect(response, `/approve/${interaction.uid}`);
    if (view.state !== 'approved') {
      return finish(request, response, { error: 'access_denied', error_description: DENIED[view.state] });
    }
    const permission = permissionOf(interaction);
    if (view.rememberMs !== null) {
      await remembered.add(permission, browserMark.leave(request, response), view.rememberMs);
    }
    await finish(request, response, { permission });
  };

  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const [uid = '', step = '', ...rest] = path.slice('/approve/'.length).split('/');
    if (rest.length > 0) throw new AppError('not_found', 'There is nothing here.');
    const interaction = await interactionOf(request, response, uid).catch((error: unknown) => {
      if (step === 'state') throw new AppError('not_found', 'There is no such request.');
      if (!(error instanceof AppError)) throw error;
      sendPage(response, 400, overPage([error.message, error.remedy]));
      return null;
    });
    if (interaction === null) return;
    switch (step) {
      case '':
        return show(request, response, interaction);
      case 'state': {
        const view: PageView | null = await approvals.decided(uid, LONG_POLL_MS);
        if (view === null) throw new AppError('not_found', 'There is no such request.');
        return sendJson(response, 200, { state: view.state });
      }
      case 'continue':
        return proceed(request, response, interaction);
      default:
        throw new AppError('not_found', 'There is nothing here.');
    }
  };
}

/** RFC 6749 §3.3: a server without a default says so. */
const NO_SCOPE = { error: 'invalid_scope', error_description: 'no known scope was asked for' };

const DENIED: Record<'denied' | 'expired', string> = {
  denied: 'the person denied the request',
  expired: 'nobody answered the request in time',
};

function over(cause?: unknown): AppError {
  return new AppError('approval_over', 'This request has ended, or belongs to another browser.', { cause });
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, 'content-length': 0, 'cache-control': 'no-store' });
  response.end();
}

function sendPage(response: ServerResponse, status: number, { html, headers }: RenderedPage): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(html) });
  response.end(html);
}
