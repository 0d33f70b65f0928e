import type { DisconnectView } from '../../shared/views.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Installation, Installations } from './installations.ts';
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
  /** The account is gone. */
  disconnected: (id: string) => void;
}

export function createDisconnect(parts: DisconnectParts): Disconnect {
  const { installations, registry, revocation, logger, disconnected } = parts;

  return async (id) => {
    const installation = await installations.find(id);
    if (!installation) throw new AppError('not_connected', 'The account is not connected.');
    const open = await installations.open(id).catch((error: unknown) => toAppError(error));
    await installations.remove(id);
    disconnected(id);
    logger.info('an account was disconnected', { platform: installation.platform, host: installation.host });

    const words = wordsFor(installation, registry);
    if (open instanceof AppError) return words.notPossible('the vault that holds its token is closed');
    try {
      const revoked = await revocation.revoke(installation, open.accessToken);
      return revoked ? words.revoked() : words.notPossible('that takes the client secret of your app');
    } catch (error) {
      logger.warn('a token could not be revoked', { platform: installation.platform, error });
      return words.failed(toAppError(error));
    }
  };
}

function wordsFor({ login, platform, host, clientId }: Installation, registry: Registry) {
  const provider = registry.strangeness({ platform, host }) === null ? registry.get(platform) : undefined;
  const name = provider?.name ?? host;
  const manualUrl = provider?.manualRevokeUrl({ clientId, clientSecret: null }) ?? null;
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
