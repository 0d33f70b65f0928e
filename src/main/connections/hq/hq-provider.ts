import { decodeJwt } from 'jose';
import { z } from 'zod';
import { PLATFORM_NAMES } from '../../../shared/platforms.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import type { Grant, Identity, Provider } from '../provider.ts';
import { createProviderHttp, type ProviderAnswer } from '../provider-http.ts';
import { oddFields, Token } from '../token-answer.ts';

/** HQ may replace the session with any answer. */
const NEXT_SESSION = 'x-trackeep-controller-token';

/** Tokens without an end are as good as their session; one in the past is a mistake of the clock's. */
const Time = z
  .string()
  .transform((text) => Date.parse(text))
  .pipe(z.number().positive())
  .optional()
  .catch(undefined);

const User = z.object({
  id: z.int().positive(),
  github_id: z.int().nonnegative().optional().catch(undefined),
  username: z.string().min(1).max(200),
  name: z.string().max(500).nullish().catch(null),
});
const SignInAnswer = z.object({
  /** Left out, the token that was sent stays the session. */
  token: Token.optional().catch(undefined),
  user: User,
});
const AccessToken = z.object({ access_token: Token, expires_at: Time });

export interface HqProviderParts {
  /** Such as https://hq.trackeep.org, without a trailing slash. */
  url: string;
  apiUrl: string;
  /** The GitHub that HQ's tokens are for. */
  github: Pick<Provider, 'address' | 'identity'>;
  fetch: typeof globalThis.fetch;
  clock: Clock;
}

/**
 * Trackeep HQ: it has a GitHub app of its own, so that the person needs none. The browser comes back with a token of
 * HQ's, which is exchanged for a session; the session is asked for GitHub's token, again and again as that runs out.
 */
export function createHqProvider({ url, apiUrl, github, fetch, clock }: HqProviderParts): Provider {
  const http = createProviderHttp({ name: PLATFORM_NAMES.hq, fetch, clock });

  /** @throws AppError of `refused` for a session that HQ does not take */
  const gitHubToken = async (session: string, refused: () => AppError): Promise<Grant> => {
    const answer = await http(`${apiUrl}/api/v1/github/user/access-token`, {
      headers: { authorization: `Bearer ${session}` },
    });
    if (answer.status === 401) throw refused();
    if (answer.status === 403 || answer.status === 404) {
      throw new AppError('forbidden', 'Trackeep HQ has no GitHub token of yours.', {
        remedy: 'Connect GitHub at Trackeep HQ, then start again.',
        action: 'connect',
      });
    }
    const { access_token: accessToken, expires_at: expiresAt } = read(AccessToken, answer);
    const next = Token.safeParse(answer.headers.get(NEXT_SESSION)).data ?? session;
    return {
      accessToken,
      refreshToken: next,
      accessExpiresAt: expiresAt ?? null,
      refreshExpiresAt: endOf(next),
      scopes: [],
    };
  };

  return {
    platform: 'hq',
    name: PLATFORM_NAMES.hq,
    needsApp: false,
    secret: 'none',
    scopes: [],
    address: url,
    host: new URL(url).host,
    registrationUrl: () => url,

    web: {
      needsSecret: false,
      answerIn: 'token',
      // HQ knows no state of ours: it keeps the address whole, and adds its token.
      authorizationUrl(_app, { redirectUri, state }) {
        const back = new URL(redirectUri);
        back.searchParams.set('state', state);
        return `${url}/auth/github?${new URLSearchParams({ redirect_uri: back.href })}`;
      },
      async exchange(_app, { code: token }) {
        const over = () => new AppError('code_expired', 'Trackeep HQ no longer accepts this sign-in.');
        const answer = await http(`${apiUrl}/api/v1/auth/control/callback`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ token }),
        });
        if ([400, 401, 403].includes(answer.status)) throw over();
        const { token: session = token, user } = read(SignInAnswer, answer);
        return { ...(await gitHubToken(session, over)), identity: identityOf(user) };
      },
      refusal: (error) =>
        error === 'access_denied'
          ? new AppError('access_denied', 'The sign-in was declined at Trackeep HQ.')
          : new AppError('provider_error', 'Trackeep HQ did not sign you in.'),
    },

    // The token is GitHub's, and only GitHub can say whether it is any good.
    identity: github.identity,

    /** Asks for GitHub's token again. */
    refresh: (_app, session) =>
      gitHubToken(session, () => new AppError('needs_reconnect', 'Trackeep HQ no longer accepts the stored sign-in.')),

    manualRevokeUrl: () => `${github.address}/settings/apps/authorizations`,
  };
}

/**
 * Whether the tokens of this HQ are for this GitHub. The real HQ's are for github.com alone; one that was set up beside a
 * GitHub of one's own belongs to that.
 */
export function hqServes(hqUrl: string, gitHubUrl: string): boolean {
  return hqUrl !== 'https://hq.trackeep.org' || gitHubUrl === 'https://github.com';
}

function read<T extends z.ZodType>(schema: T, { status, data }: ProviderAnswer): z.output<T> {
  const answer = schema.safeParse(data);
  if (status === 200 && answer.success) return answer.data;
  throw new AppError('provider_error', `Trackeep HQ sent an answer that makes no sense (status ${status}).`, {
    cause: answer.error && oddFields(answer.error),
  });
}

function identityOf({ id, github_id: githubId, username, name }: z.output<typeof User>): Identity {
  return {
    externalId: String(id),
    login: username,
    name: name || null,
    organisation: null,
    ...(githubId ? { metadata: { githubId: String(githubId) } } : {}),
  };
}

/** What the session says of its own end, which nobody here could verify; null: nothing. It is for a warning only. */
function endOf(session: string): number | null {
  try {
    const { exp } = decodeJwt(session);
    return exp === undefined ? null : exp * 1000;
  } catch {
    return null;
  }
}
