/** Who sends, as a handler sees it. */
export interface Sender {
  sender: object;
  senderFrame: { url: string; parent: object | null };
}

type Handler = (event: Sender, ...args: unknown[]) => unknown;

const handlers = new Map<string, Handler>();

export const ipcMain = {
  handle(channel: string, handler: Handler): void {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, handler);
  },
  /** electron-store listens for pages that ask where its files are; no preload here does. */
  on(): void {},
};

/** A call of a page. Both ways it is cloned as Electron clones it, so what cannot be cloned fails here too. */
export async function invoke(event: Sender, channel: string, args: unknown[]): Promise<unknown> {
  const handler = handlers.get(channel);
  if (!handler) throw new Error(`No handler registered for '${channel}'`);
  return structuredClone(await handler(event, ...structuredClone(args)));
}
