import type { Kysely } from 'kysely';
import type { Platform, ProviderView, SignInWay } from '../../shared/connection-views.ts';
import type { Clock } from '../core/clock.ts';
import { AppError, hasCode } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Schema } from '../storage/schema.ts';
import type { Vault } from '../vault/vault.ts';
import type { Installation } from './installations.ts';
import type { Provider, ProviderApp } from './provider.ts';
import type { Registry } from './registry.ts';

/** Which app we are at each provider: the environment's, or else the one the person entered. */
export interface ProviderApps {
  views(): Promise<ProviderView[]>;
  /**
   * Keeps the person's own app. The provider is asked first whether it knows it; if the provider cannot be reached, the
   * app is kept unchecked.
   * @param input a secret of null forgets the stored one; left out, it stays, unless the app is another one now
   * @throws AppError `bad_input` if the environment sets it, `provider_refused_client`, `device_flow_disabled`, a vault code
   */
  configure(input: { platform: Platform; clientId: string; clientSecret?: string | null }): Promise<ProviderView>;
  /** The app for a sign-in by `way`; without its secret where none is needed. @throws AppError `provider_not_configured` */
  signingIn(platform: Platform, way: SignInWay): Promise<ProviderApp>;
  /**
   * The app that an account's tokens belong to, to renew them. Tokens from a device code are renewed without the
   * secret, so that a changed or lost secret cannot end them.
   */
  forRenewal(owner: Pick<Installation, 'platform' | 'clientId' | 'way'>): Promise<ProviderApp>;
  /** The same app, with its secret if it is still the configured one. @throws AppError a vault code */
  owning(owner: Pick<Installation, 'platform' | 'clientId'>): Promise<ProviderApp>;
}

export interface ProviderAppsParts {
  db: Kysely<Schema>;
  vault: Vault;
  registry: Registry;
  /** What the environment sets, by platform. */
  environment: Partial<Record<Platform, { clientId: string | null; clientSecret: string | null }>>;
  callbackUrl: (platform: Platform) => string;
  clock: Clock;
  logger: Logger;
}

export function createProviderApps(parts: ProviderAppsParts): ProviderApps {
  const { db, vault, registry, environment, callbackUrl, clock, logger } = parts;
  const place = (platform: Platform) => ({ table: 'providers', row: platform, column: 'sealed_client_secret' });

  const stored = async (platform: Platform) =>
    db.selectFrom('providers').selectAll().where('platform', '=', platform).executeTakeFirst();

  /** Client ID, and a way to the secret: opening it is left to those who need it, since the vault may be closed. */
  const configured = async (platform: Platform) => {
    const { clientId = null, clientSecret = null } = environment[platform] ?? {};
    // The environment's app is taken as a whole: its ID with a stored secret of another app would fit nothing.
    if (clientId !== null) {
      return {
        clientId,
        from: 'environment',
        hasSecret: clientSecret !== null,
        secret: async () => clientSecret,
      } as const;
    }
    const row = await stored(platform);
    if (!row) return null;
    const { client_id, sealed_client_secret: sealed } = row;
    const secret = async () => (sealed === null ? null : vault.open(place(platform), sealed));
    return { clientId: client_id, from: 'person', hasSecret: sealed !== null, secret } as const;
  };

  const view = async (provider: Provider): Promise<ProviderView> => {
    const { platform, name, address, device, web, needsApp, secret, scopes } = provider;
    const app = await configured(platform);
    const callback = callbackUrl(platform);
    const ways: SignInWay[] = [];
    if ((app || !needsApp) && device) ways.push('device');
    if (web && (!needsApp || (app && (app.hasSecret || !web.needsSecret)))) ways.push('web');
    return {
      platform,
      name,
      address,
      needsApp,
      secret,
      clientId: app?.clientId ?? null,
      hasClientSecret: app?.hasSecret ?? false,
      configuredBy: app?.from ?? null,
      ways,
      registrationUrl: provider.registrationUrl(callback),
      callbackUrl: callback,
      scopes: [...scopes],
    };
  };

  const owning: ProviderApps['owning'] = async ({ platform, clientId }) => {
    const app = await configured(platform);
    return { clientId, clientSecret: app?.clientId === clientId ? await app.secret() : null };
  };

  return {
    views: () => Promise.all(registry.all().map(view)),

    async configure({ platform, clientId, clientSecret }) {
      const provider = registry.get(platform);
      if (!provider.needsApp) {
        const remedy = 'Connect an account right away.';
        throw new AppError('bad_input', `${provider.name} needs no app of yours.`, { remedy });
      }
      if (environment[platform]?.clientId) {
        throw new AppError('bad_input', `The environment sets the app for ${provider.name}.`, {
          remedy: 'Change it there, or remove it there to set one here.',
        });
      }
      const known = await stored(platform);
      const kept = known?.client_id === clientId ? known.sealed_client_secret : null;
      const sealed = clientSecret ? await vault.seal(place(platform), clientSecret) : null;
      const sealedSecret = clientSecret === undefined ? kept : sealed;
      if (provider.secret === 'required' && sealedSecret === null && clientSecret === undefined) {
        throw new AppError('bad_input', `${provider.name} signs nobody in without the client secret of your app.`, {
          remedy: 'Enter the client secret together with the client ID.',
          action: 'configure_provider',
        });
      }
      const secret = clientSecret ?? (sealedSecret === null ? null : await vault.open(place(platform), sealedSecret));
      await checkWithProvider(provider, { clientId, clientSecret: secret }, callbackUrl(platform), logger);
      const values = { client_id: clientId, sealed_client_secret: sealedSecret, updated_at: clock.now() };
      await db
        .insertInto('providers')
        .values({ platform, ...values })
        .onConflict((conflict) => conflict.column('platform').doUpdateSet(values))
        .execute();
      return view(provider);
    },

    async signingIn(platform, way) {
      const { name, needsApp, secret, web, device } = registry.get(platform);
      // One app serves everybody, and its owner keeps its secrets.
      if (!needsApp) return { clientId: platform, clientSecret: null };
      const app = await configured(platform);
      if (!app) {
        const wanted = secret === 'required' ? 'client ID and secret' : 'client ID';
        throw new AppError('provider_not_configured', `No ${name} app is set up yet.`, {
          remedy: `Enter the ${wanted} of an app of your own.`,
        });
      }
      if (way === 'device') return { clientId: app.clientId, clientSecret: null };
      const clientSecret = await app.secret();
      if (clientSecret !== null || !web?.needsSecret) return { clientId: app.clientId, clientSecret };
      throw new AppError(
        'provider_not_configured',
        `Signing in through the browser needs the client secret of your ${name} app.`,
        { remedy: device ? 'Enter the client secret, or sign in with a code.' : 'Enter the client secret.' },
      );
    },

    async forRenewal(owner) {
      return owner.way === 'web' ? owning(owner) : { clientId: owner.clientId, clientSecret: null };
    },

    owning,
  };
}

/**
 * Whether the provider knows the app, in the cheapest way there is. A device code that nobody will use expires by itself;
 * an app that has a secret can do without the device flow. Else a code that nobody was given is redeemed: a provider
 * looks at the app first, and refuses the code after that.
 */
async function checkWithProvider(
  provider: Provider,
  app: ProviderApp,
  redirectUri: string,
  logger: Logger,
): Promise<void> {
  const { device, web, platform } = provider;
  try {
    if (device) await device.start({ clientId: app.clientId, clientSecret: null });
    else if (web && (app.clientSecret !== null || !web.needsSecret)) {
      await web.exchange(app, { redirectUri, code: 'is-the-app-known', codeVerifier: 'x'.repeat(43) });
    }
  } catch (error) {
    if (hasCode(error, 'provider_refused_client')) throw error;
    if (hasCode(error, 'device_flow_disabled') && app.clientSecret === null) throw error;
    if (hasCode(error, 'device_flow_disabled', 'code_expired')) return;
    logger.info('the app could not be checked with its provider', { platform, error });
  }
}
