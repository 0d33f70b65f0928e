import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { closeBrowser } from './browser.ts';
import { handOver, takeLock } from './instance.ts';

/** An event that a listener may call off. */
export function preventable<T extends object>(more: T) {
  return {
    ...more,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
  };
}

/** What the app must be able to do with its windows. */
interface Closable {
  close(): void;
}

type Implemented =
  | 'enableSandbox'
  | 'exit'
  | 'getAppPath'
  | 'getName'
  | 'getPath'
  | 'getVersion'
  | 'isPackaged'
  | 'isReady'
  | 'quit'
  | 'requestSingleInstanceLock'
  | 'setAboutPanelOptions'
  | 'setAppUserModelId'
  | 'setBadgeCount'
  | 'setDesktopName'
  | 'setName'
  | 'setPath'
  | 'whenReady';

/** The life of an app from its start to its end, with the events that Electron sends on the way. */
class App extends EventEmitter implements Pick<Electron.App, Implemented> {
  readonly isPackaged = false;
  readonly commandLine: Pick<Electron.CommandLine, 'appendSwitch'> = { appendSwitch: () => {} };
  #name = '';
  #userData = '';
  #windows = new Set<Closable>();
  #ready = Promise.withResolvers<void>();
  #isReady = false;
  #isQuitting = false;
  #handedOver: Promise<void> = Promise.resolve();

  constructor() {
    super();
    // Electron's loop runs until it is told to end, whatever else does.
    setInterval(() => {}, 2 ** 30);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => this.quit());
  }

  setName(name: string): void {
    this.#name = name;
  }
  getName(): string {
    return this.#name;
  }
  getVersion(): string {
    return '0.0.0';
  }
  getAppPath(): string {
    return process.argv[1] ?? '';
  }
  setAppUserModelId(_id: string): void {}
  setDesktopName(_name: string): void {}
  setBadgeCount(_count?: number): boolean {
    return true;
  }
  setAboutPanelOptions(_options: Electron.AboutPanelOptionsOptions): void {}
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
  }

  setPath(name: string, path: string): void {
    if (name === 'userData') this.#userData = path;
  }
  getPath(name: Parameters<Electron.App['getPath']>[0]): string {
    if (name !== 'userData' || this.#userData === '') throw new Error(`The stand-in has no path for ${name}.`);
    return this.#userData;
  }

  requestSingleInstanceLock(additionalData?: Record<PropertyKey, unknown>): boolean {
    const folder = join(this.getPath('userData'));
    const taken = takeLock(folder, (call) => this.emit('second-instance', {}, call.argv, call.directory, call.data));
    if (taken) return true;
    this.#handedOver = handOver(folder, { argv: process.argv, directory: process.cwd(), data: additionalData ?? {} });
    return false;
  }

  isReady(): boolean {
    return this.#isReady;
  }
  whenReady(): Promise<void> {
    return this.#ready.promise;
  }
  becomeReady(): void {
    this.#isReady = true;
    this.emit('ready');
    this.#ready.resolve();
  }

  windowOpened(window: Closable): void {
    this.#windows.add(window);
  }
  windowClosed(window: Closable): void {
    this.#windows.delete(window);
    if (this.#windows.size > 0) return;
    if (this.#isQuitting) this.#endUnlessPrevented();
    else if (!this.emit('window-all-closed')) this.quit();
  }

  quit(): void {
    if (this.#isQuitting) return;
    const event = preventable({});
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.#isQuitting = true;
    if (this.#windows.size === 0) process.nextTick(() => this.#endUnlessPrevented());
    for (const window of [...this.#windows]) window.close();
  }
  #endUnlessPrevented(): void {
    const event = preventable({});
    this.emit('will-quit', event);
    if (!event.defaultPrevented) this.exit(0);
  }
  exit(code = 0): void {
    this.emit('quit', {}, code);
    void Promise.all([this.#handedOver, closeBrowser()]).then(() => process.exit(code));
  }
}

export const app = new App();
