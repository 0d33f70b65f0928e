import type { DeviceFlow } from './device-flow.ts';
import { type Answer, type Exchange, html, json, oauthAnswer, oauthError, parametersOf } from './exchange.ts';
import type { OAuthClient } from './oauth-clients.ts';
import { devicePage, messagePage } from './pages.ts';
import type { TokenStore } from './token-store.ts';
import { scopesOf, type WebFlow } from './web-flow.ts';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

interface Parts {
  clients: ReadonlyMap<string, OAuthClient>;
  logins: () => string[];
  deviceFlow: DeviceFlow;
  webFlow: WebFlow;
  tokens: TokenStore;
}

/** Everything under /login and /applications. Answers null for a path that is none of these. */
export function createOAuthEndpoints(parts: Parts): (exchange: Exchange) => Answer | null {
  return (exchange) => {
    const { method, path } = exchange;
    if (path === '/login/device/code' && method === 'POST') return deviceCode(parts, exchange);
    if (path === '/login/oauth/access_token' && method === 'POST') return accessToken(parts, exchange);
    if (path === '/login/device') return deviceDecision(parts, exchange);
    if (path === '/login/oauth/authorize') return parts.webFlow.authorize(exchange);
    const application = /^\/applications\/([^/]+)\/(token|grant)$/.exec(path);
    if (application && method === 'DELETE') return revoke(parts, exchange, application[1] ?? '', application[2] ?? '');
    return null;
  };
}

function deviceCode({ clients, deviceFlow }: Parts, exchange: Exchange): Answer {
  const parameters = parametersOf(exchange);
  const client = clients.get(parameters.get('client_id') ?? '');
  if (!client) return oauthAnswer(exchange, { error: 'Not Found' }, 404);
  if (!client.deviceFlow) {
    return oauthError(exchange, 'device_flow_disabled', 'Device Flow must be explicitly enabled for this App');
  }
  const scopes = client.kind === 'oauth-app' ? scopesOf(parameters) : [];
  return oauthAnswer(exchange, deviceFlow.begin(client, scopes));
}

function accessToken(parts: Parts, exchange: Exchange): Answer {
  const parameters = parametersOf(exchange);
  const client = parts.clients.get(parameters.get('client_id') ?? '');
  if (!client) return wrongCredentials(exchange);
  const grantType = parameters.get('grant_type') ?? (parameters.has('code') ? 'authorization_code' : '');
  if (grantType === DEVICE_GRANT) return deviceGrant(parts, exchange, client, parameters);
  if (grantType === 'refresh_token') return refreshGrant(parts, exchange, client, parameters);
  if (grantType === 'authorization_code') return codeGrant(parts, exchange, client, parameters);
  return oauthError(exchange, 'unsupported_grant_type', `The grant type '${grantType}' is not supported.`);
}

function deviceGrant(parts: Parts, exchange: Exchange, client: OAuthClient, parameters: URLSearchParams): Answer {
  if (!client.deviceFlow) {
    return oauthError(exchange, 'device_flow_disabled', 'Device Flow must be explicitly enabled for this App');
  }
  const poll = parts.deviceFlow.poll(client, parameters.get('device_code') ?? '');
  switch (poll.state) {
    case 'approved': {
      const { login, scopes } = poll;
      const grant = { login, scopes, clientId: client.clientId, kind: client.kind, way: 'device' as const };
      return oauthAnswer(exchange, parts.tokens.mint(grant));
    }
    case 'slow_down':
      return oauthAnswer(exchange, {
        error: 'slow_down',
        error_description: 'Too many requests have been made in the same timeframe.',
        error_uri: 'https://docs.github.com',
        interval: poll.intervalSeconds,
      });
    case 'pending':
      return oauthError(exchange, 'authorization_pending', 'The authorization request is still pending.');
    case 'denied':
      return oauthError(exchange, 'access_denied', 'The authorization request was denied.');
    case 'expired':
      return oauthError(exchange, 'expired_token', "This 'device_code' has expired.");
    case 'unknown':
      return oauthError(exchange, 'incorrect_device_code', 'The device_code provided is not valid.');
  }
}

function refreshGrant(parts: Parts, exchange: Exchange, client: OAuthClient, parameters: URLSearchParams): Answer {
  const refreshToken = parameters.get('refresh_token') ?? '';
  const grant = parts.tokens.findRefresh(refreshToken);
  if (grant?.clientId !== client.clientId) {
    return oauthError(exchange, 'bad_refresh_token', 'The refresh token passed is incorrect or expired.');
  }
  if ((grant.way === 'web' || parameters.has('client_secret')) && !hasSecret(client, parameters)) {
    return wrongCredentials(exchange);
  }
  return oauthAnswer(exchange, parts.tokens.rotate(refreshToken) ?? {});
}

function codeGrant(parts: Parts, exchange: Exchange, client: OAuthClient, parameters: URLSearchParams): Answer {
  if (!hasSecret(client, parameters)) return wrongCredentials(exchange);
  const redeemed = parts.webFlow.redeem(client, parameters);
  if (!redeemed) return oauthError(exchange, 'bad_verification_code', 'The code passed is incorrect or expired.');
  const grant = { ...redeemed, clientId: client.clientId, kind: client.kind, way: 'web' as const };
  return oauthAnswer(exchange, parts.tokens.mint(grant));
}

/** GET and POST /login/device: a person types the code, and approves or cancels. */
function deviceDecision({ deviceFlow, logins }: Parts, exchange: Exchange): Answer {
  const parameters = parametersOf(exchange);
  const userCode = parameters.get('user_code') ?? '';
  const ask = (problem: string | null) => devicePage({ userCode, logins: logins(), problem });
  if (exchange.method === 'GET') return html(200, ask(null));
  if (exchange.method !== 'POST') return html(405, messagePage('Not allowed', 'Use the form.'));
  const login = parameters.get('login') ?? logins()[0] ?? '';
  if (parameters.get('decision') === 'deny') {
    if (!deviceFlow.deny(userCode)) return html(422, ask('This code is not known, or no longer valid.'));
    return html(200, messagePage('Cancelled', 'The app was refused access. You can close this page.'));
  }
  if (!logins().includes(login)) return html(422, ask('There is no such account.'));
  if (!deviceFlow.approve(userCode, login)) return html(422, ask('This code is not known, or no longer valid.'));
  return html(200, messagePage('All set', 'Your device is now connected. You can close this page.'));
}

/** DELETE /applications/{client_id}/token and /grant, authorized as the app itself. */
function revoke({ clients, tokens }: Parts, exchange: Exchange, clientId: string, what: string): Answer {
  const client = clients.get(decodeURIComponent(clientId));
  const expected = Buffer.from(`${client?.clientId}:${client?.clientSecret}`).toString('base64');
  const given = exchange.headers.authorization?.replace(/^basic\s+/i, '');
  if (!client?.clientSecret || given !== expected) return json(404, { message: 'Not Found' });
  const token = parametersOf(exchange).get('access_token');
  if (!token) return json(422, { message: 'Validation Failed', errors: [{ field: 'access_token', code: 'missing' }] });
  const grant = tokens.find(token);
  if (grant?.clientId !== client.clientId) return json(404, { message: 'Not Found' });
  if (what === 'grant') tokens.revokeAll(grant.login);
  else tokens.revoke(token);
  return { status: 204 };
}

const hasSecret = (client: OAuthClient, parameters: URLSearchParams) =>
  client.clientSecret !== undefined && parameters.get('client_secret') === client.clientSecret;

const wrongCredentials = (exchange: Exchange) =>
  oauthError(exchange, 'incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.');
