import type { RendererClient } from './client.ts';
import { createWebClient } from './web-client.ts';
import { createWindowClient } from './window-client.ts';

/** The client for where this page runs: the desktop window has the preload's bridge, a browser has not. */
export function chooseClient(): RendererClient {
  if (window.trackeep) return createWindowClient(window.trackeep);
  return createWebClient({
    base: new URL('./', document.baseURI),
    location,
    history,
    storage: localStorage,
    fetch: (input, init) => fetch(input, init),
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    onChange(listener) {
      addEventListener('storage', listener);
      addEventListener('hashchange', listener);
    },
  });
}
