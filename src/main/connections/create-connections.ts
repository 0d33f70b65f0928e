import { randomInt } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { ConnectionView, Platform } from '../../shared/views.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Redactor } from '../core/redact.ts';
import type { Schedule, Scheduler } from '../core/scheduler.ts';
import type { Schema } from '../storage/schema.ts';
import type { Vault } from '../vault/vault.ts';
import { connectionView } from './connection-view.ts';
import type { Connections } from './connections.ts';
import { createDisconnect } from './disconnect.ts';
import { createAccountRequests } from './github/account-requests.ts';
import { createETagCache } from './github/etag-cache.ts';
import { createGitHubClients } from './github/github-client.ts';
import { leadsTo } from './github/github-oauth.ts';
import { createGitHubProvider } from './github/github-provider.ts';
import { createInstallations, type Installation } from './installations.ts';
import { createOutages } from './outages.ts';
import { createPauses, rateLimited } from './pauses.ts';
import { pickAccount, pickForWork } from './pick-account.ts';
import { createProviderApps } from './provider-apps.ts';
import { createRegistry } from './registry.ts';
import { createRenewal } from './renewal.ts';
import { createRevocation } from './revocation.ts';
import { createCompleteSignIn } from './sign-in/complete-sign-in.ts';
import { createDeviceFlow } from './sign-in/device-flow.ts';
import { createFlows } from './sign-in/flows.ts';
import { createOAuthStates } from './sign-in/oauth-states.ts';
import { createWebFlow } from './sign-in/web-flow.ts';
import { createTokenService } from './token-service.ts';

/** Between two looks at what expires soon. */
const RENEWAL_ROUND_MS = 60_000;
/** How long the end of the app waits for a provider that was just asked about a code. */
const LONGEST_FAREWELL_MS = 2_000;

export interface ConnectionsParts {
  db: Kysely<Schema>;
  vault: Vault;
  config: Pick<Config, 'github'>;
  clock: Clock;
  logger: Logger;
  redactor: Pick<Redactor, 'learn'>;
  bus: Bus;
  scheduler: Scheduler;
  /** Outbound requests: bounded in time and size, failing with AppErrors. */
  fetch: typeof globalThis.fetch;
  /** Where a provider sends the browser back to. Asked when needed: the listener starts later. */
  callbackUrl: (platform: Platform) => string;
  /** 0 ≤ n < 1, for the spread of retries. */
  random?: () => number;
  /** The unit of Octokit's waits before a retry, ms. */
  retryBaseMs?: number;
}

/** Builds the room. It asks nobody anything before `start`, or before it is asked itself. */
export function createConnections(parts: ConnectionsParts): Connections {
  const { db, vault, config, clock, logger, redactor, bus, scheduler, fetch, callbackUrl } = parts;
  const { random = () => randomInt(2 ** 32) / 2 ** 32 } = parts;
  const { url, apiUrl } = config.github;
  const learn = (secret: string) => redactor.learn(secret);
  const changed = () => bus.emit('connections');
  const leadsToGitHub = (address: string) => leadsTo(address, url);

  const registry = createRegistry([createGitHubProvider({ url, apiUrl, fetch, clock })]);
  const environment = { github: config.github };
  const apps = createProviderApps({ db, vault, registry, environment, callbackUrl, clock, logger });
  const revocation = createRevocation({ registry, apps, logger });

  const installations = createInstallations({ db, vault, clock });
  const pauses = createPauses({ installations, clock, changed });
  const outages = createOutages({ clock, bus, random });
  const renewal = createRenewal({
    installations,
    registry,
    apps,
    revocation,
    pauses,
    outages,
    logger,
    bus,
    learn,
    changed,
  });
  const tokens = createTokenService({ installations, registry, renewal, pauses, outages, clock, logger });

  const cache = createETagCache({ db, vault, clock, logger });
  const requests = createAccountRequests({
    installations,
    registry,
    tokens,
    pauses,
    cache,
    leadsToGitHub,
    clock,
    changed,
  });
  const { retryBaseMs } = parts;
  const clients = createGitHubClients({
    apiUrl,
    fetch,
    requests,
    leadsToGitHub,
    logger,
    ...(retryBaseMs === undefined ? {} : { retryBaseMs }),
  });

  /** The account is gone, or another token stands in its row: what was known about the old one is no longer true. */
  const forget = (id: string) => {
    outages.forget(id);
    requests.forget(id);
    clients.forget(id);
    changed();
  };
  const disconnect = createDisconnect({ installations, registry, revocation, logger, disconnected: forget });

  const flows = createFlows({ clock, bus });
  const complete = createCompleteSignIn({ installations, revocation, clock, logger, learn, connected: forget });
  const deviceFlow = createDeviceFlow({ flows, complete, clock, logger, learn });
  const states = createOAuthStates({ db, vault, clock });
  const webFlow = createWebFlow({ flows, states, registry, apps, complete, callbackUrl, clock, logger, learn });

  const view = (installation: Installation): ConnectionView => {
    const { id, platform } = installation;
    const { state, problem } = vault.view();
    const until = pauses.until(installation);
    return connectionView(installation, {
      vaultProblem: state === 'open' ? null : problem,
      renewing: renewal.underWay(id),
      pause: until === null ? null : { until, error: rateLimited(registry.get(platform).name, until) },
      outage: registry.strangeness(installation) ?? outages.of(id),
      sso: requests.ssoWanted(id),
    });
  };

  const need = async (id: string): Promise<Installation> => {
    const installation = await installations.find(id);
    if (!installation) throw new AppError('not_connected', 'The account is not connected.');
    return installation;
  };
  const isHere = (installation: Installation) => registry.strangeness(installation) === null;

  let rounds: Schedule | undefined;

  return {
    providers: () => apps.views(),
    async configure(input) {
      const provider = await apps.configure(input);
      changed();
      return provider;
    },
    list: async () => (await installations.all()).map(view),

    async begin({ platform, way }) {
      const provider = registry.get(platform);
      const { device, web } = provider;
      const app = await apps.signingIn(platform, way);
      // Fails here if the vault is closed: a person who has done their part at the provider must not end in vain.
      await vault.seal({ table: 'installations', row: 'none', column: 'sealed_access_token' }, '');
      if (way === 'device' && device) return deviceFlow.begin(provider, device, app);
      if (way === 'web' && web) return webFlow.begin(provider, web, app);
      throw new AppError('bad_input', `${provider.name} does not offer this way to sign in.`);
    },
    flows: () => flows.list(),
    flow: (id) => flows.view(id),
    cancel: (id) => flows.cancel(id),
    callback: (platform, parameters) => webFlow.callback(platform, parameters),

    async refresh(id) {
      await need(id);
      await tokens.check(id);
      return view(await need(id));
    },
    disconnect,
    async token(platform, account) {
      const { id } = pickAccount(await installations.all(), { platform, account, isHere });
      return tokens.usable(id);
    },
    async github(connectionId) {
      if (connectionId !== undefined) return clients.of((await need(connectionId)).id);
      const served = (await installations.all()).filter(
        (installation) => installation.platform === 'github' && isHere(installation),
      );
      const picked = pickForWork(served, (installation) => pauses.until(installation));
      if (!picked) throw new AppError('not_connected', 'No GitHub account is connected.');
      return clients.of(picked.id);
    },

    start() {
      rounds ??= scheduler.every('token renewal', {
        intervalMs: () => RENEWAL_ROUND_MS,
        jitter: 0.5,
        // A closed vault would be asked for its key each minute, and a keychain asks the person.
        task: async () => {
          if (vault.view().state === 'open') await tokens.renewDue();
        },
      });
      installations
        .all()
        .then((all) => all.forEach(pauses.resume))
        .catch((error: unknown) => logger.warn('earlier pauses could not be read', { error }));
    },
    async stop() {
      rounds?.stop();
      await flows.cancelAll();
      // A renewal under way is waited for, since its answer cannot be had a second time; a cut-off poll costs a code.
      await Promise.all([Promise.race([deviceFlow.settled(), clock.sleep(LONGEST_FAREWELL_MS)]), renewal.settled()]);
    },
  };
}
