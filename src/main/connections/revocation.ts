import type { Logger } from '../core/logger.ts';
import type { InstallationTokens } from './github-app/installation-tokens.ts';
import type { Installation } from './installations.ts';
import type { ProviderApps } from './provider-apps.ts';
import type { Registry } from './registry.ts';

/** Whose token it is: the account's server, and the app it was given to. Without a kind, a person's. */
export type TokenOwner = Pick<Installation, 'platform' | 'host' | 'clientId'> & Partial<Pick<Installation, 'kind'>>;

/** Ends tokens at the provider. */
export interface Revocation {
  /**
   * @returns false if it cannot be done from here: the provider has no such thing, or wants a secret that we lack
   * @throws AppError a vault code, `provider_refused_client`, or passing trouble
   */
  revoke(owner: TokenOwner, token: string): Promise<boolean>;
  /** For a token that nobody will use: what fails is logged and no more. */
  revokeQuietly(owner: TokenOwner, token: string): Promise<void>;
}

export function createRevocation(parts: {
  registry: Registry;
  apps: ProviderApps;
  installationTokens: Pick<InstallationTokens, 'revoke'>;
  logger: Logger;
}): Revocation {
  const { registry, apps, installationTokens, logger } = parts;
  const revoke = async (owner: TokenOwner, token: string): Promise<boolean> => {
    const provider = registry.serving(owner);
    if (owner.kind === 'app_installation') {
      if (token !== '') await installationTokens.revoke(token);
      return true;
    }
    return (await provider.revoke?.(await apps.owning(owner), token)) ?? false;
  };
  return {
    revoke,
    async revokeQuietly(owner, token) {
      try {
        await revoke(owner, token);
      } catch (error) {
        logger.warn('a token that is not kept could not be revoked', { platform: owner.platform, error });
      }
    },
  };
}
