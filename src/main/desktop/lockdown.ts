import { app, type Session } from 'electron';

/** The page may put text on the clipboard (the copy buttons). Everything else that pages can ask for, it does not need. */
const ALLOWED_PERMISSION = 'clipboard-sanitized-write';

/**
 * Nothing that shows a page may go anywhere else: no navigation, no redirect, no frame, no webview, no new window. A
 * link that wants a window goes to `openLink`, which vets it. It holds for everything this process will ever show, not
 * only for the one window there is today.
 */
export function setupLockdown(openLink: (url: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openLink(url);
      return { action: 'deny' };
    });
  });
}

/** The page saves nothing to the disk, and gets no permission but the one above: neither on request nor by a look-up. */
export function restrictSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide) => decide(permission === ALLOWED_PERMISSION));
  session.setPermissionCheckHandler((_contents, permission) => permission === ALLOWED_PERMISSION);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
}
