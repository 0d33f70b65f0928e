import { z } from 'zod';
import { PLATFORM_NAMES } from '../../../shared/platforms.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { rateLimited } from '../pauses.ts';
import type { ApiVerdict, Grant, Provider, ProviderApp } from '../provider.ts';
import { basic, createProviderHttp, type ProviderAnswer } from '../provider-http.ts';
import { oddFields, Token, TokenAnswer, toGrant, WebAddress } from '../token-answer.ts';
import { type SlackRequest, slackError } from './slack-errors.ts';

/** Where apps are made: not at SLACK_URL, whose /apps is a directory of other people's. */
const APP_PAGES = 'https://api.slack.com/apps';
/** Slack ends the refresh tokens of apps without a secret after this time, used or not. */
const PUBLIC_REFRESH_TOKEN_MS = 30 * 24 * 3_600_000;
/** Slack names the pause in a header; where only the body speaks of a limit, its documentation's longest is kept. */
const UNNAMED_PAUSE_MS = 60_000;

/**
 * A person's own, since a desktop app gets no others; and reading only. Rejected: `search:read`, which finds messages best
 * and also those of private conversations.
 */
const SCOPES = [
  { name: 'users:read', reason: 'to show who wrote a message' },
  { name: 'channels:read', reason: 'to list public channels' },
  { name: 'channels:history', reason: 'to read messages in public channels' },
] as const;

const Failed = z.object({ ok: z.literal(false), error: z.string().min(1) });

const UserToken = TokenAnswer.omit({ token_type: true }).extend({
  /** A bot's token is another thing, and nobody asked for one. */
  token_type: z.literal('user'),
});
/** A sign-in has the person's token in `authed_user`; a refresh has it at the top. */
const SignInAnswer = z.object({ ok: z.literal(true), authed_user: UserToken });
const RefreshAnswer = UserToken.extend({ ok: z.literal(true), access_token: Token });

const Id = z.string().regex(/^[A-Z0-9]{1,50}$/);
const WhoAmI = z.object({
  ok: z.literal(true),
  url: WebAddress.catch(null),
  team: z.string().min(1).max(500),
  team_id: Id,
  user: z.string().min(1).max(200),
  user_id: Id,
  enterprise_id: Id.nullish().catch(null),
});

export interface SlackProviderParts {
  /** Such as https://slack.com, without a trailing slash. */
  url: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
}

/**
 * Slack by OAuth v2, for tokens of the person: by PKCE without a secret, or with one. One sign-in is for one workspace.
 *
 * Why not @slack/web-api: these are three methods, it wants a secret where Slack wants none, and it brings an HTTP client
 * of its own, past the bounds and the certificate authorities that hold for all other requests.
 *
 * @see https://docs.slack.dev/authentication/using-pkce
 * @see https://docs.slack.dev/authentication/using-token-rotation
 */
export function createSlackProvider({ url, fetch, clock }: SlackProviderParts): Provider {
  const http = createProviderHttp({ name: 'Slack', fetch, clock });

  const post = async (method: string, form: Record<string, string>, authorization?: string) =>
    http(`${url}/api/${method}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: new URLSearchParams(form).toString(),
    });

  const read = <T extends z.ZodType>(schema: T, { data }: ProviderAnswer, request: SlackRequest): z.output<T> => {
    const failed = Failed.safeParse(data);
    if (failed.success) throw failure(failed.data.error, request);
    const answer = schema.safeParse(data);
    if (answer.success) return answer.data;
    const message = 'Slack sent an answer that makes no sense.';
    throw new AppError('provider_error', message, { cause: oddFields(answer.error) });
  };

  const failure = (error: string, request: SlackRequest): AppError =>
    // Slack writes it in both ways.
    error === 'ratelimited' || error === 'rate_limited'
      ? rateLimited('Slack', clock.now() + UNNAMED_PAUSE_MS)
      : slackError(error, request);

  const requestToken = (app: ProviderApp, form: Record<string, string>) =>
    app.clientSecret === null
      ? post('oauth.v2.access', { ...form, client_id: app.clientId })
      : post('oauth.v2.access', form, basic(app.clientId, app.clientSecret));

  const granted = (app: ProviderApp, answer: z.output<typeof UserToken>): Grant => {
    const grant = toGrant(answer, clock.now());
    if (grant.refreshToken === null || app.clientSecret !== null) return grant;
    return { ...grant, refreshExpiresAt: clock.now() + PUBLIC_REFRESH_TOKEN_MS };
  };

  return {
    platform: 'slack',
    name: PLATFORM_NAMES.slack,
    needsApp: true,
    secret: 'optional',
    scopes: SCOPES,
    address: url,
    host: new URL(url).host,
    // A desktop app's way back is `http://localhost` or a scheme of its own, says Slack's documentation of PKCE.
    callbackHost: 'localhost',

    registrationUrl: (callbackUrl) =>
      `${APP_PAGES}?${new URLSearchParams({ new_app: '1', manifest_json: manifest(callbackUrl) })}`,

    web: {
      needsSecret: false,
      authorizationUrl(app, { redirectUri, state, codeChallenge }) {
        const query = new URLSearchParams({
          client_id: app.clientId,
          user_scope: SCOPES.map(({ name }) => name).join(','),
          redirect_uri: redirectUri,
          state,
          code_challenge: codeChallenge,
          code_challenge_method: 'S256',
        });
        return `${url}/oauth/v2/authorize?${query}`;
      },
      async exchange(app, { redirectUri, code, codeVerifier }) {
        const answer = await requestToken(app, { code, redirect_uri: redirectUri, code_verifier: codeVerifier });
        return granted(app, read(SignInAnswer, answer, 'sign_in').authed_user);
      },
      refusal: (error) => slackError(error, 'sign_in'),
    },

    api: { url: `${url}/api`, read: (answer) => readAnswer(answer, failure) },

    /** `auth.test`, which needs no scope. */
    async identity(accessToken) {
      const who = read(WhoAmI, await post('auth.test', {}, `Bearer ${accessToken}`), 'api');
      return {
        // A user's id is unique within the workspace only.
        externalId: `${who.team_id}/${who.user_id}`,
        login: who.user,
        name: null,
        organisation: { id: who.team_id, name: who.team, url: who.url },
        ...(who.enterprise_id ? { metadata: { enterpriseId: who.enterprise_id } } : {}),
      };
    },

    async refresh(app, refreshToken) {
      const answer = await requestToken(app, { grant_type: 'refresh_token', refresh_token: refreshToken });
      return granted(app, read(RefreshAnswer, answer, 'refresh'));
    },

    /** `auth.revoke`, which the token itself is enough for. */
    async revoke(_app, accessToken) {
      try {
        read(z.object({ ok: z.literal(true) }), await post('auth.revoke', {}, `Bearer ${accessToken}`), 'api');
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'needs_reconnect') throw error;
      }
      return true;
    },

    manualRevokeUrl: () => `${url}/apps/manage`,
  };
}

function readAnswer(
  { status, data }: ProviderAnswer,
  failure: (error: string, request: 'api') => AppError,
): ApiVerdict {
  const failed = Failed.safeParse(data);
  if (failed.success) return { error: failure(failed.data.error, 'api'), tokenInDoubt: false };
  if (status >= 200 && status < 300) return { data };
  return {
    error: new AppError('provider_error', `Slack refused the request (status ${status}).`),
    tokenInDoubt: false,
  };
}

/** @see https://docs.slack.dev/reference/app-manifest */
function manifest(callbackUrl: string): string {
  return JSON.stringify({
    display_information: { name: 'Trackeep Tray' },
    oauth_config: { redirect_urls: [callbackUrl], scopes: { user: SCOPES.map(({ name }) => name) } },
    settings: { token_rotation_enabled: true },
  });
}
