import type { Provider, TokenEndpointGrantContext } from 'oidc-provider';
import { AppError } from '../core/errors.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Exchange } from './issuer.ts';
import type { Library } from './provider.ts';
import { TOKEN_EXCHANGE } from './registration.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

const PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'actor_token',
  'requested_token_type',
  'audience',
  'resource',
  'scope',
] as const;
type Parameters = Partial<Record<Exclude<(typeof PARAMETERS)[number], 'audience' | 'resource'>, string>> &
  Partial<Record<'audience' | 'resource', string | string[]>>;

/**
 * Token exchange (RFC 8693): for one of our own access tokens, a token of the provider that `audience` or `resource`
 * names. Only the client that the subject token was issued to may exchange it: whoever else holds it has come by it.
 */
export function registerTokenExchange(
  provider: Provider,
  {
    library,
    issuer,
    tokens,
    exchange,
    now,
  }: {
    library: Pick<Library, 'errors'>;
    issuer: string;
    tokens: Pick<AccessTokens, 'check'>;
    exchange: Exchange;
    /** ms since the epoch. */
    now(): number;
  },
): void {
  const { InvalidRequest, CustomOIDCProviderError } = library.errors;

  const answer = async (context: TokenEndpointGrantContext<Parameters>) => {
    const { params, client } = context.oidc;
    const { subject_token: subject, subject_token_type: type, requested_token_type: wanted = ACCESS_TOKEN } = params;
    if (!subject || type !== ACCESS_TOKEN) throw new InvalidRequest(`subject_token must be a ${ACCESS_TOKEN}`);
    if (wanted !== ACCESS_TOKEN) throw new InvalidRequest(`requested_token_type can only be ${ACCESS_TOKEN}`);
    if (params.actor_token !== undefined) throw new InvalidRequest('actor_token is not supported');
    // RFC 8693 §2.2.2 asks for invalid_request here, and not for invalid_grant.
    const access = await tokens.check(subject, issuer);
    if (access === null || access.clientId !== client.clientId)
      throw new InvalidRequest('the subject_token is not good');

    const targets = [params.audience ?? [], params.resource ?? []].flat();
    const exchanged = await exchange({ access, targets, scopes: params.scope?.split(' ').filter(Boolean) ?? [] });
    if ('error' in exchanged) throw new CustomOIDCProviderError(exchanged.error, exchanged.description);
    const { token, expiresAt, scopes } = exchanged;
    context.body = {
      access_token: token,
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      ...(expiresAt === null ? {} : { expires_in: Math.max(0, Math.floor((expiresAt - now()) / 1000)) }),
      scope: scopes.join(' '),
    };
  };

  provider.registerGrantType<Parameters>(
    TOKEN_EXCHANGE,
    async (context) => {
      try {
        await answer(context);
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'internal') throw error;
        const trouble = new CustomOIDCProviderError('temporarily_unavailable', `${error.message} ${error.remedy}`);
        throw Object.assign(trouble, { status: 503, statusCode: 503 });
      }
    },
    PARAMETERS,
    ['audience', 'resource'],
  );
}
