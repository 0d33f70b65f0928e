import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { ENDPOINTS } from '../issuer/endpoints.ts';
import type { Issuer } from '../issuer/issuer.ts';
import { MCP_PATHS, type Mcp } from '../mcp/mcp.ts';
import type { Tracking } from '../tracking/tracking.ts';
import { WEBHOOK_PATH } from '../tracking/webhooks/webhooks.ts';
import type { OnCallback, SignInLookup } from './callback.ts';
import type { ControlDoor } from './control-door.ts';
import { sendError } from './error-answer.ts';
import { GITHUB_API_PATH, type GitHubApi } from './github-api/github-api.ts';
import type { GitHubAppDesk } from './github-app-pages.ts';
import { type Admission, judge, type OwnNames, ownNames } from './guards.ts';
import { REST_PATHS, type Rest } from './rest/rest.ts';
import { SafeResponse } from './safe-response.ts';
import { TRACKEEP_ROUTES, type Trackeep } from './trackeep/trackeep.ts';
import { answerUi } from './ui-door.ts';
import { createUiEvents } from './ui-events.ts';
import { createUiFiles } from './ui-files.ts';
import { createUiSessions } from './ui-session.ts';
import { createWebhookRoute } from './webhooks.ts';

/**
 * 127.0.0.1, not `localhost`: that name may resolve to ::1 first, or to whatever the hosts file says, and then another
 * program could hold the address that clients believe to be ours. Not 0.0.0.0 with a filter either: what other machines
 * cannot connect to needs no rule that keeps them out.
 */
const LOOPBACK = '127.0.0.1';

const MOST_HEADER_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 60_000;
const MOST_CONNECTIONS = 1_024;
/** How long requests under way may take to end when the app stops. */
const STOP_GRACE_MS = 2_000;
const SWEEP_MS = 20;

/** A part of the listener's paths: who may call it, and who answers. */
interface Mount extends Admission {
  /** Takes this path and everything below it. The first mount that matches counts. */
  path: string;
  answer(request: IncomingMessage, response: ServerResponse, path: string, search: string): void | Promise<void>;
}

export interface Listener {
  /**
   * @returns the address to give to people and programs, such as http://127.0.0.1:9090
   * @throws AppError `port_in_use`, or `config_invalid` for a port that this user may not open
   */
  start(): Promise<{ address: string; port: number }>;
  /** Ends streams at once, requests under way within two seconds. */
  stop(): Promise<void>;
  /** @returns an address of the web UI that logs in one browser, once, within five minutes */
  createLoginLink(): string;
}

/**
 * The one HTTP listener of the app. A request passes the guards, then goes to the mount that its path belongs to.
 *
 * The web UI and the REST routes are answered on Node's own request and response, beside the Koa app and not within it.
 * Measured on Node 24 with the status query: Koa and its router alone come to 0.6 of a bare server's rate, which leaves
 * guards and session no room above the half that we promise; this way it is 0.75 with both. Koa also takes 50 ms to load,
 * so that waits until somebody asks for what it serves.
 *
 * @param parts.port 0 picks a free one
 * @param parts.rendererDir the built renderer, served as the web UI
 */
export function createListener(parts: {
  port: number;
  control: ControlDoor;
  onCallback: OnCallback;
  /** How a sign-in stands, by its id. */
  signIn: SignInLookup;
  githubApps: GitHubAppDesk;
  issuer: Pick<Issuer, 'answer'>;
  mcp: Pick<Mcp, 'answer'>;
  rest: Pick<Rest, 'answer'>;
  trackeep: Trackeep;
  githubApi: GitHubApi;
  webhooks: Pick<Tracking, 'deliver'>;
  rendererDir: string;
  logger: Logger;
  clock: Clock;
}): Listener {
  const { control, onCallback, signIn, githubApps, issuer, mcp, rest, trackeep, logger, clock } = parts;
  let own: OwnNames = ownNames(parts.port);
  let opened: AddressInfo | null = null;

  const sessions = createUiSessions({ clock, port: () => opened?.port ?? parts.port });
  const events = createUiEvents({ control, clock });
  const files = createUiFiles({ folder: parts.rendererDir });
  const ui = { control, sessions, events, files };

  let site: Promise<RequestListener> | null = null;
  const answerSite = async (request: IncomingMessage, response: ServerResponse) => {
    site ??= import('./site.ts').then(({ createSite }) =>
      createSite({ onCallback, signIn, onward: trackeep.onward, githubApps, logger }),
    );
    (await site)(request, response);
  };
  const answer: Mount['answer'] = (request, response, path, search) => answerUi(ui, request, response, path, search);

  const mounts: readonly Mount[] = [
    { path: '/ui/api', origins: 'own', sameOriginOnly: true, answer },
    { path: '/ui/events', origins: 'own', sameOriginOnly: true, answer },
    { path: '/ui/session', origins: 'own', sameOriginOnly: true, answer },
    // People follow links to the page, and providers send browsers back: both come from other sites.
    { path: '/ui', origins: 'own', sameOriginOnly: false, answer },
    ...ENDPOINTS.map(
      ({ path, callers }): Mount => ({ path, origins: callers, sameOriginOnly: false, answer: issuer.answer }),
    ),
    // Before the MCP server's, which takes the metadata of every other resource for its own.
    ...REST_PATHS.map((path): Mount => ({ path, origins: 'own', sameOriginOnly: false, answer: rest.answer })),
    { path: WEBHOOK_PATH, origins: 'own', sameOriginOnly: false, answer: createWebhookRoute(parts.webhooks) },
    ...MCP_PATHS.map((path): Mount => ({ path, origins: 'loopback', sameOriginOnly: false, answer: mcp.answer })),
    ...TRACKEEP_ROUTES.map(
      (route): Mount => ({
        path: route.path,
        origins: (origin) => trackeep.takesOrigin(route, origin),
        sameOriginOnly: false,
        answer: trackeep.answer,
      }),
    ),
    {
      path: GITHUB_API_PATH,
      origins: parts.githubApi.takesOrigin,
      sameOriginOnly: false,
      answer: parts.githubApi.answer,
    },
    {
      path: '/',
      origins: 'own',
      sameOriginOnly: false,
      answer: (request, response, path, search) => {
        if (path !== '/' || !isAuthorizationRequest(search)) return answerSite(request, response);
        request.url = `/authorize?${search}`;
        return issuer.answer(request, response, '/authorize', search);
      },
    },
  ];

  const server = createServer(
    {
      ServerResponse: SafeResponse,
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // The guard answers for a missing one as for a wrong one.
      requireHostHeader: false,
    },
    async (request, response) => {
      const { url: target = '', rawHeaders, headers } = request;
      const cut = target.indexOf('?');
      const path = cut === -1 ? target : target.slice(0, cut);
      const mount = mountOf(mounts, path);
      const arrival = {
        target,
        hosts: hostsOf(rawHeaders),
        origin: headers.origin,
        fetchSite: single(headers['sec-fetch-site']),
      };
      try {
        const refusal = judge(arrival, mount, own);
        if (refusal) throw refusal;
        await mount.answer(request, response, path, cut === -1 ? '' : target.slice(cut + 1));
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.code === 'internal') logger.error('a request failed', { path, error: thrown });
        sendError(request, response, error);
      }
    },
  );
  server.maxConnections = MOST_CONNECTIONS;

  return {
    async start() {
      await listen(server, parts.port);
      server.on('error', (error) => logger.error('the listener failed', { error }));
      opened = server.address() as AddressInfo;
      own = ownNames(opened.port);
      return { address: `http://${LOOPBACK}:${opened.port}`, port: opened.port };
    },

    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Ends the event streams, too.
      sessions.close();
      // A connection whose request is answered only now becomes idle, and would be kept alive for a minute.
      let timer = clock.after(SWEEP_MS, function sweep() {
        server.closeIdleConnections();
        timer = clock.after(SWEEP_MS, sweep);
      });
      const grace = clock.after(STOP_GRACE_MS, () => server.closeAllConnections());
      await closed;
      timer.cancel();
      grace.cancel();
      opened = null;
    },

    createLoginLink() {
      if (opened === null) throw new AppError('app_not_running', 'The web UI is not running.');
      // In the fragment: browsers do not send it, so it stands in no log and no Referer.
      return `http://${LOOPBACK}:${opened.port}/ui/#login=${sessions.createToken()}`;
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE') {
        reject(new AppError('port_in_use', `Port ${port} of ${LOOPBACK} is taken by another program.`, { cause }));
      } else if (cause.code === 'EACCES') {
        const remedy = 'Choose another port with --port or TRACKEEP_PORT.';
        reject(new AppError('config_invalid', `Your user may not open port ${port}.`, { cause, remedy }));
      } else reject(cause);
    };
    server.once('error', onError);
    // Exclusive: a second process must fail here, not share the port.
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

/** What marks a request for the authorize endpoint, which shares the path `/` with the start page. */
function isAuthorizationRequest(search: string): boolean {
  const parameters = new URLSearchParams(search);
  return ['client_id', 'response_type', 'redirect_uri'].some((name) => parameters.has(name));
}

/** The last mount is `/`, which takes everything. */
function mountOf(mounts: readonly Mount[], path: string): Mount {
  const found = mounts.find((mount) => isWithin(path, mount.path)) ?? mounts.at(-1);
  if (found === undefined) throw new Error('The listener has no mounts.');
  return found;
}

function isWithin(path: string, folder: string): boolean {
  return path.startsWith(folder) && (path.length === folder.length || path.charCodeAt(folder.length) === SLASH);
}

const SLASH = 0x2f;

/** Every Host header: Node keeps only the first of several and drops the rest without a word. */
function hostsOf(rawHeaders: readonly string[]): string[] {
  const hosts: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts.push(rawHeaders[index + 1] ?? '');
  }
  return hosts;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
