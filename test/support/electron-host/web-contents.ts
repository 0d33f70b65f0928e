import { EventEmitter } from 'node:events';
import type { Page, Route } from 'playwright-core';
import { preventable } from './app.ts';
import { invoke } from './ipc.ts';
import { fromPageAddress, isPageAddress, toPageAddress } from './page-address.ts';
import { DELIVER, HOST_BINDING } from './preload-shim.ts';
import type { Session } from './session.ts';

type WindowOpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];
type Implemented = 'getURL' | 'send' | 'setWindowOpenHandler';

/** The page of a window: a real one, in a real Chromium. */
export class WebContents extends EventEmitter implements Pick<Electron.WebContents, Implemented> {
  readonly session: Session;
  #page: Page | null = null;
  #openHandler: WindowOpenHandler = () => ({ action: 'allow' });
  /** The address that the app itself is loading: that asks nobody. */
  #loading = '';

  constructor(session: Session) {
    super();
    this.session = session;
  }

  /** Takes the page over before it has loaded anything. */
  async attach(page: Page, preload: string): Promise<void> {
    this.#page = page;
    page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }));
    await page.exposeBinding(HOST_BINDING, ({ frame }, { channel, args }: { channel: string; args: unknown[] }) => {
      const senderFrame = { url: fromPageAddress(frame.url()), parent: frame.parentFrame() };
      return invoke({ sender: this, senderFrame }, channel, args);
    });
    await page.addInitScript({ content: preload });
    await page.route('**/*', (route) => this.#answer(route));
  }

  async load(page: Page, url: string): Promise<void> {
    this.#loading = url.replace(/#.*/, '');
    try {
      await page.goto(toPageAddress(url), { waitUntil: 'domcontentloaded' });
    } finally {
      this.#loading = '';
    }
  }

  getURL(): string {
    return this.#page === null ? '' : fromPageAddress(this.#page.url());
  }

  send(channel: string, ...args: unknown[]): void {
    const message = { deliver: DELIVER, channel, args: structuredClone(args) };
    this.#page
      ?.evaluate(({ deliver, channel, args }) => Reflect.get(window, deliver)?.(channel, args), message)
      // A page that is loading or closing hears nothing, as in Electron.
      .catch(() => undefined);
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler;
  }

  /** The page wants a window of its own for `url`. Nothing is opened: no app of ours allows one. */
  wantsWindow(url: string): void {
    const details = { url: fromPageAddress(url), frameName: '', features: '', disposition: 'foreground-tab' } as const;
    this.#openHandler({ ...details, referrer: { url: this.getURL(), policy: 'no-referrer' } });
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const url = fromPageAddress(request.url());
    if (request.isNavigationRequest() && url !== this.#loading) {
      const event = preventable({ url, isMainFrame: request.frame() === this.#page?.mainFrame() });
      this.emit('will-frame-navigate', event);
      if (event.isMainFrame) this.emit('will-navigate', event);
      if (event.defaultPrevented) return route.abort('aborted');
    }
    const answer = isPageAddress(request.url()) ? await this.session.answer(url, request.method()) : null;
    // What no scheme of the app serves would come from a network: the specs have none.
    if (answer === null) return route.fulfill({ status: 502, body: 'This page came from elsewhere.' });
    await route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    });
  }
}
