import { ipcMain } from 'electron';
import type { BridgeAnswer } from '../../shared/bridge.ts';
import type { ProcedureName } from '../../shared/contract.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { ControlDoor } from '../http/control-door.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';
import { isOwnPage } from './own-page.ts';
import type { MainWindow } from './window.ts';

/**
 * The one gate between the window and the app: a channel to call, a channel for events. Every call is checked for who
 * sends it; what it asks for is `unknown` here, and control narrows it.
 */
export function setupIpc(parts: Pick<ControlDoor, 'call' | 'subscribe'> & { window: MainWindow }): void {
  const { call, subscribe, window } = parts;
  ipcMain.handle(
    CALL_CHANNEL,
    async (event, name: unknown, input: unknown): Promise<BridgeAnswer<ProcedureName> | RawAnswer> => {
      try {
        if (!isOwnPage(event, window.contents())) {
          throw new AppError('not_permitted', 'Only the window of Trackeep Tray may ask for this.');
        }
        if (typeof name !== 'string') throw new AppError('bad_input', 'A call names its procedure.');
        return { ok: true, output: await call('window', name, input) };
      } catch (error) {
        return { ok: false, error: toAppError(error).toView() };
      }
    },
  );
  subscribe((event) => window.send(EVENT_CHANNEL, event));
}

/** What crosses the bridge: control has validated the output against the procedure's schema, the type is gone by then. */
type RawAnswer = { ok: true; output: unknown };
