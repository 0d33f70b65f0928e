import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDesk, type Desk, type DesktopApp } from '../support/desktop.ts';

/** What a hostile page would try: everything here runs in the page of the window. */

let desk: Desk;
let app: DesktopApp;
beforeAll(async () => {
  desk = createDesk();
  app = await desk.start({ args: ['--hidden'] });
});
beforeEach(async () => {
  await app.clickTray('Open Trackeep Tray');
  await app.page();
});
afterEach(() => app.closeWindow());
afterAll(() => desk.clear());

/** Where the preload puts it. */
const BRIDGE: string = 'trackeep';

/** The bridge as a script in the page finds it, without its types: hostile scripts do not keep to them. */
async function callBridge(name: unknown, input: unknown): Promise<unknown> {
  const page = await app.page();
  return page.evaluate(
    ({ bridgeName, name, input }) => {
      const bridge: { call(...args: unknown[]): unknown } = Reflect.get(window, bridgeName);
      return bridge.call(name, input);
    },
    { bridgeName: BRIDGE, name, input },
  );
}

describe('the page', () => {
  it('has three things of the app, and nothing of Node or Electron', async () => {
    const page = await app.page();
    const found = await page.evaluate(
      (bridge) => ({
        bridge: Object.keys(Reflect.get(window, bridge)).sort(),
        leaked: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in window),
      }),
      BRIDGE,
    );
    expect(found).toEqual({ bridge: ['call', 'platform', 'subscribe'], leaked: [] });
  });

  it('gets answers and errors as data, with code and remedy', async () => {
    expect(await callBridge('status.get', {})).toMatchObject({ ok: true, output: { app: { host: 'desktop' } } });
    expect(await callBridge('connections.flow', { id: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'bad_input', remedy: expect.any(String) },
    });
  });

  it('gets no token, and no procedure that the contract does not give it', async () => {
    expect(await callBridge('tokens.get', { platform: 'github' })).toMatchObject({ error: { code: 'not_permitted' } });
    expect(await callBridge('app.open', {})).toMatchObject({ error: { code: 'not_permitted' } });
    expect(await callBridge('constructor', {})).toMatchObject({ error: { code: 'not_found' } });
    expect(await callBridge(42, {})).toMatchObject({ error: { code: 'bad_input' } });
  });

  it('reaches no network, and runs no script but its own', async () => {
    const page = await app.page();
    const refused = await page.evaluate(async () => {
      const directives: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => directives.push(event.effectiveDirective));
      await fetch('https://elsewhere.test/').catch(() => undefined);
      await new Promise((done) => {
        const image = new Image();
        image.onerror = done;
        image.src = 'https://elsewhere.test/pixel.png';
      });
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken over"';
      document.head.append(script);
      const frame = document.createElement('iframe');
      frame.src = 'https://elsewhere.test/';
      document.body.append(frame);
      let evaluated = true;
      try {
        evaluated = Reflect.get(globalThis, 'eval')('true');
      } catch {
        evaluated = false;
      }
      // They are reported one after another, the frame's last.
      while (!directives.includes('frame-src')) await new Promise((done) => setTimeout(done, 10));
      return { directives, evaluated, title: document.title };
    });
    expect(refused.directives).toEqual(
      expect.arrayContaining(['connect-src', 'img-src', 'script-src-elem', 'frame-src']),
    );
    expect(refused.evaluated).toBe(false);
    expect(refused.title).not.toBe('taken over');
  });

  it('cannot be led elsewhere', async () => {
    const page = await app.page();
    const before = await page.title();
    // Where nothing holds it back, the page is gone before the answer is.
    const still = await page.evaluate(async () => {
      location.assign('https://elsewhere.test/');
      await new Promise((done) => setTimeout(done, 500));
      return document.title;
    });
    expect(still).toBe(before);
    expect(await app.address()).toMatch(/^app:\/\/trackeep\//);
  });

  it('opens https pages in the browser, and nothing that only looks harmless', async () => {
    const page = await app.page();
    await page.evaluate(() => {
      for (const url of [
        'http://elsewhere.test/',
        'http://127.0.0.1:9/',
        'https://github.com@elsewhere.test/',
        'smb://elsewhere.test/share',
        'vscode://install/x',
        'mailto:somebody@elsewhere.test',
        'https://github.com/login/device',
      ]) {
        window.open(url, '_blank', 'noopener');
      }
    });
    const opened = await app.sees('a page was opened', ({ opened }) => opened.length > 0 && opened);
    expect(opened).toEqual(['https://github.com/login/device']);
    expect((await app.read()).windows).toHaveLength(1);
  });

  it('is granted nothing that pages can ask for', async () => {
    const page = await app.page();
    const answers = await page.evaluate(async () => ({
      notifications: await Notification.requestPermission(),
      location: await new Promise((done) =>
        navigator.geolocation.getCurrentPosition(
          () => done('granted'),
          () => done('denied'),
        ),
      ),
      clipboard: await navigator.clipboard.readText().then(
        () => 'granted',
        () => 'denied',
      ),
    }));
    expect(answers).toEqual({ notifications: 'denied', location: 'denied', clipboard: 'denied' });
  });
});
