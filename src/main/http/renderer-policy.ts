/** What the built renderer is served as, and what it may do: the same in the window and on the web, but for one rule. */

/** Media types of the files that a build of the renderer makes, by their ending. */
export const RENDERER_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/**
 * The content security policy of the page. Inline styles are let in because the component library writes style elements
 * and attributes; inline scripts are not, and nothing is loaded from anywhere else.
 *
 * @param connect `self` on the web, where the page asks the listener; `none` in the window, where it reaches the app
 *   through the preload alone and has no business with any network
 */
export function rendererPolicy(connect: 'self' | 'none'): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src '${connect}'`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
