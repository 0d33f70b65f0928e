import type { GitHubAppView } from '../../../shared/connection-views.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError, hasCode, toAppError } from '../../core/errors.ts';
import { iso } from '../../core/iso-time.ts';
import type { Logger } from '../../core/logger.ts';
import type { GitHubApps } from '../connections.ts';
import type { GitHubApi } from '../github/github-api.ts';
import type { AppInstallation, Installation, Installations } from '../installations.ts';
import type { ProviderApps } from '../provider-apps.ts';
import type { OAuthStates } from '../sign-in/oauth-states.ts';
import { AppAnswer, type ConversionAnswer, InstallationAnswer, readAnswer } from './answers.ts';
import type { AppRequests, SigningApp } from './app-requests.ts';
import type { AppFacts, AppStore, KnownApp } from './app-store.ts';
import { readPrivateKey } from './private-key.ts';
import { createRegistrations } from './registration.ts';

const PAGE_SIZE = 100;
/** Ten thousand installations: whoever has more made a mistake. */
const MOST_PAGES = 100;

interface Background {
  /** Brings what is known of all apps up to date. What fails is noted at the app, and tried again the next time. */
  round(): Promise<void>;
}

export interface GitHubAppsParts {
  /** GitHub's address, without a trailing slash. */
  url: string;
  store: AppStore;
  requests: AppRequests;
  api: GitHubApi;
  installations: Installations;
  states: OAuthStates;
  /** The app for sign-ins: a new GitHub App can be that, too. */
  providerApps: Pick<ProviderApps, 'views' | 'configure'>;
  disconnect: (id: string) => Promise<unknown>;
  /** Where GitHub sends the browser back to. Asked when needed: the listener starts later. */
  callbackUrl: (of: 'github' | 'github-app') => string;
  clock: Clock;
  logger: Logger;
  learn: (secret: string) => void;
  /** The connection is gone, or another one than it was. */
  forget: (connectionId: string) => void;
  /** The apps, or where they are installed, may be others than before. */
  changed: () => void;
}

/** The apps of one GitHub; those of another server are kept, and come back with its address. */
export function createGitHubApps(parts: GitHubAppsParts): GitHubApps & Pick<Background, 'round'> {
  const { url, store, requests, api, installations, states, providerApps } = parts;
  const { disconnect, callbackUrl, clock, logger, learn, forget, changed } = parts;
  const { host } = new URL(url);
  const registrations = createRegistrations({ url, api, states, callbackUrl, clock, logger, learn });
  /** Why an app could not be asked last time. */
  const problems = new Map<string, AppError>();
  const underWay = new Map<string, Promise<void>>();

  const connectionsOf = async (id: string): Promise<Installation[]> =>
    (await installations.all()).filter((installation) => installation.host === host && installation.appId === id);

  const view = async (app: KnownApp): Promise<GitHubAppView> => {
    const { id, slug, name, owner, clientId, addedAt } = app;
    // GitHub Enterprise Server has them elsewhere.
    const page = `${url}/${url === 'https://github.com' ? 'apps' : 'github-apps'}/${slug}`;
    return {
      ...{ id, host, slug, name, owner, clientId },
      url: slug === '' ? `${url}/settings/apps` : page,
      installUrl: slug === '' ? `${url}/settings/installations` : `${page}/installations/new`,
      addedAt: iso(addedAt),
      connectionIds: (await connectionsOf(id)).map((connection) => connection.id),
      problem: problems.get(id)?.toView() ?? null,
    };
  };

  const describe = async (app: SigningApp): Promise<AppFacts> => {
    const { status, data } = await requests.send(app, '/app');
    if (status === 404) throw unknownApp(app.name);
    if (status !== 200) throw new AppError('provider_error', `GitHub says nothing about the app (status ${status}).`);
    return factsOf(readAnswer(AppAnswer, data, 'the app'));
  };

  const installationsAtGitHub = async (app: SigningApp): Promise<InstallationAnswer[]> => {
    const found: InstallationAnswer[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const { status, data } = await requests.send(app, `/app/installations?per_page=${PAGE_SIZE}&page=${page}`);
      if (status === 404) throw unknownApp(app.name);
      if (status !== 200 || !Array.isArray(data)) {
        throw new AppError(
          'provider_error',
          `GitHub does not list the installations of ${app.name} (status ${status}).`,
        );
      }
      found.push(...data.map((entry) => readAnswer(InstallationAnswer, entry, 'an installation')));
      if (data.length < PAGE_SIZE) break;
    }
    return found;
  };

  /** @param adds whether an installation that has no connection here becomes one */
  const syncNow = async (known: KnownApp, adds: (installationId: string) => boolean): Promise<void> => {
    const { id, onlyInstallation } = known;
    const app = await signing(store, known);
    const facts = await describe(app);
    if (facts.id !== id) throw unknownApp(known.name);
    const there = (await installationsAtGitHub(app)).filter(
      (installation) => onlyInstallation === null || installation.id === onlyInstallation,
    );
    await store.describe(facts);
    const here = new Set((await connectionsOf(id)).map(({ externalInstallationId }) => externalInstallationId));
    const kept = new Set<string>();
    for (const installation of there) {
      if (!here.has(installation.id) && !adds(installation.id)) continue;
      kept.add(await installations.saveAppInstallation(appInstallation(installation, facts)));
    }
    for (const { id: connection } of await connectionsOf(id)) {
      if (kept.has(connection)) continue;
      await installations.remove(connection);
      logger.info('an installation of a GitHub App is gone', { connection });
    }
    // Also those that are new: every view of them is.
    for (const connection of kept) forget(connection);
    changed();
  };

  const appInstallation = (installation: InstallationAnswer, app: AppFacts): AppInstallation => {
    const { id, account, permissions, repository_selection, suspended_at } = installation;
    const suspended = new AppError('needs_reconnect', `The app ${app.name} is suspended in ${account.login}.`, {
      remedy: `Lift the suspension in the settings of ${account.login} at GitHub, then look for its installations anew.`,
    });
    return {
      ...{ host, appId: app.id, appName: app.name, installationId: id, permissions },
      repositorySelection: repository_selection,
      account: {
        ...{ id: account.id, login: account.login, isOrganisation: account.type === 'Organization' },
        url: `${url}/${account.login}`,
      },
      problem: suspended_at ? suspended.toView() : null,
    };
  };

  /** Notes at the app what came of asking in its name. */
  const noting = async <T>(id: string, asking: Promise<T>): Promise<T> => {
    try {
      const answer = await asking;
      problems.delete(id);
      return answer;
    } catch (error) {
      problems.set(id, toAppError(error));
      throw error;
    }
  };

  /** One after the other for each app: two looks at once could each find the same installation new. */
  const sync = (known: KnownApp, adds: (installationId: string) => boolean): Promise<void> => {
    const before = underWay.get(known.id) ?? Promise.resolve();
    const syncing = before.catch(() => undefined).then(() => noting(known.id, syncNow(known, adds)));
    underWay.set(known.id, syncing);
    return syncing;
  };

  /** The app is here; its installations can come later. */
  const syncQuietly = (known: KnownApp, adds: (installationId: string) => boolean) =>
    sync(known, adds).catch((error: unknown) => {
      logger.warn('a GitHub App could not be synced', { app: known.id, error });
    });

  /** A person who has no app for sign-ins yet has one now. Only a convenience, so no reason to fail. */
  const offerForSignIn = async ({ client_id: clientId, client_secret: clientSecret }: ConversionAnswer) => {
    try {
      const github = (await providerApps.views()).find(({ platform }) => platform === 'github');
      if (github?.clientId === null) await providerApps.configure({ platform: 'github', clientId, clientSecret });
    } catch (error) {
      logger.warn('the new GitHub App was not set up for sign-ins', { error });
    }
  };

  const kept = async (id: string): Promise<GitHubAppView> => view(await store.get(id));

  return {
    list: async () => Promise.all((await store.all()).map(view)),
    async create(input) {
      const id = await registrations.begin(input);
      return { url: new URL(`../../github-app/new/${id}`, callbackUrl('github-app')).href };
    },
    async import({ appId, privateKey }) {
      learn(privateKey);
      const key = readPrivateKey(privateKey);
      const facts = await describe({ issuer: appId, key, name: `with the number ${appId}` });
      if (facts.id !== appId) throw unknownApp(`with the number ${appId}`);
      await store.add(facts, { privateKey, clientSecret: null, webhookSecret: null });
      await syncQuietly(await store.get(appId), everything);
      changed();
      return kept(appId);
    },
    async sync(id) {
      await sync(await store.get(id), everything);
      return kept(id);
    },
    async remove(id) {
      await store.get(id);
      await store.remove(id);
      problems.delete(id);
      for (const connection of await connectionsOf(id)) {
        await disconnect(connection.id).catch((error: unknown) => {
          if (!hasCode(error, 'not_connected')) throw error;
        });
      }
      changed();
    },
    registration: (id) => registrations.page(id),
    callback: (parameters) =>
      registrations.finish(parameters, async (answer) => {
        const facts = factsOf(answer);
        await store.add(facts, {
          privateKey: answer.pem,
          clientSecret: answer.client_secret,
          webhookSecret: answer.webhook_secret ?? null,
        });
        logger.info('a GitHub App was made', { app: facts.id, host });
        await offerForSignIn(answer);
        changed();
        return kept(facts.id);
      }),
    async installed(installationId) {
      await Promise.all((await store.all()).map((app) => syncQuietly(app, (id) => id === installationId)));
      const all = await installations.all();
      return all.find((installation) => installation.externalInstallationId === installationId)?.login ?? null;
    },
    async check(id) {
      const app = await store.get(id);
      await noting(id, signing(store, app).then(describe));
    },
    hasWebhookSecrets: () => store.hasWebhookSecrets(),
    webhookSecrets: () => store.webhookSecrets(),
    async round() {
      // What the person disconnected must not come back by itself; of the environment's app all is wanted, always.
      await Promise.all((await store.all()).map((app) => syncQuietly(app, () => app.configuredBy === 'environment')));
    },
  };
}

const everything = () => true;

/** An app with its key, ready to sign. @throws AppError as `AppStore.key` */
export async function signing(store: AppStore, { id, clientId, name }: KnownApp): Promise<SigningApp> {
  return { issuer: clientId ?? id, key: await store.key(id), name };
}

function factsOf({ id, slug, name, client_id, owner }: AppAnswer): AppFacts {
  return { id, slug, name, clientId: client_id ?? null, owner: owner?.login ?? null };
}

function unknownApp(name: string): AppError {
  return new AppError('provider_refused_client', `GitHub knows no app ${name} with this private key.`, {
    remedy: 'Check the number of the app, and that the key was made for this very app.',
  });
}
