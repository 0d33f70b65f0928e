import type { TrackeepBridge } from '../../shared/bridge.ts';
import { CallError, createWatchable, type RendererClient } from './client.ts';

declare global {
  interface Window {
    /** Only in the desktop window, where the preload exposes it. */
    readonly trackeep?: TrackeepBridge;
  }
}

/**
 * The contract over the preload's bridge. The main process lives as long as its window, so this link is always open.
 *
 * @returns a client whose calls reject with CallError
 */
export function createWindowClient(bridge: TrackeepBridge): RendererClient {
  return {
    door: 'window',
    platform: bridge.platform,
    link: createWatchable('open' as const),
    async call(name, input) {
      const answer = await bridge.call(name, input);
      if (!answer.ok) throw new CallError(answer.error);
      return answer.output;
    },
    subscribe: (listener) => bridge.subscribe(listener),
  };
}
