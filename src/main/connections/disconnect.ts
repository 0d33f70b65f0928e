import type { DisconnectView } from '../../shared/connection-views.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Installation, Installations, OpenInstallation, Removed } from './installations.ts';
import type { Registry } from './registry.ts';
import type { Revocation } from './revocation.ts';

/**
 * Forgets an account here, and ends its token at the provider where that can be done. The local copy goes first: it
 * must be gone even if the provider hangs or the app dies half-way. It goes while the vault is closed, too.
 *
 * @throws AppError `not_connected`
 */
export type Disconnect = (id: string) => Promise<DisconnectView>;

export interface DisconnectParts {
  installations: Installations;
  registry: Registry;
  revocation: Revocation;
  logger: Logger;
  /** Takes the account away by `remove`, and before it whatever was made of its token elsewhere. */
  withdraw: <T>(installation: Installation, remove: () => Promise<T>) => Promise<T>;
  /** The account is gone. */
  disconnected: (id: string) => void;
}

export function createDisconnect(parts: DisconnectParts): Disconnect {
  const { installations, registry, revocation, logger, withdraw, disconnected } = parts;

  return async (id) => {
    const installation = await installations.find(id);
    if (!installation) throw new AppError('not_connected', 'The account is not connected.');
    const removed = await withdraw(installation, () => installations.remove(id));
    disconnected(id);
    logger.info('an account was disconnected', { platform: installation.platform, host: installation.host });

    const words = wordsFor(installation, registry);
    if ((await installations.sharing(installation)).length > 0) {
      return words.notPossible('the other accounts of the same sign-in still use it');
    }
    const open = await opened(removed);
    if (open instanceof AppError) return words.notPossible('the vault that holds its token is closed');
    try {
      const revoked = await revocation.revoke(installation, open.accessToken);
      if (revoked) return words.revoked();
      const offered = registry.serving(installation).revoke !== undefined;
      return words.notPossible(offered ? 'that takes the client secret of your app' : 'it offers programs no way to');
    } catch (error) {
      logger.warn('a token could not be revoked', { platform: installation.platform, error });
      return words.failed(toAppError(error));
    }
  };
}

/** What stood in the row at its very end: a renewal may have brought another token a moment ago. */
async function opened(removed: Removed | null): Promise<OpenInstallation | AppError> {
  // Somebody else disconnected it at the same time.
  if (removed === null) throw new AppError('not_connected', 'The account is not connected.');
  return removed.opened().catch((error: unknown) => toAppError(error));
}

function wordsFor(installation: Installation, registry: Registry) {
  const { login, platform, host, clientId, externalInstallationId: installed } = installation;
  const provider = registry.strangeness({ platform, host }) === null ? registry.get(platform) : undefined;
  const name = provider?.name ?? host;
  const manualUrl =
    provider && installed !== null
      ? `${provider.address}/settings/installations/${installed}`
      : (provider?.manualRevokeUrl({ clientId, clientSecret: null }) ?? null);
  const gone = `The token of ${login} is gone from this machine`;
  return {
    revoked: (): DisconnectView => ({
      upstream: 'revoked',
      message: `${gone}, and ${name} no longer accepts it.`,
      manualUrl: null,
    }),
    notPossible: (reason: string): DisconnectView => ({
      upstream: 'not_possible',
      message: `${gone}. It could not be revoked at ${name}: ${reason}. You can do it there yourself.`,
      manualUrl,
    }),
    failed: (error: AppError): DisconnectView => ({
      upstream: 'failed',
      message: `${gone}. ${name} may still accept it: ${error.message} You can end it there yourself.`,
      manualUrl,
    }),
  };
}
