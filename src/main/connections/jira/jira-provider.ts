import { z } from 'zod';
import { PLATFORM_NAMES } from '../../../shared/platforms.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import type { ApiVerdict, Grant, Identity, Provider, ProviderApp } from '../provider.ts';
import { createProviderHttp, type ProviderAnswer } from '../provider-http.ts';
import { oddFields, TokenAnswer, toGrant, WebAddress } from '../token-answer.ts';
import { type GrantType, lacksScope, refusesToken, signInRefusal, tokenRefusal } from './atlassian-errors.ts';

/** A refresh token that nobody uses for this long is over; each use gives a new one with the full time. */
const REFRESH_TOKEN_IDLE_MS = 90 * 24 * 3_600_000;

/** Reading only: whoever is given the token can look things up, and change nothing. */
const SCOPES = [
  { name: 'read:jira-work', reason: 'to read projects, issues and boards' },
  { name: 'read:jira-user', reason: 'to show who an issue is assigned to' },
  { name: 'search:confluence', reason: 'to find pages' },
  { name: 'read:page:confluence', reason: 'to read pages; the older scope for all content covers far more' },
  { name: 'read:space:confluence', reason: 'to tell which space a page is in' },
  { name: 'read:me', reason: 'to know whose account it is' },
  { name: 'offline_access', reason: 'to stay signed in for longer than an hour' },
] as const;

const Sites = z.array(
  z.object({ id: z.string().min(1).max(200), name: z.string().min(1).max(200), url: WebAddress.catch(null) }),
);

const Me = z.object({
  account_id: z.string().regex(/^[\w:.-]{1,200}$/),
  email: z.email().max(320).optional().catch(undefined),
  name: z.string().max(500).nullish().catch(null),
});

export interface JiraProviderParts {
  /** Such as https://auth.atlassian.com, without a trailing slash. */
  authUrl: string;
  /** Such as https://api.atlassian.com, without a trailing slash. */
  apiUrl: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
}

/**
 * Jira and Confluence Cloud by OAuth 2.0 (3LO). One sign-in covers every site that the person chose, so it becomes one
 * connection for each site, which all share its token.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
 */
export function createJiraProvider({ authUrl, apiUrl, fetch, clock }: JiraProviderParts): Provider {
  const http = createProviderHttp({ name: 'Atlassian', fetch, clock });

  const token = async (app: ProviderApp, grantType: GrantType, parameters: Record<string, string>): Promise<Grant> => {
    const answer = await http(`${authUrl}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        grant_type: grantType,
        client_id: app.clientId,
        ...(app.clientSecret === null ? {} : { client_secret: app.clientSecret }),
        ...parameters,
      }),
    });
    if (answer.status !== 200) throw tokenRefusal(answer, grantType);
    const tokens = TokenAnswer.safeParse(answer.data);
    if (!tokens.success) {
      throw new AppError('provider_error', 'Atlassian sent a token that makes no sense.', {
        cause: oddFields(tokens.error),
      });
    }
    const grant = toGrant(tokens.data, clock.now());
    return grant.refreshToken === null ? grant : { ...grant, refreshExpiresAt: clock.now() + REFRESH_TOKEN_IDLE_MS };
  };

  const get = async <T extends z.ZodType>(path: string, accessToken: string, schema: T): Promise<z.output<T>> => {
    const answer = await http(`${apiUrl}${path}`, { headers: { authorization: `Bearer ${accessToken}` } });
    if (refusesToken(answer)) throw new AppError('needs_reconnect', 'Atlassian does not accept the token.');
    const data = schema.safeParse(answer.data);
    if (answer.status === 200 && data.success) return data.data;
    throw lacksScope(answer.data)
      ? new AppError('forbidden', 'The sign-in does not cover reading whose account it is.', {
          remedy: 'Add the scope read:me to the permissions of your Atlassian app, then connect again.',
        })
      : new AppError('provider_error', `Atlassian did not say whose token it is (status ${answer.status}).`);
  };

  const identities = async (accessToken: string): Promise<Identity[]> => {
    const [me, listed] = await Promise.all([
      get('/me', accessToken, Me),
      get('/oauth/token/accessible-resources', accessToken, Sites),
    ]);
    // A site with both products is listed once for each.
    const sites = [...new Map(listed.map((site) => [site.id, site])).values()];
    if (sites.length === 0) {
      throw new AppError('forbidden', 'The sign-in covers no Jira or Confluence site.', {
        remedy: 'Connect again and choose a site; your Atlassian account must be a member of it.',
        action: 'connect',
      });
    }
    return sites.map(({ id, name, url }) => ({
      // Two people of one site are two connections.
      externalId: `${id}/${me.account_id}`,
      login: me.email ?? me.account_id,
      name: me.name || null,
      organisation: { id, name, url },
    }));
  };

  return {
    platform: 'jira',
    name: PLATFORM_NAMES.jira,
    needsApp: true,
    secret: 'required',
    scopes: SCOPES,
    address: authUrl,
    host: new URL(apiUrl).host,

    registrationUrl: () => 'https://developer.atlassian.com/console/myapps/create-3lo-app/',

    web: {
      needsSecret: true,
      authorizationUrl(app, { redirectUri, state, codeChallenge }) {
        const query = new URLSearchParams({
          audience: 'api.atlassian.com',
          client_id: app.clientId,
          scope: SCOPES.map(({ name }) => name).join(' '),
          redirect_uri: redirectUri,
          state,
          response_type: 'code',
          // Where the person chooses the sites; without it Atlassian repeats the last choice.
          prompt: 'consent',
          code_challenge: codeChallenge,
          code_challenge_method: 'S256',
        });
        return `${authUrl}/authorize?${query}`;
      },
      exchange: (app, { redirectUri, code, codeVerifier }) =>
        token(app, 'authorization_code', { code, redirect_uri: redirectUri, code_verifier: codeVerifier }),
      refusal: signInRefusal,
    },

    api: { url: apiUrl, read: readAnswer },

    async identity(accessToken) {
      const [first] = await identities(accessToken);
      return first as Identity;
    },
    identities,
    refresh: (app, refreshToken) => token(app, 'refresh_token', { refresh_token: refreshToken }),

    // Atlassian has no endpoint that ends a token, so there is no `revoke`.
    manualRevokeUrl: () => 'https://id.atlassian.com/manage-profile/apps',
  };
}

/**
 * The gateway before the sites answers 404, and for older paths 403, where the token has expired: the very answers for
 * what is not there or not allowed. So none of them is taken for a word about the token.
 */
function readAnswer({ status, data }: ProviderAnswer): ApiVerdict {
  if (status >= 200 && status < 300) return { data };
  const tokenInDoubt = (status === 401 && !lacksScope(data)) || status === 403 || status === 404;
  if (status === 404) {
    const text = 'Atlassian has nothing there, or nothing that this account may see.';
    return { error: new AppError('not_found', text), tokenInDoubt };
  }
  if (status === 401 || status === 403) {
    return { error: new AppError('forbidden', 'Atlassian does not allow this account to do that.'), tokenInDoubt };
  }
  return { error: new AppError('provider_error', `Atlassian refused the request (status ${status}).`), tokenInDoubt };
}
