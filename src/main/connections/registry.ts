import type { Platform } from '../../shared/views.ts';
import { AppError } from '../core/errors.ts';
import type { Installation } from './installations.ts';
import type { Provider } from './provider.ts';

/** The providers this app knows. A new one is one file that makes a Provider, and one line where the rooms are built. */
export interface Registry {
  all(): Provider[];
  /** @throws AppError `not_found` */
  get(platform: Platform): Provider;
  /** For a name that came from outside. */
  find(platform: string): Provider | undefined;
  /**
   * The provider that an account lives at. Another server of the same platform is another provider: a token must never
   * be shown to it.
   * @throws AppError `provider_not_configured`
   */
  serving(installation: Pick<Installation, 'platform' | 'host'>): Provider;
  serves(installation: Pick<Installation, 'platform' | 'host'>): boolean;
}

export function createRegistry(providers: Provider[]): Registry {
  const byPlatform = new Map<string, Provider>(providers.map((provider) => [provider.platform, provider]));
  const serves = ({ platform, host }: Pick<Installation, 'platform' | 'host'>) => byPlatform.get(platform)?.host === host;
  return {
    all: () => [...byPlatform.values()],
    get(platform) {
      const provider = byPlatform.get(platform);
      if (!provider) throw new AppError('not_found', `There is no provider called ${platform}.`);
      return provider;
    },
    find: (platform) => byPlatform.get(platform),
    serving(installation) {
      const provider = byPlatform.get(installation.platform);
      if (provider && serves(installation)) return provider;
      const { host } = installation;
      const here = provider ? `${provider.address} is` : 'Another server is';
      throw new AppError('provider_not_configured', `This account lives at ${host}. ${here} set up now.`, {
        remedy: `Start Trackeep Tray with the address of ${host}, or disconnect the account.`,
      });
    },
    serves,
  };
}
