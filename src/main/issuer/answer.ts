import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '../core/errors.ts';
import { digest } from './digest.ts';
import { type Endpoint, endpointOf, METADATA_PATHS } from './endpoints.ts';
import { createKeyedLock } from './keyed-lock.ts';
import { sendOAuthError } from './oauth-error.ts';
import type { OpenIssuer } from './open-issuer.ts';
import { readRegistration } from './registration.ts';
import type { RegistrationLimit } from './registration-limit.ts';
import { putBack, readBody, readForm } from './request-body.ts';
import type { ProcessObserver } from './requesting-process.ts';
import { userinfo } from './userinfo.ts';

export interface AnswerParts {
  /** @throws AppError `vault_locked` and its kin */
  open(): Promise<OpenIssuer>;
  limit: RegistrationLimit;
  observer: ProcessObserver;
  /** The issuer identifier. */
  issuer(): string;
}

/** What embeds a page in another one; a person must see whose page it is (RFC 6749 §10.13). */
const EMBEDDED = new Set(['iframe', 'frame', 'embed', 'object', 'fencedframe']);

/**
 * What happens to a request before the library sees it, and to those it never sees. Most of that is about telling the
 * same thing in one form: a resource's address, a registration, a token that is to be revoked.
 *
 * @returns as `Issuer.answer`
 */
export function createAnswer({ open, limit, observer, issuer }: AnswerParts) {
  const refreshes = createKeyedLock();

  const answer = async (endpoint: Endpoint, request: IncomingMessage, response: ServerResponse, path: string) => {
    if (endpoint.path in METADATA_PATHS) {
      request.url = METADATA_PATHS[endpoint.path] ?? path;
      return (await open()).pass(request, response);
    }
    const library = await open();
    if (endpoint.path === '/approve') return library.interact(request, response, path);
    if (endpoint.path === '/userinfo') {
      allowOrigin(request, response);
      return userinfo(library.tokens, request, response);
    }
    if (endpoint.path === '/authorize') request.url = withCanonicalResource(request.url ?? '', library);
    if (request.method !== 'POST') return library.pass(request, response);

    // The library forgets it with some of the errors.
    response.setHeader('cache-control', 'no-store');
    const body = await readBody(request);
    if (body === null) {
      return sendOAuthError(response, 413, 'invalid_request', 'The body of the request is longer than 64 kB.', {
        connection: 'close',
      });
    }
    switch (endpoint.path) {
      case '/register':
        return register(library, request, response, body);
      case '/revoke':
        return revoke(library, request, response, body);
      case '/introspect':
        return library.introspect(request, response, readForm(request, body));
      default:
        return passForm(library, request, response, body);
    }
  };

  const passForm = async (library: OpenIssuer, request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    const form = readForm(request, body);
    if (form === null) putBack(request, body);
    else {
      canonicalResources(form, library);
      putBack(request, Buffer.from(form.toString()));
    }
    const token = form?.get('grant_type') === 'refresh_token' && form.get('refresh_token');
    if (!token) return library.pass(request, response);
    const refresh = { token, clientId: form.get('client_id') ?? '' };
    // One after the other, or two of a client's processes would each get a successor of their own.
    return refreshes.run(digest(token), () => library.passRefresh(request, response, refresh));
  };

  const register = async (library: OpenIssuer, request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    allowOrigin(request, response);
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    const read = type === 'application/json' ? readRegistration(parseJson(body)) : null;
    if (read === null) {
      const description = 'Send the registration as application/json.';
      return sendOAuthError(response, 400, 'invalid_client_metadata', description);
    }
    if ('error' in read) return sendOAuthError(response, 400, read.error, read.description);
    const waitMs = limit.take(await sourceOf(request, observer));
    if (waitMs !== null) {
      const description = 'Too many clients were registered within an hour.';
      const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) };
      return sendOAuthError(response, 429, 'too_many_requests', description, headers);
    }
    putBack(request, Buffer.from(JSON.stringify(read.metadata)));
    return library.pass(request, response);
  };

  const revoke = async (library: OpenIssuer, request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    const form = readForm(request, body);
    const tokens = form?.getAll('token') ?? [];
    const [token] = tokens;
    if (form === null || tokens.length !== 1 || token?.split('.').length !== 3) {
      putBack(request, body);
      return library.pass(request, response);
    }
    const read = await library.tokens.read(token);
    // A token that is not good is revoked already (RFC 7009 §2.2); the library still checks who asks.
    form.set('token', read?.tokenId ?? 'unknown');
    form.set('token_type_hint', 'access_token');
    putBack(request, Buffer.from(form.toString()));
    return read === null ? library.pass(request, response) : library.passRevocation(request, response, read);
  };

  return async (request: IncomingMessage, response: ServerResponse, path: string, search: string): Promise<void> => {
    const endpoint = endpointOf(path);
    if (endpoint === undefined) throw new AppError('not_found', 'There is nothing here.');
    if (endpoint.page) {
      response.setHeader('x-frame-options', 'DENY');
      // Without a referrer, browsers send a form with the origin "null", as a stranger's page would.
      response.setHeader('referrer-policy', 'same-origin');
      if (EMBEDDED.has(String(request.headers['sec-fetch-dest']))) {
        throw new AppError('origin_refused', 'This page is not shown inside another one.');
      }
    }
    if (!endpoint.methods.includes(request.method ?? '')) {
      const allow = endpoint.methods.join(', ');
      return sendOAuthError(response, 405, 'invalid_request', `Use ${allow}.`, { allow, connection: 'close' });
    }
    // The cookies of the pages belong to one name of this machine, the one that clients know.
    if (endpoint.page && request.method === 'GET' && request.headers.host !== new URL(issuer()).host) {
      const location = `${issuer()}${path}${search === '' ? '' : `?${search}`}`;
      response.writeHead(307, { location, 'content-length': 0, 'cache-control': 'no-store' });
      response.end();
      return;
    }
    if (request.method === 'OPTIONS') return preflight(request, response, endpoint);
    // Or a program that prefers HTML would get an error as a page (RFC 6749 §5.2 knows JSON alone).
    if (!endpoint.page) request.headers.accept = 'application/json';
    try {
      await answer(endpoint, request, response, path);
    } catch (error) {
      const known = toAppError(error);
      // People get a page and programs the form of the RFC; an error that nobody foresaw goes to the listener's log.
      if (endpoint.page || known.code === 'internal' || response.headersSent) throw error;
      sendOAuthError(response, 503, 'temporarily_unavailable', `${known.message} ${known.remedy}`);
    }
  };
}

/** Who registers: another user of this machine must not use up what is the person's. */
async function sourceOf({ socket }: IncomingMessage, observer: ProcessObserver): Promise<string> {
  const seen = await observer.observe(socket);
  return seen === null ? String(socket.remoteAddress) : `uid ${seen.uid}`;
}

/** The guards let in only pages of this machine; to those, the answer may be shown. */
function allowOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('vary', 'Origin');
  if (headers.origin === undefined) return;
  response.setHeader('access-control-allow-origin', headers.origin);
  response.setHeader('access-control-expose-headers', 'WWW-Authenticate, Retry-After');
}

/** Fetch Standard §3.2.3. The library answers it for some of the endpoints, and for others with a 404. */
function preflight(request: IncomingMessage, response: ServerResponse, { methods }: Endpoint): void {
  allowOrigin(request, response);
  response.writeHead(204, {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': 'authorization, content-type, mcp-protocol-version',
    'access-control-max-age': '3600',
  });
  response.end();
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

function canonicalResources(parameters: URLSearchParams, { resources }: OpenIssuer): void {
  const named = parameters.getAll('resource');
  if (named.length === 0) return;
  parameters.delete('resource');
  for (const resource of new Set(named.map(resources.canonical))) parameters.append('resource', resource);
}

function withCanonicalResource(target: string, library: OpenIssuer): string {
  const cut = target.indexOf('?');
  if (cut === -1 || !target.includes('resource=', cut)) return target;
  const parameters = new URLSearchParams(target.slice(cut + 1));
  canonicalResources(parameters, library);
  return `${target.slice(0, cut)}?${parameters}`;
}
