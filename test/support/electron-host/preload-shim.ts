/** What connects a page with the stand-in; the page has it under this name. */
export const HOST_BINDING = '__electronHost';
export const DELIVER = '__electronDeliver';

/**
 * The script that runs a built preload in a page: it gives it the `electron` module of a sandboxed preload, over a
 * binding of Playwright's. In the main frame only, as Electron does.
 */
export function preloadScript(source: string, platform: string): string {
  return `if (window === window.top) (${runPreload.toString()})(
    ${JSON.stringify({ platform, hostBinding: HOST_BINDING, deliver: DELIVER })},
    function (require, module, exports, process) { ${source}\n },
  );`;
}

interface ShimOptions {
  platform: string;
  hostBinding: string;
  deliver: string;
}

type Preload = (require: (name: string) => object, module: object, exports: object, process: object) => void;
type Listener = (event: object, ...args: unknown[]) => void;

/** Runs in the page. */
function runPreload({ platform, hostBinding, deliver }: ShimOptions, preload: Preload): void {
  const listeners = new Map<string, Set<Listener>>();
  const host: (message: object) => Promise<unknown> = Reflect.get(window, hostBinding);
  Reflect.set(window, deliver, (channel: string, args: unknown[]) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...args);
  });
  const ipcRenderer = {
    invoke: (channel: string, ...args: unknown[]) => host({ channel, args: structuredClone(args) }),
    on(channel: string, listener: Listener) {
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener));
      return ipcRenderer;
    },
    off(channel: string, listener: Listener) {
      listeners.get(channel)?.delete(listener);
      return ipcRenderer;
    },
  };
  const contextBridge = {
    exposeInMainWorld: (name: string, api: object) => {
      Object.defineProperty(window, name, { value: Object.freeze(api) });
    },
  };
  const require = (name: string) => {
    if (name === 'electron') return { contextBridge, ipcRenderer };
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  preload(require, module, module.exports, { platform });
}
