import { type Clock, systemClock } from '../core/clock.ts';
import { createAppEndpoints, type RepositoryView } from './app-endpoints.ts';
import { createAppPages } from './app-pages.ts';
import { type AppRegistry, createAppRegistry } from './app-registry.ts';
import { createDeviceFlow } from './device-flow.ts';
import type { Exchange } from './exchange.ts';
import { createFailures, type FailureRule, patternOf } from './failures.ts';
import { type SeenRequest, startFront } from './front.ts';
import { createGraphQLEndpoint } from './graphql/graphql-endpoint.ts';
import { KNOWN_CLIENTS, type OAuthClient } from './oauth-clients.ts';
import { createOAuthEndpoints } from './oauth-endpoints.ts';
import { createRateLimit } from './rate-limit.ts';
import { type PublishedRelease, trackeepReleases } from './release-catalogue.ts';
import { createReleaseFiles, type FileTrouble } from './release-files.ts';
import { createReleaseViews } from './release-views.ts';
import { createRestApi } from './rest-api.ts';
import { createTokenStore } from './token-store.ts';
import { createDeliveries, type Deliveries } from './tracked/deliveries.ts';
import { createWorldRest } from './tracked/rest-endpoint.ts';
import { createRestViews } from './tracked/rest-views.ts';
import { createWorld, type World } from './tracked/world.ts';
import {
  type EmulatedRepository,
  type EmulatedUser,
  publishUpstream,
  type Repository,
  startUpstream,
} from './upstream.ts';
import { createWebFlow } from './web-flow.ts';
import { createWebPages } from './web-pages.ts';

export type { AppInstallation, AppRegistry, RegisteredApp } from './app-registry.ts';
export { type Failure, type FailureRule, refusals } from './failures.ts';
export type { SeenRequest } from './front.ts';
export {
  DEMO_CLIENT,
  NO_DEVICE_FLOW_CLIENT,
  OAUTH_APP_CLIENT,
  type OAuthClient,
  SECRET_CLIENT,
} from './oauth-clients.ts';
export type { PublishedRelease } from './release-catalogue.ts';
export type { FileTrouble } from './release-files.ts';
export type { EmulatedUser } from './upstream.ts';

export interface EmulatedGitHubOptions {
  /** Expiry, intervals and rate limits follow it. */
  clock?: Clock;
  /** Who has an account; the first one is signed in where nothing else is said. */
  users?: readonly EmulatedUser[];
  /** The apps registered there. */
  clients?: readonly OAuthClient[];
  /** Between two polls of the device flow. GitHub says 5. */
  intervalSeconds?: number;
  /** The person approves every device code by themselves after this time, and the consent page is skipped. */
  autoApproveMs?: number;
  releases?: readonly PublishedRelease[];
  /** Beside the one with the releases. */
  repositories?: readonly EmulatedRepository[];
  /** Size of each file of v1.3.0. */
  assetBytes?: number;
  /** The repositories that GraphQL tells of, and REST before all others; default: none. It follows the same clock. */
  world?: World;
}

/** A running GitHub of our own, with the strings to pull. */
export interface EmulatedGitHub {
  /** Both `GITHUB_URL` and `GITHUB_API_URL`, such as http://127.0.0.1:40123. */
  readonly url: string;
  readonly apiUrl: string;
  /** The repositories with a history, to be changed at will. */
  readonly world: World;
  /** Webhooks of what happens there. */
  readonly deliveries: Deliveries;
  /** Everything asked so far, in order. Set its length to 0 to count afresh. */
  readonly requests: SeenRequest[];
  /** Requests of this method and path; `*` is one segment, as in failure rules. */
  count(match: string): number;
  /** Answers something else from now on. @returns a function that ends it */
  fail(rule: FailureRule): () => void;
  /** Ends all failures. */
  heal(): void;
  /** The person types the code and approves. @returns false when no one waits for it */
  approve(userCode: string, login?: string): boolean;
  deny(userCode: string): boolean;
  /** The device code behind this user code is over. */
  expire(userCode: string): boolean;
  /** Every access token stops working; refresh tokens still do. */
  expireTokens(): void;
  expireRefreshTokens(): void;
  /** The person takes back every grant, at GitHub. */
  revokeAll(login: string): void;
  /** So much of this hour's limit is used up, for every token that has asked so far. */
  spend(resource: 'core' | 'graphql', amount: number): void;
  /** The GitHub Apps there, and where they are installed. */
  readonly apps: AppRegistry;
  /** Other accounts from now on; repositories and releases stay. */
  setUsers(users: readonly EmulatedUser[]): Promise<void>;
  publish(release: PublishedRelease): Promise<void>;
  /** What is wrong with release files from now on; `{}`: nothing. */
  setFileTrouble(trouble: FileTrouble): void;
  /** The files get other bytes, under the same names. */
  replaceFiles(): void;
  /** The true SHA-256 of a file, hex. */
  sha256Of(tag: string, file: string): string;
  /** Every token, code and secret that was ever sent to a client, for tests that search for leaks. */
  secrets(): string[];
  close(): Promise<void>;
}

const REPOSITORY: Repository = { owner: 'Dvorinka', name: 'Trackeep' };
const USERS: readonly EmulatedUser[] = [
  { login: 'octocat', name: 'Mona Lisa Octocat', email: 'octocat@example.test' },
  { login: 'hubot', name: 'Hubot', email: 'hubot@example.test' },
];

/**
 * Starts a GitHub on this machine: `emulate`'s REST API behind a front that adds the device flow, GitHub App user
 * tokens, ETags and release files. Used by the demo and by tests; everything goes over real HTTP.
 *
 * @throws AppError `demo_unavailable` where the package `emulate` is not installed
 */
export async function startEmulatedGitHub(options: EmulatedGitHubOptions = {}): Promise<EmulatedGitHub> {
  const clock = options.clock ?? systemClock();
  const world = options.world ?? createWorld({ clock });
  const clients = new Map((options.clients ?? KNOWN_CLIENTS).map((client) => [client.clientId, client]));
  const published = new Map<string, PublishedRelease>();
  const requests: SeenRequest[] = [];
  const failures = createFailures();
  const tokens = createTokenStore({ clock });
  const files = createReleaseFiles({ clock });
  let users = options.users ?? USERS;
  const logins = () => users.map(({ login }) => login);

  const front = await startFront({ answer, failures, seen: requests, clock });
  const origin = () => front.origin;
  const start = () =>
    startUpstream({ users, repository: REPOSITORY, others: options.repositories ?? [], origin: front.origin });
  let upstream = await start().catch(async (error: unknown) => {
    await front.close();
    throw error;
  });

  const deviceFlow = createDeviceFlow({
    clock,
    intervalSeconds: options.intervalSeconds ?? 5,
    verificationUri: () => `${front.origin}/login/device`,
    onBegin: (userCode) => {
      if (options.autoApproveMs === undefined) return;
      clock.after(options.autoApproveMs, () => deviceFlow.approve(userCode, logins()[0] ?? ''));
    },
  });
  const webFlow = createWebFlow({ clock, clients, logins, skipConsent: options.autoApproveMs !== undefined });
  const oauth = createOAuthEndpoints({ clients, logins, deviceFlow, webFlow, tokens });
  const web = createWebPages({ origin, repository: REPOSITORY, published, files });
  const releases = createReleaseViews({ origin, repository: REPOSITORY, published, files });
  const apps = createAppRegistry({ clock });
  const appPages = createAppPages({
    registry: apps,
    logins,
    clients,
    skipConsent: options.autoApproveMs !== undefined,
  });
  const appEndpoints = createAppEndpoints({ clock, registry: apps, repositoriesOf, origin });
  const limits = { core: createRateLimit({ clock }), graphql: createRateLimit({ clock, resource: 'graphql' }) };
  const tracked = createWorldRest({
    ...{ world, origin },
    // Its releases have files, which the world knows nothing of.
    leaveOut: ({ owner, name }) => owner === REPOSITORY.owner && name === REPOSITORY.name,
  });
  const rest = createRestApi({
    ...{ clock, tokens, apps, upstream: () => upstream, releases, rateLimit: limits.core, tracked },
  });
  const graphql = createGraphQLEndpoint({
    ...{ world, origin, rateLimit: limits.graphql },
    whose: (token) => (apps.find(token) ? 'app' : tokens.find(token)),
  });

  async function answer(exchange: Exchange) {
    return (
      oauth(exchange) ??
      appPages(exchange) ??
      web(exchange) ??
      (await appEndpoints(exchange)) ??
      (await graphql(exchange)) ??
      rest(exchange)
    );
  }

  async function repositoriesOf(login: string): Promise<RepositoryView[]> {
    const tracked = [...world.repositories.values()].filter(({ owner }) => owner === login);
    const names = new Set(tracked.map(({ name }) => name));
    const others = [REPOSITORY, ...(options.repositories ?? [])].filter(
      ({ owner, name }) => owner === login && !names.has(name),
    );
    const headers = new Headers({ authorization: upstream.authorization(login) });
    const answers = others.map(({ owner, name }) =>
      upstream.send({ method: 'GET', pathAndQuery: `/repos/${owner}/${name}`, headers, body: null }),
    );
    const views = createRestViews({ world, origin });
    return [...tracked.map(views.repository), ...(await Promise.all(answers)).map(({ text }) => JSON.parse(text))];
  }

  async function publish(release: PublishedRelease): Promise<void> {
    published.set(release.tag, release);
    await publishUpstream(upstream, REPOSITORY, release);
  }

  for (const release of options.releases ?? trackeepReleases(options.assetBytes ?? 1_000_000)) await publish(release);

  return {
    url: front.origin,
    apiUrl: front.origin,
    world,
    deliveries: createDeliveries({ world, origin }),
    requests,
    count(match) {
      const pattern = patternOf(match);
      return requests.filter(({ method, path }) => pattern.test(`${method} ${path}`)).length;
    },
    fail: (rule) => failures.add(rule),
    heal: () => failures.clear(),
    approve: (userCode, login = logins()[0] ?? '') => deviceFlow.approve(userCode, login),
    deny: (userCode) => deviceFlow.deny(userCode),
    expire: (userCode) => deviceFlow.expire(userCode),
    expireTokens() {
      tokens.expireAccessTokens();
      apps.expireTokens();
    },
    expireRefreshTokens: () => tokens.expireRefreshTokens(),
    revokeAll: (login) => tokens.revokeAll(login),
    spend: (resource, amount) => limits[resource].spend(amount),
    apps,
    async setUsers(next) {
      users = next;
      await upstream.close();
      upstream = await start();
      for (const release of published.values()) await publishUpstream(upstream, REPOSITORY, release);
    },
    publish,
    setFileTrouble(trouble) {
      files.trouble = trouble;
    },
    replaceFiles: () => files.replaceAll(),
    sha256Of(tag, name) {
      const release = published.get(tag);
      const file = release?.files?.find((candidate) => candidate.name === name);
      if (!release || !file) throw new RangeError(`there is no ${name} in ${tag}`);
      return files.sha256(release, file);
    },
    secrets: () => [
      ...tokens.everything(),
      ...deviceFlow.everything(),
      ...webFlow.everything(),
      ...apps.everything(),
      ...[...clients.values()].flatMap(({ clientSecret }) => clientSecret ?? []),
    ],
    async close() {
      await front.close();
      await upstream.close();
    },
  };
}
