import type { AppRegistry } from './app-registry.ts';
import { type Answer, type Exchange, html, parametersOf, redirect } from './exchange.ts';
import type { OAuthClient } from './oauth-clients.ts';
import { appConfirmationPage, installationPage, messagePage } from './pages.ts';

export interface AppPagesParts {
  registry: AppRegistry;
  logins: () => string[];
  /** A new app is an OAuth client, too. */
  clients: Map<string, OAuthClient>;
  /** Makes the app without the page that asks. */
  skipConsent: boolean;
}

/**
 * The pages of GitHub that people come to with an app: made from a manifest, and installed. Answers null for every other
 * path.
 */
export function createAppPages(parts: AppPagesParts): (exchange: Exchange) => Answer | null {
  const { registry, logins, clients, skipConsent } = parts;

  /** POST /settings/apps/new, from anybody's page: the first time with the manifest alone, then with the decision. */
  const make = (exchange: Exchange, owner: string): Answer => {
    const parameters = parametersOf(exchange);
    const manifest = readManifest(parameters.get('manifest') ?? '');
    if (!manifest) return html(422, messagePage('Invalid manifest', 'The GitHub App manifest could not be read.'));
    const { name, redirect_url: redirectUrl } = manifest;
    if ([...registry.apps.values()].some((app) => app.name === name)) {
      return html(422, messagePage('Invalid GitHub App', 'Name is already taken.'));
    }
    if (!skipConsent && parameters.get('decision') !== 'create') {
      return html(200, appConfirmationPage({ name, owner, action: exchange.path, parameters }));
    }
    const { default_permissions: permissions = { metadata: 'read' }, setup_url: setupUrl = null } = manifest;
    const app = registry.register({ name, owner, permissions, setupUrl });
    clients.set(app.clientId, {
      ...{ clientId: app.clientId, clientSecret: app.clientSecret, name, kind: 'github-app', deviceFlow: false },
      ...(manifest.callback_urls ? { callbackUrls: manifest.callback_urls } : {}),
    });
    const back = new URL(redirectUrl);
    back.searchParams.set('code', registry.issueCode(app));
    const state = parameters.get('state');
    if (state !== null) back.searchParams.set('state', state);
    return redirect(back.href);
  };

  const install = (exchange: Exchange, slug: string): Answer => {
    const app = [...registry.apps.values()].find((candidate) => candidate.slug === slug);
    if (!app) return html(404, messagePage('Not found', 'There is no such app.'));
    if (exchange.method === 'GET') {
      return html(200, installationPage({ name: app.name, action: exchange.path, logins: logins() }));
    }
    const login = parametersOf(exchange).get('login') ?? logins()[0] ?? app.owner;
    if (!logins().includes(login)) return html(422, messagePage('Not installed', 'There is no such account.'));
    const { id } = registry.install(app, { login });
    if (app.setupUrl !== null) return redirect(`${app.setupUrl}?installation_id=${id}&setup_action=install`);
    return html(200, messagePage('Installed', `${app.name} is installed in ${login}. You can close this page.`));
  };

  return (exchange) => {
    const { method, path } = exchange;
    const [, organisation] = /^\/organizations\/([\w-]+)\/settings\/apps\/new$/.exec(path) ?? [];
    if (method === 'POST' && organisation !== undefined) return make(exchange, organisation);
    if (method === 'POST' && path === '/settings/apps/new') return make(exchange, logins()[0] ?? 'octocat');
    const [, slug] = /^\/(?:github-)?apps\/([\w-]+)(?:\/installations\/new)?$/.exec(path) ?? [];
    return slug === undefined ? null : install(exchange, slug);
  };
}

interface Manifest {
  name: string;
  url: string;
  redirect_url: string;
  callback_urls?: string[];
  setup_url?: string;
  default_permissions?: Record<string, string>;
}

/** What GitHub insists on: a name of at most 34 characters, a page, and an address to return to. */
function readManifest(text: string): Manifest | null {
  try {
    const manifest = JSON.parse(text) as Manifest;
    const whole = manifest.name.length <= 34 && URL.canParse(manifest.url) && URL.canParse(manifest.redirect_url);
    return whole ? manifest : null;
  } catch {
    return null;
  }
}
