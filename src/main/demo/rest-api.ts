import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { AppRegistry, InstallationGrant } from './app-registry.ts';
import type { Answer, Exchange } from './exchange.ts';
import { json } from './exchange.ts';
import { refusals } from './failures.ts';
import type { RateLimit } from './rate-limit.ts';
import type { ReleaseViews } from './release-views.ts';
import type { Grant, TokenStore } from './token-store.ts';
import type { RestAnswer } from './tracked/rest-endpoint.ts';
import type { Upstream } from './upstream.ts';

/**
 * The REST API: the world answers for its repositories and `emulate` for all else, and this adds what it lacks – tokens that die, ETags that differ per token, a rate
 * limit to which authorized 304s do not count, and whole release files.
 */
export function createRestApi(parts: {
  clock: Clock;
  tokens: TokenStore;
  apps: Pick<AppRegistry, 'find'>;
  upstream: () => Upstream;
  releases: ReleaseViews;
  rateLimit: RateLimit;
  /** Asked first; null: it is none of its business. */
  tracked: (exchange: Exchange, login: string | null) => RestAnswer | null;
}): (exchange: Exchange) => Promise<Answer> {
  const { tokens, apps, releases, rateLimit } = parts;

  return async (exchange) => {
    const token = tokenOf(exchange);
    const installed = token === null ? null : apps.find(token);
    const grant = installed ? asOwner(installed) : token === null ? null : tokens.find(token);
    if (token !== null && !grant) return refusals.badCredentials();
    const refusal = installed && beyond(installed, exchange);
    if (refusal) return refusal;

    const answer = await ask(exchange, grant);
    const etag = exchange.method === 'GET' && answer.status === 200 ? etagOf(token, answer.text) : null;
    const unchanged = etag !== null && exchange.headers['if-none-match'] === etag;
    const limit = rateLimit.count(token ?? '', unchanged && token !== null ? 0 : 1);
    if (limit.exceeded) {
      return json(
        403,
        { message: 'API rate limit exceeded', documentation_url: 'https://docs.github.com/rest' },
        limit.headers,
      );
    }
    const headers = {
      ...limit.headers,
      ...(etag === null
        ? {}
        : { etag, 'cache-control': 'private, max-age=60, s-maxage=60', vary: 'Accept, Authorization' }),
      ...(grant?.kind === 'oauth-app' ? { 'x-oauth-scopes': grant.scopes.join(', ') } : {}),
      ...(answer.link === null ? {} : { link: answer.link }),
      ...(answer.location === undefined ? {} : { location: answer.location }),
      'x-github-media-type': 'github.v3; format=json',
      'x-github-request-id': createHash('sha256')
        .update(`${parts.clock.now()} ${exchange.path}`)
        .digest('hex')
        .slice(0, 24),
    };
    if (unchanged) return { status: 304, headers };
    return { status: answer.status, headers: { 'content-type': answer.type, ...headers }, body: answer.text };
  };

  async function ask(exchange: Exchange, grant: Grant | null): Promise<RestAnswer> {
    const told = parts.tracked(exchange, grant?.login ?? null);
    if (told !== null) return told;
    const latest = /^(\/repos\/[^/]+\/[^/]+\/releases)\/latest$/.exec(exchange.path);
    // emulate dates a release by when it was seeded, so which is the latest is decided here.
    const pathAndQuery = latest ? `${latest[1]}?per_page=100` : pathOf(exchange);
    const upstream = parts.upstream();
    const headers = new Headers({ accept: exchange.headers.accept ?? 'application/json' });
    const type = exchange.headers['content-type'];
    if (type !== undefined) headers.set('content-type', type);
    if (grant) headers.set('authorization', upstream.authorization(grant.login));
    const hasBody = exchange.method !== 'GET' && exchange.method !== 'HEAD';
    const answer = await upstream.send({
      method: exchange.method,
      pathAndQuery,
      headers,
      body: hasBody ? exchange.body : null,
    });
    const whole = {
      status: answer.status,
      text: answer.text,
      type: answer.headers.get('content-type') ?? 'application/json; charset=utf-8',
    };
    if (answer.status !== 200 || !exchange.path.includes('/releases'))
      return { ...whole, link: answer.headers.get('link') };
    const dressed = releases.dress(JSON.parse(answer.text));
    if (!latest) return { ...whole, text: JSON.stringify(dressed), link: answer.headers.get('link') };
    const found = releases.latestOf(dressed);
    if (found === null) return { ...whole, status: 404, text: JSON.stringify({ message: 'Not Found' }), link: null };
    return { ...whole, text: JSON.stringify(found), link: null };
  }
}

/** `emulate` knows no tokens of installations made here: such a request is sent on as one of the account's owner. */
function asOwner({ installation }: InstallationGrant): Grant {
  return { login: installation.account.login, clientId: '', kind: 'github-app', scopes: [], way: 'web' };
}

/** What an installation token is not good for: anything of a person's, other repositories, and writing without leave. */
function beyond({ installation, repositories, permissions }: InstallationGrant, exchange: Exchange): Answer | null {
  const { method, path } = exchange;
  if (path === '/user' || path.startsWith('/user/')) {
    return json(403, { message: 'Resource not accessible by integration' });
  }
  const [, owner, name = ''] = /^\/repos\/([^/]+)\/([^/]+)/.exec(path) ?? [];
  if (owner === undefined) return null;
  const covered = owner === installation.account.login && (repositories === null || repositories.includes(name));
  if (!covered) return json(404, { message: 'Not Found' });
  const writes = method !== 'GET' && method !== 'HEAD';
  if (writes && permissions.contents !== 'write')
    return json(403, { message: 'Resource not accessible by integration' });
  return null;
}

function tokenOf(exchange: Exchange): string | null {
  const header = exchange.headers.authorization;
  if (header === undefined) return null;
  return header.replace(/^(bearer|token)\s+/i, '').trim();
}

function pathOf(exchange: Exchange): string {
  const query = exchange.query.toString();
  return query === '' ? exchange.path : `${exchange.path}?${query}`;
}

const etagOf = (token: string | null, text: string) =>
  `W/"${createHash('sha256').update(`${token}\n`).update(text).digest('hex')}"`;
