/**
 * The other end of the same-user socket: how a program of the person reaches the running app. The command line imports
 * this on its fastest path, so there is nothing here beyond Node's own sockets and files.
 */
import { connect, type Socket } from 'node:net';
import type { ContractClient, ContractEvent, Input, Output, ProcedureName } from '../../shared/contract.ts';
import type { ErrorView } from '../../shared/errors.ts';
import { AppError, fromErrorView } from '../core/errors.ts';
import { readControlKey } from './control-key.ts';
import { createLineReader } from './json-lines.ts';

/** A connection to the running app. Calls reject with AppError, also `app_not_running` when it goes away. */
export interface AppConnection extends ContractClient {
  /** Resolves when the connection has ended, whichever side did it. */
  readonly closed: Promise<void>;
  close(): void;
}

/**
 * Connects to the app that runs on `dataDir`.
 * @throws AppError `app_not_running`, or `not_permitted` when the data folder belongs to somebody else
 */
export async function connectToApp(dataDir: string): Promise<AppConnection> {
  const { path, key } = readKey(dataDir);
  const socket = await open(path, dataDir);
  socket.write(`${JSON.stringify({ key })}\n`);
  return converse(socket);
}

/**
 * Calls one procedure of the app that runs on `dataDir`.
 * @throws AppError as `connectToApp`, or the procedure's own
 */
export async function callRunningApp<N extends ProcedureName>(
  dataDir: string,
  name: N,
  input: Input<N>,
): Promise<Output<N>> {
  const connection = await connectToApp(dataDir);
  try {
    return await connection.call(name, input);
  } finally {
    connection.close();
  }
}

function readKey(dataDir: string): { path: string; key: string } {
  try {
    const found = readControlKey(dataDir);
    if (found) return found;
  } catch (cause) {
    throw unreachable(dataDir, cause);
  }
  throw unreachable(dataDir);
}

function open(path: string, dataDir: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const onError = (cause: Error) => reject(unreachable(dataDir, cause));
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

function unreachable(dataDir: string, cause?: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code === 'EACCES' || code === 'EPERM') {
    const remedy = 'Use the account that Trackeep Tray runs under, or your own data folder.';
    return new AppError('not_permitted', `The data folder ${dataDir} belongs to another user.`, { cause, remedy });
  }
  return new AppError('app_not_running', `Trackeep Tray is not running on ${dataDir}.`, { cause });
}

interface Waiting {
  resolve(output: unknown): void;
  reject(error: AppError): void;
}

function converse(socket: Socket): AppConnection {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(event: ContractEvent) => void>();
  let lastId = 0;
  /** Why nothing more will come. */
  let end: AppError | null = null;

  const finish = (error: AppError) => {
    end ??= error;
    for (const call of waiting.values()) call.reject(end);
    waiting.clear();
    socket.destroy();
  };

  const take = (message: unknown) => {
    if (!isMessage(message)) return finish(notUnderstood());
    if (message.event !== undefined) {
      // The app has checked it against the contract; doing it again would bring the schemas into every command.
      for (const listener of listeners) listener(message as ContractEvent);
      return;
    }
    if (message.id === undefined) return finish(message.error ? fromErrorView(message.error) : notUnderstood());
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) call?.reject(fromErrorView(message.error));
    else call?.resolve(message.output);
  };

  const ask = (request: object) =>
    new Promise<unknown>((resolve, reject) => {
      if (end) return reject(end);
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      socket.write(`${JSON.stringify({ id: lastId, ...request })}\n`);
    });

  socket.on(
    'data',
    createLineReader(take, () => finish(notUnderstood())),
  );
  // Every error is followed by "close".
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      finish(new AppError('app_not_running', 'Trackeep Tray stopped before it answered.'));
      resolve();
    });
  });

  return {
    closed,
    call: <N extends ProcedureName>(procedure: N, input: Input<N>) => ask({ procedure, input }) as Promise<Output<N>>,
    subscribe(listener) {
      // The socket keeps the order: what is asked after this is answered after the events have begun.
      if (listeners.size === 0) ask({ subscribe: true }).catch(() => undefined);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => socket.destroy(),
  };
}

interface Message {
  id?: number;
  output?: unknown;
  error?: ErrorView;
  event?: string;
  data?: unknown;
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null;
}

function notUnderstood(): AppError {
  const remedy = 'The command and the running app may be of different versions: restart the app.';
  return new AppError('internal', 'Trackeep Tray gave an answer that this command does not understand.', { remedy });
}
