import { canonicalOrigin } from '../../../shared/origins.ts';
import { AppError, hasCode } from '../../core/errors.ts';
import { html, type Page, renderPage } from '../../core/page.ts';
import { isOpenedByPerson, isPageLoad } from '../page-load.ts';
import { referenceTo } from './access-reference.ts';
import type { Call, Room } from './call.ts';
import { readUser } from './github-user.ts';
import { redirectTarget } from './redirect-targets.ts';

/** Sign-ins at GitHub that an instance waits for. More than these at once are nobody's intention. */
const MOST_WAITING = 50;

/** Signs the person in to one of their instances. */
export interface SignIn {
  /** `GET /auth/github?redirect_uri=…` */
  begin(call: Call): Promise<void>;
  /** `GET /auth/github/callback?flow=…`: GitHub has sent the browser back, and the account is connected. */
  finish(call: Call): Promise<void>;
  /** Where the browser goes on after the sign-in at GitHub with this id; null: nowhere. */
  onward(flowId: string): string | null;
}

/**
 * An instance on the person's list needs no further word of theirs: the list is that word. For every other address there
 * is a page that says how to put it there, and never a redirect.
 */
export function createSignIn(room: Room): SignIn {
  const { connections, sessions, instances, address } = room;
  /** Where to go after a sign-in at GitHub, by its flow. */
  const waiting = new Map<string, string>();

  const page = ({ response }: Call, status: number, content: Page) => {
    const { html: text, headers } = renderPage(content);
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
    response.end(text);
  };
  const redirect = ({ response }: Call, location: string) => {
    response.writeHead(303, { location, 'content-length': 0, 'cache-control': 'no-store' });
    response.end();
  };

  /** The account to sign in with: the longest connected one that works. GitHub's own before one that HQ gave. */
  const account = async (): Promise<string | null> => {
    for (const platform of ['github', 'hq'] as const) {
      const records = await connections.ofOrganisation(platform, null);
      const person = records.find((record) => record.state === 'ok' && record.externalInstallationId === null);
      if (person) return person.connectionId;
    }
    return null;
  };

  /** To the instance, with a token that says who the person is. */
  const goBack = async (call: Call, target: URL, connectionId: string): Promise<void> => {
    const instance = target.origin;
    const user = await readUser(await connections.github(connectionId));
    const accessToken = instances.getsToken(instance)
      ? (await connections.tokenOf(connectionId, { kind: 'app', id: instance, name: `Trackeep at ${instance}` })).token
      : referenceTo(connectionId);
    target.searchParams.set('token', await sessions.issueSignIn({ user, instance, accessToken }));
    redirect(call, target.href);
  };

  /** From one of the instances, by what browsers tell and pages cannot forge. */
  const comesFromInstance = ({ request }: Call): boolean => {
    const referrer = URL.parse(request.headers.referer ?? '');
    return referrer !== null && instances.origins().includes(referrer.origin) && isPageLoad(request);
  };

  const signInFirst = async (call: Call, target: URL): Promise<void> => {
    // At GitHub an app that was allowed before comes straight back, so that a link on any page could connect an account.
    if (!isOpenedByPerson(call.request) && !comesFromInstance(call)) {
      return page(call, 200, {
        good: null,
        title: 'Sign in to Trackeep with GitHub',
        text: [
          `Your Trackeep at ${target.host} wants to know who you are.`,
          'No GitHub account is connected here yet.',
        ],
        body: html`<p><a href="${`/auth/github?redirect_uri=${encodeURIComponent(target.href)}`}">Go on at GitHub</a></p>`,
      });
    }
    const { id, authorizationUrl } = await connections.begin({ platform: 'github', way: 'web' });
    if (authorizationUrl === null) throw new AppError('internal', 'The sign-in has no page.');
    for (const oldest of waiting.keys()) {
      if (waiting.size < MOST_WAITING) break;
      waiting.delete(oldest);
    }
    waiting.set(id, target.href);
    redirect(call, authorizationUrl);
  };

  const targetOf = ({ request, search }: Call): { target: URL | null; named: string } => {
    const given = new URLSearchParams(search).getAll('redirect_uri');
    const origins = instances.origins();
    const [named] = given;
    if (named !== undefined) return { target: given.length === 1 ? redirectTarget(named, origins) : null, named };
    // The instance that the request came from, or else the one that the configuration names.
    const from = URL.parse(request.headers.referer ?? '')?.origin;
    const origin = from !== undefined && from !== address() ? from : (origins[0] ?? '');
    return { target: redirectTarget(origin, origins), named: origin };
  };

  return {
    async begin(call) {
      if (!sessions.signsIn) return page(call, 503, NOT_SET_UP);
      const { target, named } = targetOf(call);
      if (target === null) return page(call, 403, notAllowed(named));
      const connectionId = await account();
      if (connectionId === null) return signInFirst(call, target);
      try {
        await goBack(call, target, connectionId);
      } catch (error) {
        if (!hasCode(error, 'needs_reconnect', 'not_connected')) throw error;
        await signInFirst(call, target);
      }
    },

    async finish(call) {
      const flowId = new URLSearchParams(call.search).get('flow') ?? '';
      const wanted = waiting.get(flowId);
      waiting.delete(flowId);
      // The person may have taken the instance off the list meanwhile.
      const target = wanted === undefined ? null : redirectTarget(wanted, instances.origins());
      const connectionId = target === null ? null : connections.flow(flowId).connectionId;
      if (target === null || connectionId === null) {
        throw new AppError('state_invalid', 'No sign-in to Trackeep was waiting for this answer.', {
          remedy: 'Start again from your Trackeep.',
        });
      }
      await goBack(call, target, connectionId);
    },

    onward: (flowId) => (waiting.has(flowId) ? `/auth/github/callback?flow=${encodeURIComponent(flowId)}` : null),
  };
}

const NOT_SET_UP: Page = {
  good: false,
  title: 'Signing in to Trackeep is not set up here',
  text: ['OAUTH_JWT_SECRET is not set.', 'Set it to at least 32 random characters, the same as your Trackeep has.'],
};

function notAllowed(named: string): Page {
  const origin = originOf(named);
  if (origin === null) {
    return {
      good: false,
      title: 'No Trackeep is named that this sign-in could lead to',
      text: ['Start again from your Trackeep, or set FRONTEND_URL to its address.'],
    };
  }
  return {
    good: false,
    title: 'This Trackeep is not on your list',
    text: [
      `A sign-in was meant to lead to ${origin}, which you have not allowed. Nothing was sent there.`,
      'If it is yours, add it in Trackeep Tray, in Settings under “Trackeep instances”, then start again from there:',
    ],
    body: html`<p><code>${origin}</code></p>`,
  };
}

/** Shown to be copied, so only what is an origin and nothing but that. */
function originOf(address: string): string | null {
  return canonicalOrigin(URL.parse(address)?.origin ?? '');
}
