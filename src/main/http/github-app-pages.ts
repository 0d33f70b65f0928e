import type Router from '@koa/router';
import type { AppRegistration, GitHubApps } from '../connections/connections.ts';
import { type AppError, toAppError } from '../core/errors.ts';
import { html, type Page, renderPage } from '../core/page.ts';

/** What the pages need of the person's GitHub Apps. */
export type GitHubAppDesk = Pick<GitHubApps, 'registration' | 'callback' | 'installed'>;

/**
 * The pages of making a GitHub App:
 *
 *     GET /github-app/new/ID            a form that takes the person to GitHub with the manifest
 *     GET /oauth/callback/github-app    where GitHub sends the browser back
 *     GET /github-app/installed         where it sends the browser when the app was installed
 */
export function addGitHubAppPages(router: Router, desk: GitHubAppDesk): void {
  router.get('/github-app/new/:id', (context) => {
    const { id = '' } = context.params;
    const page = renderPage(registrationPage(desk.registration(id)));
    // GitHub must be able to tell that the form comes from a page of this machine; of the page's address it sees nothing.
    context.set({ ...page.headers, 'referrer-policy': 'strict-origin' });
    context.body = page.html;
  });

  router.get('/github-app/installed', async (context) => {
    const number = new URLSearchParams(context.querystring).get('installation_id') ?? '';
    const page = renderPage(await installedPage(desk, number));
    context.set({ ...page.headers });
    context.body = page.html;
  });

  router.get('/oauth/callback/github-app', async (context) => {
    const { status, page } = await donePage(desk, new URLSearchParams(context.querystring));
    context.status = status;
    const { html: body, headers } = renderPage(page);
    context.set({ ...headers });
    context.body = body;
  });
}

/** The form sends itself; without scripts, its button does. */
function registrationPage({ name, organisation, origin, action, manifest }: AppRegistration): Page {
  return {
    good: null,
    title: `Make the app “${name}” at GitHub`,
    text: [
      `GitHub shows you what the app may do${organisation === null ? '' : ` in ${organisation}`} and asks you to confirm.`,
      'Then it sends its keys here, straight into the vault; this browser does not see them.',
    ],
    body: html`<form method="post" action="${action}">
<input type="hidden" name="manifest" value="${manifest}">
<button class="main">Go on at GitHub</button>
</form>`,
    script: 'document.forms[0].submit();',
    formTo: origin,
  };
}

/** It says that the app is here only after it is in the vault in fact. */
async function donePage(desk: GitHubAppDesk, parameters: URLSearchParams): Promise<{ status: number; page: Page }> {
  try {
    const { name, installUrl } = await desk.callback(parameters);
    return {
      status: 200,
      page: {
        good: true,
        title: `The app “${name}” is yours`,
        text: [
          'Trackeep Tray keeps its keys; this browser has not seen them.',
          'One more step: install it where it shall work, and choose its repositories.',
        ],
        body: html`<p><a href="${installUrl}" rel="noreferrer">Install it at GitHub</a></p>`,
      },
    };
  } catch (thrown) {
    const { code, message, remedy } = toAppError(thrown);
    if (code === 'internal') throw thrown;
    const again = PASSING.includes(code) ? ['Nothing is lost: reload this page to try again.'] : [remedy];
    return { status: 400, page: { good: false, title: 'The app is not here', text: [message, ...again] } };
  }
}

/** Anybody may make up the number: it names nothing that GitHub does not tell us by itself. */
async function installedPage(desk: GitHubAppDesk, number: string): Promise<Page> {
  const login = /^\d{1,20}$/.test(number) ? await desk.installed(number) : null;
  if (login === null) {
    return {
      good: null,
      title: 'Trackeep Tray does not see this installation',
      text: ['Look for the installations of your app in Trackeep Tray, once the owner has confirmed it.'],
    };
  }
  return {
    good: true,
    title: `The app is installed in ${login}`,
    text: ['You can close this page.', 'Trackeep Tray makes tokens of it when they are asked for.'],
  };
}

/** What `GitHubApps.callback` tries again under the same address. */
const PASSING: readonly AppError['code'][] = [
  'offline',
  'tls_untrusted',
  'provider_error',
  'rate_limited',
  'disk_full',
  'vault_locked',
  'vault_missing',
  'vault_denied',
  'vault_unavailable',
];
