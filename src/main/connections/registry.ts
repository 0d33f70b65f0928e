import type { Platform } from '../../shared/connection-views.ts';
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
  /** Why no provider serves the account; null: one does. */
  strangeness(installation: Pick<Installation, 'platform' | 'host'>): AppError | null;
}

export function createRegistry(providers: Provider[]): Registry {
  const byPlatform = new Map<string, Provider>(providers.map((provider) => [provider.platform, provider]));
  const strange = (host: string, provider: Provider | undefined) =>
    new AppError(
      'provider_not_configured',
      `This account lives at ${host}, and ${provider ? `${provider.address} is` : 'another server is'} set up now.`,
      { remedy: `Start Trackeep Tray with the address of ${host}, or disconnect the account.`, action: 'open_doctor' },
    );
  return {
    all: () => [...byPlatform.values()],
    get(platform) {
      const provider = byPlatform.get(platform);
      if (!provider) throw new AppError('not_found', `There is no provider called ${platform}.`);
      return provider;
    },
    find: (platform) => byPlatform.get(platform),
    serving({ platform, host }) {
      const provider = byPlatform.get(platform);
      if (provider?.host === host) return provider;
      throw strange(host, provider);
    },
    strangeness({ platform, host }) {
      const provider = byPlatform.get(platform);
      return provider?.host === host ? null : strange(host, provider);
    },
  };
}
