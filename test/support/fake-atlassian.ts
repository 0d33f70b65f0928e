import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../src/main/core/clock.ts';
import { type FakeAnswer, type FakeProvider, type FakeRequest, startFakeProvider } from './fake-provider.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const ATLASSIAN_APP = { clientId: 'atlassian-app', clientSecret: 'ATOAtlassianSecret0123456789' };
export const ACME = { id: '11111111-aaaa-4aaa-8aaa-000000000001', name: 'acme', url: 'https://acme.atlassian.net' };
export const BETA = { id: '22222222-bbbb-4bbb-8bbb-000000000002', name: 'beta', url: 'https://beta.atlassian.net' };

export interface Site {
  id: string;
  name: string;
  url: string;
}

export interface FakeAtlassianOptions {
  clock: Clock;
  redirectUri: string;
  sites?: Site[];
  /** Scopes that the app has in the developer console; all that are asked for, unless told. */
  scopes?: string[];
}

/**
 * Atlassian's authorization server and gateway, after its documentation of OAuth 2.0 (3LO) apps and of rotating refresh
 * tokens: it refuses what they refuse.
 *
 * `/authorize` decides at once, as its parameters `decision`, `account` and `sites` (of the test, not of Atlassian) say.
 */
export interface FakeAtlassian extends FakeProvider {
  /** The one that is registered with the app. */
  redirectUri: string;
  /** What the person may choose from now on. */
  sites: Site[];
  /** Access tokens live this long. Undefined: the answer names no lifetime, and they live an hour. */
  expiresIn: unknown;
  /** What every fresh access token is made longer by, characters. */
  padding: number;
  /** Whether a refresh brings a new refresh token; at times Atlassian forgets to. */
  rotates: boolean;
  /** The person removes the app from their account: all of its tokens end. */
  removeApp(account: string): void;
  /** Every access token ends now, whatever lifetime was named. */
  expireTokens(): void;
  /** How often a refresh token was exchanged. */
  readonly refreshes: number;
  /** Whether an access token is good now. */
  accepts(token: string): boolean;
}

interface Sign {
  account: string;
  sites: string[];
  scope: string;
}
interface Code extends Sign {
  challenge: string | null;
  redirectUri: string;
  expiresAt: number;
}

export async function startFakeAtlassian(options: FakeAtlassianOptions): Promise<FakeAtlassian> {
  const { clock } = options;
  const codes = new Map<string, Code>();
  const access = new Map<string, Sign & { expiresAt: number }>();
  const refresh = new Map<string, Sign & { usedAt: number }>();
  let refreshes = 0;

  const secret = (prefix: string) => `${prefix}${randomBytes(24).toString('base64url')}`;

  const authorize = ({ url }: FakeRequest): FakeAnswer => {
    const query = url.searchParams;
    const scopes = (query.get('scope') ?? '').split(' ');
    const page = (problem: string): FakeAnswer => ({ status: 400, body: `<h1>Something went wrong</h1>${problem}` });
    if (query.get('client_id') !== ATLASSIAN_APP.clientId) return page('client_id');
    const { redirectUri } = atlassian;
    if (query.get('redirect_uri') !== redirectUri) return page('redirect_uri is not registered for client');
    if (query.get('audience') !== 'api.atlassian.com') return page('audience');
    if (query.get('response_type') !== 'code') return page('response_type');
    if (query.get('prompt') !== 'consent') return page('prompt');
    if (!query.get('state')) return page('state');
    const missing = options.scopes && scopes.find((scope) => !options.scopes?.includes(scope));
    const back = new URL(redirectUri);
    back.searchParams.set('state', query.get('state') ?? '');
    if (missing) back.searchParams.set('error', 'invalid_scope');
    else if (query.get('decision') === 'deny') back.searchParams.set('error', 'access_denied');
    else {
      const code = secret('code-');
      codes.set(code, {
        account: query.get('account') ?? 'mia',
        sites: query.get('sites')?.split(',') ?? atlassian.sites.map(({ id }) => id),
        scope: scopes.join(' '),
        challenge: query.get('code_challenge_method') === 'S256' ? query.get('code_challenge') : null,
        redirectUri,
        expiresAt: clock.now() + 5 * 60_000,
      });
      back.searchParams.set('code', code);
    }
    return { status: 302, headers: { location: back.href } };
  };

  const refused = (status: number, error: string, error_description: string): FakeAnswer => ({
    status,
    body: { error, error_description },
  });

  const issue = (sign: Sign, refreshToken: string | null): FakeAnswer => {
    const token = `${secret('eyJ')}${'x'.repeat(atlassian.padding)}`;
    const { expiresIn } = atlassian;
    const lifetimeMs = typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn * 1_000 : HOUR_MS;
    access.set(token, { ...sign, expiresAt: clock.now() + lifetimeMs });
    if (refreshToken !== null) refresh.set(refreshToken, { ...sign, usedAt: clock.now() });
    return {
      body: {
        access_token: token,
        scope: sign.scope,
        token_type: 'Bearer',
        ...(expiresIn === undefined ? {} : { expires_in: expiresIn }),
        ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
      },
    };
  };

  const token = ({ body }: FakeRequest): FakeAnswer => {
    if (body.get('client_id') !== ATLASSIAN_APP.clientId || body.get('client_secret') !== ATLASSIAN_APP.clientSecret) {
      return refused(401, 'access_denied', 'Unauthorized');
    }
    if (body.get('grant_type') === 'authorization_code') {
      const code = codes.get(body.get('code') ?? '');
      codes.delete(body.get('code') ?? '');
      if (!code || code.expiresAt <= clock.now() || body.get('redirect_uri') !== code.redirectUri) {
        return refused(403, 'invalid_grant', 'Invalid authorization code');
      }
      const verifier = body.get('code_verifier') ?? '';
      if (code.challenge !== null && createHash('sha256').update(verifier).digest('base64url') !== code.challenge) {
        return refused(403, 'invalid_grant', 'Failed to verify code verifier');
      }
      return issue(code, code.scope.split(' ').includes('offline_access') ? secret('refresh-') : null);
    }
    if (body.get('grant_type') === 'refresh_token') {
      const given = body.get('refresh_token') ?? '';
      const known = refresh.get(given);
      if (!known || clock.now() - known.usedAt > 90 * DAY_MS) {
        return refused(403, 'invalid_grant', 'Unknown or invalid refresh token.');
      }
      refreshes += 1;
      if (!atlassian.rotates) return issue(known, null);
      refresh.delete(given);
      return issue(known, secret('refresh-'));
    }
    return refused(403, 'unsupported_grant_type', 'Unsupported grant type');
  };

  const signOf = ({ headers }: FakeRequest): Sign | null => {
    const known = access.get(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '');
    return known && known.expiresAt > clock.now() ? known : null;
  };

  const unauthorized = (message = 'Unauthorized'): FakeAnswer => ({ status: 401, body: { code: 401, message } });

  const account = (request: FakeRequest): FakeAnswer => {
    const sign = signOf(request);
    if (!sign) return unauthorized();
    if (!sign.scope.split(' ').includes('read:me')) return unauthorized('Unauthorized; scope does not match');
    const name = `${sign.account.slice(0, 1).toUpperCase()}${sign.account.slice(1)} Krystof`;
    return {
      body: {
        account_type: 'atlassian',
        account_id: `712020:${sign.account}`,
        email: `${sign.account}@example.com`,
        name,
      },
    };
  };

  const resources = (request: FakeRequest): FakeAnswer => {
    const sign = signOf(request);
    if (!sign) return unauthorized();
    const listed = atlassian.sites.filter(({ id }) => sign.sites.includes(id));
    const scopes = (pattern: RegExp) => sign.scope.split(' ').filter((scope) => pattern.test(scope));
    // As the real one: a site that has both products is listed twice.
    return {
      body: listed.flatMap((site) => [
        { ...site, scopes: scopes(/jira/), avatarUrl: `${site.url}/avatar.png` },
        { ...site, scopes: scopes(/confluence/), avatarUrl: `${site.url}/wiki/avatar.png` },
      ]),
    };
  };

  /** The gateway answers 404 for what is not there, and for tokens that have expired. */
  const gateway = (request: FakeRequest, cloudId: string, path: string): FakeAnswer => {
    const nothing: FakeAnswer = { status: 404, body: { code: 404, message: 'Not Found' } };
    const sign = signOf(request);
    if (!sign?.sites.includes(cloudId)) return nothing;
    if (path === '/rest/api/3/issue/TT-1') return { body: { key: 'TT-1', fields: { summary: 'The first' } } };
    if (path === '/rest/api/3/project/search' && request.method === 'GET') return { body: { values: [] } };
    if (path === '/rest/api/3/issue' && request.method === 'POST')
      return unauthorized('Unauthorized; scope does not match');
    return nothing;
  };

  const answer = (request: FakeRequest): FakeAnswer => {
    const route = `${request.method} ${request.url.pathname}`;
    if (route === 'GET /authorize') return authorize(request);
    if (route === 'POST /oauth/token') return token(request);
    if (route === 'GET /me') return account(request);
    if (route === 'GET /oauth/token/accessible-resources') return resources(request);
    const [, cloudId, path] = /^\/ex\/(?:jira|confluence)\/([\w-]+)(\/.*)$/.exec(request.url.pathname) ?? [];
    if (cloudId && path) return gateway(request, cloudId, path);
    return { status: 404, body: { code: 404, message: 'Not Found' } };
  };

  const server = await startFakeProvider(answer);
  const atlassian: FakeAtlassian = {
    ...server,
    redirectUri: options.redirectUri,
    sites: options.sites ?? [ACME, BETA],
    expiresIn: 3_600,
    padding: 1_200,
    rotates: true,
    removeApp(who) {
      for (const tokens of [access, refresh]) {
        for (const [text, { account }] of tokens) if (account === who) tokens.delete(text);
      }
    },
    expireTokens: () => access.clear(),
    get refreshes() {
      return refreshes;
    },
    accepts: (text) => (access.get(text)?.expiresAt ?? 0) > clock.now(),
  };
  return atlassian;
}
