import { EventEmitter } from 'node:events';
import { app } from './app.ts';

type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0];
type RequestHandler =
  | ((contents: object, permission: Permission, decide: (granted: boolean) => void, details: object) => void)
  | null;
export type Permission = Parameters<NonNullable<CheckHandler>>[1];
type Answer = (request: Request) => Response | Promise<Response>;

const privileged = new Set<string>();

/** Custom schemes. As in Electron, what makes one a web origin must be said before `ready`. */
export const protocol: Pick<Electron.Protocol, 'registerSchemesAsPrivileged'> = {
  registerSchemesAsPrivileged(schemes) {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme } of schemes) privileged.add(scheme);
  },
};

/** One session: who serves which scheme, and who decides about permissions. */
export class Session
  extends EventEmitter
  implements
    Pick<Electron.Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'>
{
  #schemes = new Map<string, Answer>();
  #check: CheckHandler = null;
  #request: RequestHandler = null;

  readonly protocol: Pick<Electron.Protocol, 'handle'> = {
    handle: (scheme, handler) => {
      if (!privileged.has(scheme))
        throw new Error(`${scheme} is no privileged scheme: its pages would have no origin.`);
      this.#schemes.set(scheme, async (request) => await handler(request));
    },
  };
  setPermissionRequestHandler(handler: Parameters<Electron.Session['setPermissionRequestHandler']>[0]): void {
    // The contents it is given are the stand-in's.
    this.#request = handler as RequestHandler;
  }
  setPermissionCheckHandler(handler: CheckHandler): void {
    this.#check = handler;
  }
  setDevicePermissionHandler(_handler: Parameters<Electron.Session['setDevicePermissionHandler']>[0]): void {}

  /** Whether pages may have it, by both handlers. As in Electron, what has no handler is granted. */
  allows(permission: Permission, contents: object, requestingUrl: string): boolean {
    let granted = true;
    const details = { isMainFrame: true, requestingUrl };
    this.#request?.(
      contents,
      permission,
      (answer) => {
        granted = answer;
      },
      details,
    );
    return granted && (this.#check?.(null, permission, requestingUrl, details) ?? true);
  }

  async answer(url: string, method: string): Promise<Response | null> {
    const handler = this.#schemes.get(new URL(url).protocol.slice(0, -1));
    return (await handler?.(new Request(url, { method }))) ?? null;
  }
}

const partitions = new Map<string, Session>();

export const session = {
  fromPartition(name: string): Session {
    const found = partitions.get(name) ?? new Session();
    partitions.set(name, found);
    return found;
  },
};
