import { randomInt } from 'node:crypto';
import type { Platform } from '../../shared/connection-views.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Redactor } from '../core/redact.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Store } from '../storage/store.ts';
import type { Vault } from '../vault/vault.ts';
import { createAuditKeys } from './audit/audit-key.ts';
import { createAuditLog } from './audit/audit-log.ts';
import { createHandOuts } from './audit/hand-outs.ts';
import { createAuthorizedRequests } from './authorized-requests.ts';
import { createBackground } from './background.ts';
import { callbackFor } from './callback-address.ts';
import { type Circumstances, connectionView, isHindered } from './connection-view.ts';
import type { Connections } from './connections.ts';
import { createDisconnect } from './disconnect.ts';
import { createExports } from './exports/create-exports.ts';
import { chooseForGit } from './git-credentials.ts';
import { createAccountRequests } from './github/account-requests.ts';
import { createBudgets } from './github/budget.ts';
import { createETagCache } from './github/etag-cache.ts';
import { createGitHubClients } from './github/github-client.ts';
import { leadsTo } from './github/github-oauth.ts';
import { createGitHubProvider } from './github/github-provider.ts';
import { createAppParts } from './github-app/app-parts.ts';
import { createGitHubApps } from './github-app/create-github-apps.ts';
import { createNarrowedTokens } from './github-app/narrowed-tokens.ts';
import { createHeldBack } from './held-back.ts';
import { createHqProvider, hqServes } from './hq/hq-provider.ts';
import { installationRecords, recordsOfOrganisation } from './installation-records.ts';
import { createInstallations, type Installation } from './installations.ts';
import { createJiraProvider } from './jira/jira-provider.ts';
import { createLeases } from './lease.ts';
import { createOpenedSecrets } from './opened-secrets.ts';
import { createOutages } from './outages.ts';
import { createPace } from './pace.ts';
import { createPauses, rateLimited } from './pauses.ts';
import { pickAccount, pickForWork } from './pick-account.ts';
import { createProviderApps } from './provider-apps.ts';
import { createProviderHttp } from './provider-http.ts';
import { createRegistry } from './registry.ts';
import { createRenewal } from './renewal.ts';
import { createRenewalRounds } from './renewal-rounds.ts';
import { createRevocation } from './revocation.ts';
import { createCompleteSignIn } from './sign-in/complete-sign-in.ts';
import { createDeviceFlow } from './sign-in/device-flow.ts';
import { createFlows } from './sign-in/flows.ts';
import { createOAuthStates } from './sign-in/oauth-states.ts';
import { createWebFlow } from './sign-in/web-flow.ts';
import { createEndWarnings } from './sign-in-end.ts';
import { createSlackProvider } from './slack/slack-provider.ts';
import { createTokenService } from './token-service.ts';
import { createUseSignal } from './use-signal.ts';

/** How long the end of the app waits for a provider that was just asked about a code. */
const LONGEST_FAREWELL_MS = 2_000;

export interface ConnectionsParts {
  db: Store;
  vault: Vault;
  config: Pick<Config, 'github' | 'jira' | 'slack' | 'hq'>;
  clock: Clock;
  logger: Logger;
  redactor: Pick<Redactor, 'learn'>;
  bus: Bus;
  scheduler: Scheduler;
  /** Outbound requests: bounded in time and size, failing with AppErrors. */
  fetch: typeof globalThis.fetch;
  /** Where a provider sends the browser back to. Asked when needed: the listener starts later. */
  callbackUrl: (of: Platform | 'github-app') => string;
  /** The lock's, where this process alone has the data folder; left out: others may be there, too. */
  place?: string;
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

  const github = createGitHubProvider({ url, apiUrl, fetch, clock });
  const registry = createRegistry([
    github,
    createJiraProvider({ ...config.jira, fetch, clock }),
    createSlackProvider({ ...config.slack, fetch, clock }),
    createHqProvider({ ...config.hq, github, fetch, clock }),
  ]);
  /** Whether the account's token is for this GitHub: no other may ever be shown to it. */
  const worksAtGitHub = ({ platform }: Installation) =>
    platform === 'github' || (platform === 'hq' && hqServes(config.hq.url, url));
  const environment = { github: config.github, jira: config.jira, slack: config.slack };
  const wayBack = (platform: Platform) => callbackFor(registry.get(platform), callbackUrl(platform));
  const apps = createProviderApps({ db, vault, registry, environment, callbackUrl: wayBack, clock, logger });
  const appParts = createAppParts({ db, vault, config: config.github, fetch, clock, learn });
  const { installationTokens } = appParts;
  const revocation = createRevocation({ registry, apps, installationTokens, logger });

  const secrets = createOpenedSecrets(vault);
  const installations = createInstallations({ db, vault, secrets, clock });
  const pauses = createPauses({ installations, clock, changed });
  const outages = createOutages({ clock, bus, random });
  const leases = createLeases({ db, clock, random, place: parts.place ?? null });
  const pace = createPace({ clock });
  const renewal = createRenewal({
    installations,
    leases,
    pace,
    registry,
    apps,
    installationTokens,
    revocation,
    pauses,
    outages,
    logger,
    bus,
    learn,
    changed,
  });
  const auditKeys = createAuditKeys({ db, vault, logger });
  const uses = createUseSignal({ clock, tell: () => bus.emit('uses') });
  const handOuts = createHandOuts({ db, keys: auditKeys, clock, committed: uses.noted });
  const narrowed = createNarrowedTokens({ installationTokens, pauses, pace, renewal, clock, logger });
  const heldBack = createHeldBack({ registry, renewal, pauses, outages });
  const tokens = createTokenService({
    ...{ installations, secrets, registry, renewal, pauses, heldBack, handOuts, narrowed, clock, logger },
  });
  const renewals = createRenewalRounds({ installations, registry, renewal, pace, heldBack, clock, logger });

  const authorized = createAuthorizedRequests({
    ...{ installations, registry, tokens, pauses },
    http: (name) => createProviderHttp({ name, fetch, clock }),
  });

  const cache = createETagCache({ db, vault, clock, logger });
  const budgets = createBudgets({ clock });
  const requests = createAccountRequests({
    installations,
    registry,
    tokens,
    pauses,
    cache,
    budgets,
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
    clock,
    ...(retryBaseMs === undefined ? {} : { retryBaseMs }),
  });

  /** The account is gone, or another token stands in its row: what was known about the old one is no longer true. */
  const forget = (id: string) => {
    outages.forget(id);
    requests.forget(id);
    clients.forget(id);
    changed();
  };
  const exports = createExports({
    ...{ db, installations, clock, bus, scheduler, logger },
    token: (id, requester) => tokens.handOut(id, requester, null),
  });
  const disconnect = createDisconnect({
    ...{ installations, registry, revocation, logger },
    withdraw: exports.withdraw,
    disconnected(id) {
      forget(id);
      narrowed.disconnected(id);
    },
  });

  const flows = createFlows({ clock, bus });
  const complete = createCompleteSignIn({ installations, revocation, clock, logger, learn, connected: forget });
  const deviceFlow = createDeviceFlow({ flows, complete, clock, logger, learn });
  const states = createOAuthStates({ db, vault, clock });
  const webFlow = createWebFlow({
    ...{ flows, states, registry, apps, complete, callbackUrl: wayBack, clock, logger, learn },
  });

  const githubApps = createGitHubApps({
    ...{ url, ...appParts, installations, states, providerApps: apps, disconnect, callbackUrl },
    ...{ clock, logger, learn, forget, changed },
  });

  const circumstances = (installation: Installation): Circumstances => {
    const { id, platform } = installation;
    const { state, problem } = vault.view();
    const until = pauses.until(installation);
    return {
      now: clock.now(),
      vaultProblem: state === 'open' ? null : problem,
      renewing: renewal.underWay(installation),
      pause: until === null ? null : { until, error: rateLimited(registry.get(platform).name, until) },
      outage: registry.strangeness(installation) ?? outages.of(id),
      sso: requests.ssoWanted(id),
    };
  };
  const view = (installation: Installation) => connectionView(installation, circumstances(installation));
  const endWarnings = createEndWarnings({
    ...{ installations, registry, clock, bus, changed },
    circumstances(installation) {
      const all = circumstances(installation);
      return { now: all.now, hindered: isHindered(all) };
    },
  });

  const need = async (id: string): Promise<Installation> => {
    const installation = await installations.find(id);
    if (!installation) throw new AppError('not_connected', 'The account is not connected.');
    return installation;
  };
  const isHere = (installation: Installation) => registry.strangeness(installation) === null;

  const background = createBackground({
    ...{ scheduler, vault, leases, renewals, endWarnings, githubApps, exports, installations, pauses, logger },
  });

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
    async token(platform, account, requester, narrowing) {
      const narrow = narrowing !== undefined;
      const { id } = pickAccount(await installations.all(), { platform, account, isHere, narrow });
      return tokens.handOut(id, requester, narrowing ?? null);
    },
    tokenOf: (id, requester, narrowing) => tokens.handOut(id, requester, narrowing ?? null),
    tokenOfOrganisation: (platform, orgId, requester, isAllowed) =>
      tokens.handOutStored({ platform, orgId }, requester, isAllowed),
    records: (platform) => installationRecords(db, platform),
    ofOrganisation: async (platform, orgId) =>
      recordsOfOrganisation(db, { platform, orgId, host: registry.get(platform).host }),
    explain: async (address) => chooseForGit((await installations.all()).filter(isHere), address),
    exports,
    githubApps,
    audit: createAuditLog({ db, keys: auditKeys }),
    async request(id, request) {
      return authorized.send((await need(id)).id, request);
    },
    async verify(id) {
      const { platform } = await need(id);
      // The rate limit is the one authorized request that costs none, and the one that GitHub Apps may make, too.
      if (platform === 'github') await (await clients.of(id)).request('GET /rate_limit');
      else await authorized.verify(id);
    },
    async github(connectionId) {
      if (connectionId !== undefined) {
        const named = await need(connectionId);
        if (!worksAtGitHub(named)) throw new AppError('not_connected', 'This is no account of GitHub.');
        return clients.of(named.id);
      }
      const served = (await installations.all()).filter((one) => worksAtGitHub(one) && isHere(one));
      const people = served.filter(({ kind }) => kind === 'user');
      const own = people.filter(({ platform }) => platform === 'github');
      const [best = []] = [own, people, served].filter((group) => group.length > 0);
      const picked = pickForWork(best, (installation) => pauses.until(installation));
      if (!picked) throw new AppError('not_connected', 'No GitHub account is connected.');
      return clients.of(picked.id);
    },

    budget: async (connectionId) => budgets.of(connectionId),

    githubWith(token) {
      learn(token);
      return clients.bearing(token);
    },

    start: background.start,
    async stop() {
      background.stop();
      pace.stop();
      uses.stop();
      await exports.settled();
      await flows.cancelAll();
      // A renewal under way is waited for, since its answer cannot be had a second time; a cut-off poll costs a code.
      await Promise.all([Promise.race([deviceFlow.settled(), clock.sleep(LONGEST_FAREWELL_MS)]), renewal.settled()]);
      await renewals.settled();
    },
  };
}
