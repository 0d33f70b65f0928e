import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { protocol, type Session } from 'electron';

const SCHEME = 'app';
const HOST = 'trackeep';

/** Where the window's page lives. A scheme of our own, since `file:` pages may read the person's other files. */
export const APP_PAGE = `${SCHEME}://${HOST}/index.html`;

/**
 * Sent with every file. The page has no business with any network: it reaches the app through the preload alone. Mantine
 * writes style elements, hence `unsafe-inline` for styles; nothing of the kind for scripts.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Makes `app:` a scheme like https to the page: with an origin, a secure context, relative addresses. Before `ready`. */
export function setupAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the files of `folder`, and nothing else, to the pages of `session`. */
export function serveApp(session: Session, folder: string): void {
  session.protocol.handle(SCHEME, (request) => answer(request, folder));
}

/** Whether an address is one of our own pages. */
export function isAppUrl(text: string): boolean {
  // Node gives `app:` addresses the origin "null", so the parts are compared.
  const url = URL.parse(text);
  return url?.protocol === `${SCHEME}:` && url.host === HOST;
}

async function answer(request: Request, folder: string): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
  const file = isAppUrl(request.url) ? fileOf(new URL(request.url).pathname, folder) : null;
  const type = file === null ? undefined : TYPES[extname(file)];
  if (file === null || type === undefined) return refuse(404);
  try {
    const content = await readFile(file);
    return new Response(request.method === 'HEAD' ? null : content, {
      headers: {
        'content-type': type,
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-cache',
      },
    });
  } catch {
    return refuse(404);
  }
}

function refuse(status: 404 | 405): Response {
  return new Response(null, { status, headers: { 'content-security-policy': CONTENT_SECURITY_POLICY } });
}

/**
 * The file behind a path of an address, or null when it would lie outside `folder`. URL has taken out plain `..`; what
 * is encoded (`%2e%2e%2f`, `%5c`) comes to light here.
 */
export function fileOf(pathname: string, folder: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (path.includes('\0') || path.includes('\\')) return null;
  const root = resolve(folder);
  const file = join(root, path === '/' ? 'index.html' : path);
  return file.startsWith(root + sep) ? file : null;
}
