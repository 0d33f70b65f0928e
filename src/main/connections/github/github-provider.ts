import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import type { DevicePoll, Grant, Identity, Provider, ProviderApp } from '../provider.ts';
import { createGitHubApi } from './github-api.ts';
import { oauthError } from './github-errors.ts';
import { createGitHubOAuth, type OAuthRefusal } from './github-oauth.ts';

/**
 * What an OAuth app asks for: the least that answers `/user` in full, also for a private profile. Public releases need
 * no scope, and private repositories would need `repo`, which is write access to everything. GitHub Apps ignore scopes;
 * their permissions are set where the app is registered.
 */
const SCOPE = 'read:user';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const User = z.object({
  id: z.int().positive(),
  login: z.string().regex(/^[\w-]{1,100}(\[bot\])?$/),
  name: z.string().max(500).nullish(),
});

export interface GitHubProviderParts {
  /** Such as https://github.com, without a trailing slash. */
  url: string;
  /** Such as https://api.github.com, without a trailing slash. */
  apiUrl: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
}

/** GitHub, GitHub Enterprise Server, or what stands in for them: OAuth apps and GitHub Apps alike. */
export function createGitHubProvider({ url, apiUrl, fetch, clock }: GitHubProviderParts): Provider {
  const oauth = createGitHubOAuth({ url, fetch, clock });
  const api = createGitHubApi({ apiUrl, fetch, clock });

  const granted = (answer: Grant | OAuthRefusal): Grant => {
    if ('error' in answer) throw oauthError(answer.error);
    return answer;
  };

  return {
    platform: 'github',
    name: 'GitHub',
    needsApp: true,
    secret: 'optional',
    scopes: [{ name: SCOPE, reason: 'to know whose account it is' }],
    address: url,
    host: new URL(url).host,

    /** @see https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-using-url-parameters */
    registrationUrl(callbackUrl) {
      const query = new URLSearchParams({
        name: 'Trackeep Tray',
        description: 'Signs you in to GitHub from Trackeep Tray on your own machine.',
        url: 'https://trackeep.org',
        'callback_urls[]': callbackUrl,
        webhook_active: 'false',
        public: 'false',
      });
      return `${url}/settings/apps/new?${query}`;
    },

    device: {
      async start(app) {
        const answer = await oauth.deviceCode({ client_id: app.clientId, scope: SCOPE });
        if ('error' in answer) throw oauthError(answer.error);
        return answer;
      },
      async poll(app, deviceCode): Promise<DevicePoll> {
        const form = { client_id: app.clientId, device_code: deviceCode, grant_type: DEVICE_GRANT };
        const answer = await oauth.token(form);
        if (!('error' in answer)) return { state: 'granted', grant: answer };
        if (answer.error === 'authorization_pending') return { state: 'pending' };
        if (answer.error === 'slow_down') return { state: 'slow_down', intervalMs: answer.intervalMs };
        return { state: 'refused', error: oauthError(answer.error) };
      },
    },

    web: {
      needsSecret: true,
      authorizationUrl(app, { redirectUri, state, codeChallenge }) {
        const query = new URLSearchParams({
          client_id: app.clientId,
          redirect_uri: redirectUri,
          scope: SCOPE,
          state,
          code_challenge: codeChallenge,
          code_challenge_method: 'S256',
          // Otherwise GitHub takes the account the browser is signed in to, and a second one could never be connected.
          prompt: 'select_account',
        });
        return `${url}/login/oauth/authorize?${query}`;
      },
      async exchange(app, { redirectUri, code, codeVerifier }) {
        const answer = await oauth.token({
          ...credentials(app),
          code,
          redirect_uri: redirectUri,
          code_verifier: codeVerifier,
        });
        return granted(answer);
      },
      refusal: oauthError,
    },

    /** `GET /user`. Scopes are left to the grant: GitHub Apps have none. */
    async identity(accessToken): Promise<Identity> {
      const { status, data } = await api('/user', { headers: { authorization: `Bearer ${accessToken}` } });
      if (status === 401) throw new AppError('needs_reconnect', 'GitHub does not accept the token.');
      const user = User.safeParse(data);
      if (status !== 200 || !user.success) {
        throw new AppError('provider_error', `GitHub did not say whose token it is (status ${status}).`);
      }
      return {
        externalId: String(user.data.id),
        login: user.data.login,
        name: user.data.name || null,
        organisation: null,
      };
    },

    async refresh(app, refreshToken) {
      const answer = await oauth.token({
        ...credentials(app),
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      });
      return granted(answer);
    },

    /**
     * `DELETE /applications/{client_id}/token`, which GitHub gives only to apps that show their secret.
     *
     * Rejected: `POST /credentials/revoke`, which needs no secret. It is meant for leaked credentials, and mails the
     * owner that theirs was found in the open; and the app's whole grant, which would end the person's other machines too.
     */
    async revoke(app, accessToken) {
      if (app.clientSecret === null) return false;
      const basic = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString('base64');
      const { status } = await api(`/applications/${encodeURIComponent(app.clientId)}/token`, {
        method: 'DELETE',
        headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
        body: JSON.stringify({ access_token: accessToken }),
      });
      if (status === 204 || status === 404 || status === 422) return true;
      if (status === 401 || status === 403) throw oauthError('incorrect_client_credentials');
      throw new AppError('provider_error', `GitHub did not end the token (status ${status}).`);
    },

    manualRevokeUrl({ clientId }) {
      // Client IDs of GitHub Apps begin with "Iv"; they are listed on a page of their own.
      return /^Iv/.test(clientId)
        ? `${url}/settings/apps/authorizations`
        : `${url}/settings/connections/applications/${encodeURIComponent(clientId)}`;
    },
  };
}

/** RFC 6749 §2.3.1, in the body as GitHub wants it. A client without a secret sends none. */
function credentials({ clientId, clientSecret }: ProviderApp): Record<string, string> {
  return { client_id: clientId, ...(clientSecret === null ? {} : { client_secret: clientSecret }) };
}
