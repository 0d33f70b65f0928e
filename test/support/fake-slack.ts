import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../src/main/core/clock.ts';
import { type FakeAnswer, type FakeProvider, type FakeRequest, startFakeProvider } from './fake-provider.ts';

const DAY_MS = 24 * 3_600_000;

/** An app with PKCE switched on, which makes it a public client. */
export const SLACK_PUBLIC_APP = { clientId: '1111.2222', clientSecret: null };
/** An app that keeps a secret. */
export const SLACK_SECRET_APP = { clientId: '3333.4444', clientSecret: 'slack-secret-0123456789abcdef' };

export const ACME_TEAM = { id: 'T0ACME', name: 'Acme', url: 'https://acme.slack.com/' };

export interface FakeSlackOptions {
  clock: Clock;
  redirectUri: string;
  /** Whether the app has token rotation switched on; it has, unless told. */
  rotation?: boolean;
  /** The Enterprise organisation that the workspace is part of. */
  enterpriseId?: string;
}

/**
 * Slack's OAuth v2 and the three methods around it, after its documentation of `oauth.v2.access`, PKCE and token
 * rotation. Everything it refuses, it refuses with status 200 and `ok: false`.
 *
 * `/oauth/v2/authorize` decides at once, as its parameters `decision` and `user` (of the test, not of Slack) say.
 */
export interface FakeSlack extends FakeProvider {
  /** The one that is registered with the app. */
  redirectUri: string;
  /** What `expires_in` says; the tokens live twelve hours. */
  expiresIn: unknown;
  /** What every fresh access token is made longer by, characters. */
  padding: number;
  /** An administrator removes the app, or the person leaves. */
  endAll(): void;
  readonly refreshes: number;
  accepts(token: string): boolean;
}

interface Code {
  clientId: string;
  user: string;
  scope: string;
  challenge: string | null;
  expiresAt: number;
  used: boolean;
}
interface Access {
  user: string;
  expiresAt: number | null;
  revoked: boolean;
}
interface Refresh {
  clientId: string;
  user: string;
  scope: string;
  expiresAt: number | null;
}

export async function startFakeSlack(options: FakeSlackOptions): Promise<FakeSlack> {
  const { clock, rotation = true, enterpriseId = null } = options;
  const codes = new Map<string, Code>();
  const access = new Map<string, Access>();
  const refresh = new Map<string, Refresh>();
  let refreshes = 0;

  const secret = (prefix: string) => `${prefix}${randomBytes(20).toString('hex')}`;
  const refused = (error: string): FakeAnswer => ({ body: { ok: false, error } });
  const apps = [SLACK_PUBLIC_APP, SLACK_SECRET_APP];

  const authorize = ({ url }: FakeRequest): FakeAnswer => {
    const query = url.searchParams;
    const app = apps.find(({ clientId }) => clientId === query.get('client_id'));
    const page = (problem: string): FakeAnswer => ({ status: 200, body: `<h1>Something went wrong</h1>${problem}` });
    if (!app) return page('invalid_client_id');
    const { redirectUri } = slack;
    if (query.get('redirect_uri') !== redirectUri) return page('redirect_uri did not match any configured URIs');
    // A desktop app's way back gets no bot.
    if (query.get('scope')) return page('invalid_scope');
    if (!query.get('user_scope')) return page('no_user_scopes');
    const challenge = query.get('code_challenge_method') === 'S256' ? query.get('code_challenge') : null;
    if (app.clientSecret === null && challenge === null) return page('PKCE is required');
    const back = new URL(redirectUri);
    back.searchParams.set('state', query.get('state') ?? '');
    if (query.get('decision') === 'deny') back.searchParams.set('error', 'access_denied');
    else {
      const code = secret('code.');
      codes.set(code, {
        ...{ clientId: app.clientId, challenge, used: false, user: query.get('user') ?? 'grace' },
        scope: query.get('user_scope') ?? '',
        expiresAt: clock.now() + 10 * 60_000,
      });
      back.searchParams.set('code', code);
    }
    return { status: 302, headers: { location: back.href } };
  };

  const issue = ({ clientId, user, scope }: Pick<Code, 'clientId' | 'user' | 'scope'>) => {
    const token = `${secret(rotation ? 'xoxe.xoxp-1-' : 'xoxp-')}${'x'.repeat(slack.padding)}`;
    access.set(token, { user, revoked: false, expiresAt: rotation ? clock.now() + DAY_MS / 2 : null });
    const shown = { scope, access_token: token, token_type: 'user' };
    if (!rotation) return shown;
    const next = secret('xoxe-1-');
    const isPublic = clientId === SLACK_PUBLIC_APP.clientId;
    refresh.set(next, { clientId, user, scope, expiresAt: isPublic ? clock.now() + 30 * DAY_MS : null });
    const { expiresIn } = slack;
    return { ...shown, refresh_token: next, ...(expiresIn === undefined ? {} : { expires_in: expiresIn }) };
  };

  const team = { id: ACME_TEAM.id, name: ACME_TEAM.name };
  const enterprise = enterpriseId === null ? null : { id: enterpriseId, name: 'Acme Group' };
  const about = { app_id: 'A0TRAY', team, enterprise, is_enterprise_install: false };

  const token = ({ body, headers }: FakeRequest): FakeAnswer => {
    const [, given = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
    const [basicId, basicSecret] = Buffer.from(given, 'base64').toString().split(':').map(decodeURIComponent);
    const clientId = basicId || body.get('client_id');
    const clientSecret = basicSecret || body.get('client_secret');
    const app = apps.find((known) => known.clientId === clientId);
    if (!app) return refused('invalid_client_id');
    if (clientSecret !== app.clientSecret) return refused('bad_client_secret');
    const grantType = body.get('grant_type') ?? 'authorization_code';
    if (grantType === 'refresh_token') {
      const known = refresh.get(body.get('refresh_token') ?? '');
      const over = known?.expiresAt != null && known.expiresAt <= clock.now();
      if (!known || over || known.clientId !== clientId) return refused('invalid_refresh_token');
      refresh.delete(body.get('refresh_token') ?? '');
      refreshes += 1;
      return { body: { ok: true, ...about, ...issue(known), user_id: userId(known.user) } };
    }
    if (grantType !== 'authorization_code') return refused('invalid_grant_type');
    const code = codes.get(body.get('code') ?? '');
    if (!code || code.clientId !== clientId || code.expiresAt <= clock.now()) return refused('invalid_code');
    if (code.used) return refused('code_already_used');
    if (body.get('redirect_uri') !== slack.redirectUri) return refused('bad_redirect_uri');
    const verifier = body.get('code_verifier') ?? '';
    if (code.challenge !== null && createHash('sha256').update(verifier).digest('base64url') !== code.challenge) {
      return refused('invalid_code_verifier');
    }
    code.used = true;
    return { body: { ok: true, ...about, authed_user: { id: userId(code.user), ...issue(code) } } };
  };

  const withToken = (request: FakeRequest, then: (token: Access) => FakeAnswer): FakeAnswer => {
    const [, text] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!text) return refused('not_authed');
    const known = access.get(text);
    if (!known) return refused('invalid_auth');
    if (known.revoked) return refused('token_revoked');
    if (known.expiresAt !== null && known.expiresAt <= clock.now()) return refused('token_expired');
    return then(known);
  };

  const answer = (request: FakeRequest): FakeAnswer => {
    const route = `${request.method} ${request.url.pathname}`;
    if (route === 'GET /oauth/v2/authorize') return authorize(request);
    if (route === 'POST /api/oauth.v2.access') {
      return request.contentType === 'application/x-www-form-urlencoded'
        ? token(request)
        : refused('invalid_form_data');
    }
    if (route === 'POST /api/auth.test') {
      return withToken(request, ({ user }) => ({
        body: {
          ...{ ok: true, url: ACME_TEAM.url, team: ACME_TEAM.name, user, team_id: ACME_TEAM.id, user_id: userId(user) },
          ...(enterpriseId === null ? {} : { enterprise_id: enterpriseId }),
        },
      }));
    }
    if (route === 'POST /api/auth.revoke') {
      return withToken(request, (known) => {
        known.revoked = true;
        return { body: { ok: true, revoked: true } };
      });
    }
    if (route === 'GET /api/conversations.list') {
      return withToken(request, () => ({ body: { ok: true, channels: [{ id: 'C1', name: 'general' }] } }));
    }
    if (route === 'GET /api/conversations.info') return withToken(request, () => refused('channel_not_found'));
    if (route === 'GET /api/admin.users.list') return withToken(request, () => refused('missing_scope'));
    return request.url.pathname.startsWith('/api/') ? refused('unknown_method') : { status: 404, body: 'Not found' };
  };

  const server = await startFakeProvider(answer);
  const slack: FakeSlack = {
    ...server,
    redirectUri: options.redirectUri,
    expiresIn: 43_200,
    padding: 0,
    endAll() {
      for (const known of access.values()) known.revoked = true;
      refresh.clear();
    },
    get refreshes() {
      return refreshes;
    },
    accepts(text) {
      const known = access.get(text);
      return known !== undefined && !known.revoked && (known.expiresAt === null || known.expiresAt > clock.now());
    },
  };
  return slack;
}

function userId(user: string): string {
  return `U${user.toUpperCase()}`;
}
