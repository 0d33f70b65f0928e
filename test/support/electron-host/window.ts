import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { app, preventable } from './app.ts';
import { browserContext } from './browser.ts';
import { nativeTheme } from './native-theme.ts';
import { toPageAddress } from './page-address.ts';
import { preloadScript } from './preload-shim.ts';
import type { Permission, Session } from './session.ts';
import { WebContents } from './web-contents.ts';

type Implemented =
  | 'close'
  | 'destroy'
  | 'focus'
  | 'getNormalBounds'
  | 'isFocused'
  | 'isMinimized'
  | 'isVisible'
  | 'loadURL'
  | 'minimize'
  | 'restore'
  | 'show';

interface Options extends Pick<Electron.BrowserWindowConstructorOptions, 'x' | 'y' | 'width' | 'height' | 'show'> {
  webPreferences: { preload: string; session: Session };
}

/** A window: a page of the process's Chromium, and what the system would know about its frame. */
export class BrowserWindow extends EventEmitter implements Pick<Electron.BrowserWindow, Implemented> {
  static #open = new Set<BrowserWindow>();
  readonly webContents: WebContents;
  readonly #page: Promise<Page>;
  readonly #bounds: Electron.Rectangle;
  #state: 'hidden' | 'shown' | 'minimized' = 'hidden';

  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.#open];
  }

  constructor({ x = 510, y = 220, width = 800, height = 600, show = true, webPreferences }: Options) {
    super();
    this.#bounds = { x, y, width, height };
    if (show) this.#state = 'shown';
    this.webContents = new WebContents(webPreferences.session);
    BrowserWindow.#open.add(this);
    app.windowOpened(this);
    app.emit('web-contents-created', {}, this.webContents);
    this.#page = this.#openPage(webPreferences.preload);
  }

  async #openPage(preload: string): Promise<Page> {
    const context = await browserContext();
    const page = await newPage(context);
    await this.webContents.attach(page, preloadScript(readFileSync(preload, 'utf8'), process.platform));
    const paint = () => page.emulateMedia({ colorScheme: nativeTheme.shouldUseDarkColors ? 'dark' : 'light' });
    // A page that is going meanwhile needs no colours any more.
    const paintAgain = () => void paint().catch((error) => page.isClosed() || Promise.reject(error));
    nativeTheme.on('updated', paintAgain);
    page.once('close', () => nativeTheme.off('updated', paintAgain));
    await paint();
    return page;
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.#page;
    await grant(page.context(), this.webContents, url);
    await this.webContents.load(page, url);
    this.emit('ready-to-show');
  }

  show(): void {
    this.#state = 'shown';
  }
  minimize(): void {
    this.#state = 'minimized';
  }
  restore(): void {
    this.#state = 'shown';
  }
  focus(): void {
    void this.#page.then((page) => page.bringToFront());
  }
  isVisible(): boolean {
    return this.#state === 'shown';
  }
  isMinimized(): boolean {
    return this.#state === 'minimized';
  }
  isFocused(): boolean {
    return this.isVisible();
  }
  getNormalBounds(): Electron.Rectangle {
    return this.#bounds;
  }

  close(): void {
    const event = preventable({});
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    if (!BrowserWindow.#open.delete(this)) return;
    void this.#page.then((page) => page.close()).catch(() => undefined);
    this.emit('closed');
    app.windowClosed(this);
  }
}

const own = new WeakSet<Page>();

/**
 * A page for a window. Its requests are its own affair; what reaches the context's route comes from a page that a page
 * has opened. That is no window: its first address is all that it gets to say.
 */
async function newPage(context: BrowserContext): Promise<Page> {
  const isFirst = context.pages().every((page) => !own.has(page));
  if (isFirst) {
    for (const page of context.pages()) own.add(page);
    await context.route('**/*', async (route) => {
      const url = route.request().url();
      await route.abort('aborted');
      await Promise.all(context.pages().map((page) => (own.has(page) ? null : page.close())));
      for (const window of BrowserWindow.getAllWindows()) window.webContents.wantsWindow(url);
    });
  }
  const page = await context.newPage();
  own.add(page);
  return page;
}

/** What Playwright calls the permissions that the specs ask for. Chromium denies the origin all others. */
const PERMISSIONS: readonly (readonly [Permission, string])[] = [
  ['clipboard-sanitized-write', 'clipboard-write'],
  ['clipboard-read', 'clipboard-read'],
  ['notifications', 'notifications'],
  ['geolocation', 'geolocation'],
];

async function grant(context: BrowserContext, contents: WebContents, url: string): Promise<void> {
  const allowed = PERMISSIONS.filter(([permission]) => contents.session.allows(permission, contents, url));
  const origin = new URL(toPageAddress(url)).origin;
  await context.grantPermissions(
    allowed.map(([, name]) => name),
    { origin },
  );
}
