import type { SignInWay } from '../../../shared/connection-views.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError, hasCode, toAppError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Installations } from '../installations.ts';
import type { Grant, Identity, Provider } from '../provider.ts';
import type { Revocation } from '../revocation.ts';
import type { Flow } from './flows.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** The last step of every sign-in: who is it, and keep the token. */
export type CompleteSignIn = (flow: Flow, signIn: NewSignIn) => Promise<void>;

export interface NewSignIn {
  provider: Provider;
  clientId: string;
  way: SignInWay;
  grant: Grant;
}

export interface CompleteSignInParts {
  installations: Installations;
  revocation: Revocation;
  clock: Clock;
  logger: Logger;
  learn: (secret: string) => void;
  /** An account was connected, or got a new token. */
  connected: (id: string) => void;
}

/**
 * Ends the flow in `connected`, or in why not; never throws. A token that ends up nowhere (the person cancelled, the
 * account could not be written) is revoked if the provider lets us, and so is the one that a new sign-in replaces.
 */
export function createCompleteSignIn(parts: CompleteSignInParts): CompleteSignIn {
  const { installations, revocation, clock, logger, learn, connected } = parts;

  /** The token is there already, so passing trouble is waited out for as long as the sign-in lasts. */
  const identify = async (flow: Flow, provider: Provider, accessToken: string): Promise<Identity[]> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return provider.identities ? await provider.identities(accessToken) : [await provider.identity(accessToken)];
      } catch (error) {
        if (hasCode(error, 'needs_reconnect')) {
          throw new AppError('provider_error', `${provider.name} refused the token it had just given.`, {
            cause: error,
          });
        }
        if (!isPassing(error) || flow.timeIsUp()) throw error;
        logger.warn('the account of a new token could not be read yet', { error });
        await clock.sleep(Math.min(FIRST_RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS), flow.signal);
      }
    }
  };

  return async (flow, { provider, clientId, way, grant }) => {
    const { platform, host } = provider;
    const owner = { platform, host, clientId };
    learn(grant.accessToken);
    if (grant.refreshToken !== null) learn(grant.refreshToken);
    let replacedTokens: string[] = [];
    try {
      flow.signal.throwIfAborted();
      const identities = grant.identity ? [grant.identity] : await identify(flow, provider, grant.accessToken);
      const kept = await flow.commit(async () => {
        const saved = await installations.save({ ...owner, way, identities, grant });
        replacedTokens = saved.replacedTokens;
        saved.ids.forEach(connected);
        return { connectionId: saved.ids[0] ?? null, login: identities[0]?.login ?? null };
      });
      if (!kept) throw flow.signal.reason;
    } catch (error) {
      flow.fail(toAppError(error));
      await revocation.revokeQuietly(owner, grant.accessToken);
      return;
    }
    logger.info('an account was connected', { platform, host });
    for (const token of replacedTokens) await revocation.revokeQuietly(owner, token);
  };
}

function isPassing(error: unknown): boolean {
  return hasCode(error, 'offline', 'tls_untrusted', 'rate_limited', 'provider_error');
}
