import { AppError } from '../../core/errors.ts';
import type { GitHubAnswer, GitHubApi } from '../github/github-api.ts';
import type { Installation } from '../installations.ts';
import type { Grant } from '../provider.ts';
import { readAnswer, reasonOf, TokenAnswer } from './answers.ts';
import type { AppRequests, SigningApp } from './app-requests.ts';
import type { NarrowingRequest } from './narrowing.ts';

/** What an app's token is made of: which app, installed where. */
export type TokenSource = Pick<Installation, 'id' | 'login' | 'appId' | 'externalInstallationId'>;

/**
 * Tokens of an app's installations. GitHub makes as many as one asks for, each good for an hour: nothing has to be kept
 * to get the next one but the app's key.
 */
export interface InstallationTokens {
  /**
   * A token for all that the installation may do.
   * @throws AppError `needs_reconnect` if the app is no longer installed there, or suspended;
   *   `provider_refused_client` if GitHub does not take the app's key; `not_found` if the app is no longer set up here;
   *   a vault code; or passing trouble
   */
  mint(source: TokenSource): Promise<Grant>;
  /**
   * A token that may do less.
   * @returns also what it may do, by GitHub's own word
   * @throws AppError `bad_input` if the installation does not have all that, else as `mint`
   */
  mintNarrowed(source: TokenSource, request: NarrowingRequest): Promise<{ grant: Grant; answer: TokenAnswer }>;
  /** Ends a token; one that is gone already counts as ended. @throws AppError passing trouble */
  revoke(token: string): Promise<void>;
}

export interface InstallationTokensParts {
  api: GitHubApi;
  requests: AppRequests;
  /** @throws AppError `not_found`, a vault code, or `config_invalid` */
  signing: (appId: string) => Promise<SigningApp>;
  learn: (secret: string) => void;
}

export function createInstallationTokens(parts: InstallationTokensParts): InstallationTokens {
  const { api, requests, signing, learn } = parts;

  const request = async (source: TokenSource, body: NarrowingRequest): Promise<TokenAnswer> => {
    const { appId, externalInstallationId } = source;
    if (appId === null || externalInstallationId === null) {
      throw new AppError('internal', 'The connection is not one of a GitHub App.');
    }
    const app = await signing(appId);
    const answer = await requests.send(app, `/app/installations/${externalInstallationId}/access_tokens`, {
      method: 'POST',
      body,
    });
    if (answer.status !== 201) throw refusal(answer, app, source);
    const token = readAnswer(TokenAnswer, answer.data, 'a new token');
    learn(token.token);
    return token;
  };

  const grantOf = ({ token, expires_at }: TokenAnswer): Grant => ({
    ...{ accessToken: token, refreshToken: null, refreshExpiresAt: null, scopes: [] },
    accessExpiresAt: requests.ourTime(expires_at),
  });

  return {
    mint: async (source) => grantOf(await request(source, {})),
    async mintNarrowed(source, narrowing) {
      const answer = await request(source, narrowing);
      return { grant: grantOf(answer), answer };
    },
    async revoke(token) {
      const { status } = await api('/installation/token', {
        method: 'DELETE',
        headers: { authorization: `Bearer ${token}` },
      });
      // 401: it has ended already. 403 and 404: the whole installation has, or is suspended.
      if (![204, 401, 403, 404].includes(status)) {
        throw new AppError('provider_error', `GitHub did not end the token (status ${status}).`);
      }
    },
  };
}

/** What it means that GitHub made no token; limits and a refused signature are dealt with before. */
function refusal({ status, data }: GitHubAnswer, app: SigningApp, { login }: TokenSource): AppError {
  if (status === 404) {
    return new AppError('needs_reconnect', `The app ${app.name} is no longer installed in ${login}.`, {
      remedy: 'Install it there again, then look for its installations anew.',
    });
  }
  if (status === 403 && /suspended/i.test(reasonOf(data))) {
    return new AppError('needs_reconnect', `The app ${app.name} is suspended in ${login}.`, {
      remedy: `Lift the suspension in the settings of ${login} at GitHub, then look for its installations anew.`,
    });
  }
  if (status === 403) {
    return new AppError('forbidden', `GitHub does not let the app ${app.name} work in ${login} now.`);
  }
  if (status === 422) {
    return new AppError('bad_input', `The app ${app.name} does not have all of that in ${login}.`, {
      remedy: 'Ask only for repositories and permissions that its installation has.',
    });
  }
  return new AppError('provider_error', `GitHub made no token (status ${status}).`);
}
