import type { ServerResponse } from 'node:http';
import type { ContractEvent } from '../../shared/contract.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { ControlDoor } from './control-door.ts';
import type { Session } from './ui-session.ts';

/** How often a silent stream says that it lives; the page takes three times this as death. */
const HEARTBEAT_MS = 20_000;
/**
 * What may wait for a reader that does not read, in bytes. Beyond it the stream is cut: the page comes back by itself and
 * asks for the whole state, which is what it needs after so long. Dropping single events instead would leave it wrong.
 */
const MOST_WAITING_BYTES = 1_048_576;
/** Pages open at once; a browser allows itself six connections to one host. */
const MOST_STREAMS = 64;

export interface UiEvents {
  /**
   * Answers with the event stream (HTML Living Standard §9.2), which lasts until the page leaves or the session ends.
   * @throws AppError `rate_limited` when too many are open
   */
  open(response: ServerResponse, session: Session): void;
}

/**
 * The contract's events to any number of pages. Each event is turned into text once. The contract is listened to only
 * while somebody is there, so that no view is made for nobody.
 */
export function createUiEvents({ control, clock }: { control: ControlDoor; clock: Clock }): UiEvents {
  const streams = new Set<ServerResponse>();
  let stopListening: (() => void) | null = null;
  let heartbeat: Timer | null = null;

  const write = (text: string) => {
    for (const stream of streams) {
      if (stream.writableLength > MOST_WAITING_BYTES) stream.destroy();
      else stream.write(text);
    }
  };
  const beat = () => {
    write(': still here\n\n');
    heartbeat = clock.after(HEARTBEAT_MS, beat);
  };
  const onEvent = ({ event, data }: ContractEvent) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

  const add = (stream: ServerResponse) => {
    streams.add(stream);
    stopListening ??= control.subscribe(onEvent);
    heartbeat ??= clock.after(HEARTBEAT_MS, beat);
  };
  const remove = (stream: ServerResponse) => {
    streams.delete(stream);
    if (streams.size > 0) return;
    stopListening?.();
    stopListening = null;
    heartbeat?.cancel();
    heartbeat = null;
  };

  return {
    open(response, session) {
      if (streams.size >= MOST_STREAMS) throw new AppError('rate_limited', 'Too many pages are open at once.');
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
      });
      // The head goes out at once: the page asks for its views when it knows that it misses nothing any more.
      response.write(': listening\n\n');
      const leave = () => response.end();
      session.ended.addEventListener('abort', leave, { once: true });
      response.once('close', () => {
        session.ended.removeEventListener('abort', leave);
        remove(response);
      });
      add(response);
    },
  };
}
