import { AppError, hasCode } from '../core/errors.ts';
import type { ApiRequest } from './connections.ts';
import type { Installations } from './installations.ts';
import type { Pauses } from './pauses.ts';
import { rateLimited } from './pauses.ts';
import type { Provider } from './provider.ts';
import type { ProviderHttp } from './provider-http.ts';
import type { Registry } from './registry.ts';
import type { TokenService } from './token-service.ts';

/** A token may be replaced while it is on its way, but not again and again. */
const MOST_REFUSALS = 3;

/** Requests to a provider in the name of an account; those to GitHub's REST API go through its own client instead. */
export interface AuthorizedRequests {
  /**
   * @returns the data of the answer
   * @throws AppError `not_found`, `forbidden`, `rate_limited` with `retryAt`, `needs_reconnect`, `not_connected`, a vault
   *   code, or passing trouble
   */
  send(id: string, request: ApiRequest): Promise<unknown>;
  /** Asks the provider whether it accepts the account's token. @throws AppError as `send` */
  verify(id: string): Promise<void>;
}

export interface AuthorizedRequestsParts {
  installations: Installations;
  registry: Registry;
  tokens: Pick<TokenService, 'usable' | 'afterRefusal'>;
  pauses: Pauses;
  /** By the provider's name, which its errors carry. */
  http: (name: string) => ProviderHttp;
}

export function createAuthorizedRequests(parts: AuthorizedRequestsParts): AuthorizedRequests {
  const { installations, registry, tokens, pauses, http } = parts;

  /** @param ask rejects with `needs_reconnect` if, and only if, the provider says that the token is no good */
  const withToken = async <T>(id: string, ask: (provider: Provider, token: string) => Promise<T>): Promise<T> => {
    const installation = await installations.find(id);
    if (!installation) throw new AppError('not_connected', 'The account is not connected.');
    const provider = registry.serving(installation);
    let { token } = await tokens.usable(id);
    const until = pauses.until(installation);
    if (until !== null) throw rateLimited(provider.name, until);
    for (let refusals = 0; ; refusals += 1) {
      try {
        return await ask(provider, token);
      } catch (error) {
        if (hasCode(error, 'rate_limited') && error.retryAt !== null) await pauses.begin(id, error.retryAt);
        if (!hasCode(error, 'needs_reconnect') || refusals === MOST_REFUSALS) throw error;
        ({ token } = await tokens.afterRefusal(id, token, refusals > 0));
      }
    }
  };

  const askApi = async (provider: Provider, token: string, { method = 'GET', path, body }: ApiRequest) => {
    const { api, name } = provider;
    if (!api) throw new AppError('bad_input', `${name} is asked in another way.`);
    const url = URL.parse(`${api.url}${path}`);
    // A path such as "@elsewhere" or ".elsewhere" would lead the token to another server.
    if (!path.startsWith('/') || url === null || url.origin !== new URL(api.url).origin) {
      throw new AppError('bad_input', `${name} has no such address.`);
    }
    const verdict = api.read(
      await http(name)(url.href, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    if ('data' in verdict) return verdict.data;
    if (verdict.tokenInDoubt) await provider.identity(token);
    throw verdict.error;
  };

  return {
    send: (id, request) => withToken(id, (provider, token) => askApi(provider, token, request)),
    async verify(id) {
      await withToken(id, (provider, token) => provider.identity(token));
    },
  };
}
