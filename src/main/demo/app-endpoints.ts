import { createPublicKey } from 'node:crypto';
import { decodeJwt, jwtVerify } from 'jose';
import type { Clock } from '../core/clock.ts';
import { iso, isoOrNull } from '../core/iso-time.ts';
import type { AppInstallation, AppRegistry, InstallationGrant, RegisteredApp } from './app-registry.ts';
import { type Answer, type Exchange, json } from './exchange.ts';
import { refusals } from './failures.ts';

/** A repository as the REST API shows it, with all its other fields. */
export interface RepositoryView {
  id: number;
  name: string;
  owner: { login: string };
}

export interface AppEndpointsParts {
  clock: Clock;
  registry: AppRegistry;
  /** All that an account has. */
  repositoriesOf(login: string): Promise<RepositoryView[]>;
  origin: () => string;
}

const RANKS = ['read', 'write', 'admin'];
const MINUTE_S = 60;

/**
 * The REST API of GitHub Apps: everything under /app, /app-manifests and /installation. Not `emulate`'s, whose apps are
 * those of its seed, whose tokens follow the wall clock, and which takes signatures that GitHub refuses. Answers null
 * for every other path.
 */
export function createAppEndpoints(parts: AppEndpointsParts): (exchange: Exchange) => Promise<Answer | null> {
  const { clock, registry, repositoriesOf, origin } = parts;

  /** Refuses what GitHub refuses of an app's signature. */
  const appOf = async ({ headers }: Exchange): Promise<RegisteredApp | Answer> => {
    const [, token = ''] = /^bearer\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    const issuer = issuerOf(token);
    if (issuer === null) return undecodable();
    const app = [...registry.apps.values()].find(({ id, clientId }) => issuer === String(id) || issuer === clientId);
    if (!app) return json(404, { message: 'Integration not found', status: '404' });
    const now = Math.floor(clock.now() / 1_000);
    try {
      const { payload } = await jwtVerify(token, createPublicKey(app.publicKey), {
        algorithms: ['RS256'],
        // Times are judged below, in GitHub's words.
        clockTolerance: Number.MAX_SAFE_INTEGER,
      });
      const { iat, exp } = payload;
      if (iat === undefined || iat > now + MINUTE_S) {
        return unauthorized(
          "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        );
      }
      if (exp === undefined || exp <= now) return unauthorized("'Expiration time' claim ('exp') must be in the future");
      if (exp > now + 10 * MINUTE_S) return unauthorized("'Expiration time' claim ('exp') is too far in the future");
      return app;
    } catch {
      return undecodable();
    }
  };

  const grantOf = ({ headers }: Exchange): InstallationGrant | null =>
    registry.find((headers.authorization ?? '').replace(/^(bearer|token)\s+/i, ''));

  const installationView = ({ id, app, account, repositories, permissions, suspendedAt }: AppInstallation) => ({
    ...{ id, app_id: app.id, app_slug: app.slug, account, permissions, target_type: account.type, events: [] },
    repository_selection: repositories === null ? 'all' : 'selected',
    access_tokens_url: `${origin()}/app/installations/${id}/access_tokens`,
    suspended_at: isoOrNull(suspendedAt),
  });

  const reachable = async ({ account, repositories }: AppInstallation): Promise<RepositoryView[]> =>
    (await repositoriesOf(account.login)).filter(({ name }) => repositories === null || repositories.includes(name));

  const mint = async (installation: AppInstallation, exchange: Exchange): Promise<Answer> => {
    if (installation.suspendedAt !== null) return json(403, { message: 'This installation has been suspended' });
    const asked = bodyOf(exchange);
    if (asked === null) return json(400, { message: 'Problems parsing JSON' });
    const permissions = asked.permissions ?? installation.permissions;
    const granted = Object.entries(permissions).every(
      ([name, level]) =>
        RANKS.includes(level) && RANKS.indexOf(level) <= RANKS.indexOf(installation.permissions[name] ?? ''),
    );
    if (!granted) return unprocessable('The permissions requested are not granted to this installation.');
    const all = await reachable(installation);
    const chosen = chooseOf(all, asked);
    if (chosen === null) {
      return unprocessable(
        'There is at least one repository that does not exist or is not accessible to the parent installation.',
      );
    }
    const repositories = chosen === all ? installation.repositories : chosen.map(({ name }) => name);
    const { token, expiresAt } = registry.mint({ installation, repositories, permissions });
    return json(201, {
      token,
      expires_at: iso(expiresAt),
      permissions: { metadata: 'read', ...permissions },
      repository_selection: repositories === null ? 'all' : 'selected',
      ...(chosen === all ? {} : { repositories: chosen }),
    });
  };

  const asApp = async (exchange: Exchange): Promise<Answer> => {
    const { method, path, query } = exchange;
    const app = await appOf(exchange);
    if ('status' in app) return app;
    if (path === '/app') return json(200, appView(app));
    if (path === '/app/installations') {
      const perPage = Number(query.get('per_page') ?? 30);
      const page = Number(query.get('page') ?? 1);
      const all = [...registry.installations.values()].filter((installation) => installation.app === app);
      return json(200, all.slice((page - 1) * perPage, page * perPage).map(installationView));
    }
    const [, id, tokens] = /^\/app\/installations\/(\d+)(\/access_tokens)?$/.exec(path) ?? [];
    const installation = registry.installations.get(Number(id));
    if (installation?.app !== app) return json(404, { message: 'Not Found', status: '404' });
    if (tokens === undefined) return json(200, installationView(installation));
    return method === 'POST' ? mint(installation, exchange) : json(404, { message: 'Not Found' });
  };

  const asInstallation = async (exchange: Exchange): Promise<Answer> => {
    const grant = grantOf(exchange);
    if (!grant) return refusals.badCredentials();
    if (exchange.path === '/installation/token' && exchange.method === 'DELETE') {
      registry.revoke((exchange.headers.authorization ?? '').replace(/^(bearer|token)\s+/i, ''));
      return { status: 204 };
    }
    if (exchange.path !== '/installation/repositories') return json(404, { message: 'Not Found' });
    const repositories = (await reachable(grant.installation)).filter(
      ({ name }) => grant.repositories === null || grant.repositories.includes(name),
    );
    const selection = grant.repositories === null ? 'all' : 'selected';
    return json(200, { total_count: repositories.length, repository_selection: selection, repositories });
  };

  return async (exchange) => {
    const { method, path } = exchange;
    const [, code] = /^\/app-manifests\/([^/]+)\/conversions$/.exec(path) ?? [];
    if (code !== undefined && method === 'POST') {
      const app = registry.redeemCode(decodeURIComponent(code));
      if (!app) return json(404, { message: 'Not Found', status: '404' });
      const { clientSecret, webhookSecret, privateKey } = app;
      return json(201, {
        ...appView(app),
        ...{ client_secret: clientSecret, webhook_secret: webhookSecret, pem: privateKey },
      });
    }
    if (path === '/app' || path.startsWith('/app/')) return asApp(exchange);
    if (path.startsWith('/installation/')) return asInstallation(exchange);
    return null;
  };
}

function appView({ id, slug, name, owner, clientId, permissions }: RegisteredApp) {
  return { id, slug, name, client_id: clientId, owner: { login: owner, id: 1, type: 'User' }, permissions, events: [] };
}

interface Narrowing {
  permissions?: Record<string, string>;
  repositories?: string[];
  repository_ids?: number[];
}

function bodyOf({ body }: Exchange): Narrowing | null {
  if (body.byteLength === 0) return {};
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as Narrowing;
  } catch {
    return null;
  }
}

/** @returns null where one of them cannot be reached; the very same list where none is named */
function chooseOf(all: RepositoryView[], { repositories, repository_ids }: Narrowing): RepositoryView[] | null {
  if (repositories === undefined && repository_ids === undefined) return all;
  const found = [
    ...(repositories ?? []).map((name) => all.find((one) => one.name.toLowerCase() === name.toLowerCase())),
    ...(repository_ids ?? []).map((id) => all.find((one) => one.id === id)),
  ];
  return found.every((one) => one !== undefined) ? found : null;
}

function issuerOf(token: string): string | null {
  try {
    // GitHub takes the number of an app as a number, too.
    const { iss } = decodeJwt(token);
    return iss === undefined ? null : String(iss);
  } catch {
    return null;
  }
}

const unauthorized = (message: string) => json(401, { message, status: '401' });
const undecodable = () => unauthorized('A JSON web token could not be decoded');
const unprocessable = (message: string) => json(422, { message, status: '422' });
