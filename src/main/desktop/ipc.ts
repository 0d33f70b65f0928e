import { ipcMain, type WebFrameMain } from 'electron';
import type { BridgeAnswer } from '../../shared/bridge.ts';
import type { ProcedureName } from '../../shared/contract.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { ControlDoor } from '../http/control-door.ts';
import { isAppUrl } from './app-scheme.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';
import type { MainWindow } from './window.ts';

/**
 * The one gate between the window and the app: a channel to call, a channel for events. Every call is checked for who
 * sends it; what it asks for is `unknown` here, and control narrows it.
 */
export function setupIpc({
  control,
  window,
}: {
  control: Pick<ControlDoor, 'call' | 'subscribe'>;
  window: MainWindow;
}) {
  ipcMain.handle(
    CALL_CHANNEL,
    async (event, name: unknown, input: unknown): Promise<BridgeAnswer<ProcedureName> | RawAnswer> => {
      try {
        if (!isOwnPage(event.senderFrame, window.mainFrame())) {
          throw new AppError('not_permitted', 'Only the window of Trackeep Tray may ask for this.');
        }
        if (typeof name !== 'string') throw new AppError('bad_input', 'A call names its procedure.');
        return { ok: true, output: await control.call('window', name, input) };
      } catch (error) {
        return { ok: false, error: toAppError(error).toView() };
      }
    },
  );
  control.subscribe((event) => window.send(EVENT_CHANNEL, event));
}

/** What crosses the bridge: control has validated the output against the procedure's schema, the type is gone by then. */
type RawAnswer = { ok: true; output: unknown };

/**
 * Whether a frame is the page of ours in the window of ours. Both count: a frame inside it may be anything, and the
 * window's own frame might have been led elsewhere. A frame that is gone already is null.
 */
export function isOwnPage(sender: Pick<WebFrameMain, 'url'> | null, mainFrame: Pick<WebFrameMain, 'url'> | null) {
  return sender !== null && sender === mainFrame && isAppUrl(sender.url);
}
