import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { protocol, type Session } from 'electron';
import { RENDERER_TYPES, rendererPolicy } from '../http/renderer-policy.ts';
import { APP_SCHEME, isAppUrl } from './own-page.ts';
import { pageFile } from './page-files.ts';

/** Makes `app:` a scheme like https to the page: with an origin, a secure context, relative addresses. Before `ready`. */
export function setupAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the files of `folder`, and nothing else, to the pages of `session`. */
export function serveApp(session: Session, folder: string): void {
  session.protocol.handle(APP_SCHEME, (request) => answer(request, folder));
}

async function answer(request: Request, folder: string): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
  const file = isAppUrl(request.url) ? pageFile(new URL(request.url).pathname, folder) : null;
  const type = file === null ? undefined : RENDERER_TYPES[extname(file)];
  if (file === null || type === undefined) return refuse(404);
  try {
    const content = await readFile(file);
    return new Response(request.method === 'HEAD' ? null : content, {
      headers: {
        'content-type': type,
        'content-security-policy': rendererPolicy('none'),
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
  return new Response(null, { status, headers: { 'content-security-policy': rendererPolicy('none') } });
}
