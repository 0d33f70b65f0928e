import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { ControlDoor } from './control-door.ts';
import { readControlKey, removeControlKey, writeControlKey } from './control-key.ts';
import { createLineReader } from './json-lines.ts';

const SOCKET_FILE = 'control.sock';
/** The kernel's limit is 104 bytes on macOS and 108 on Linux, with the closing zero. */
const MOST_PATH_BYTES = 100;
/** A connection that does not present its key in this time is cut. */
const HANDSHAKE_MS = 5_000;
/** How long connections may take to read their last answer when the app stops. */
const STOP_GRACE_MS = 2_000;
const MOST_CONNECTIONS = 128;
const MOST_REQUESTS_AT_ONCE = 64;
/** What may wait for a peer that does not read, in bytes. */
const MOST_WAITING_BYTES = 8 * 1_048_576;

export interface SocketDoor {
  /** @throws AppError `data_folder_unusable` when no socket can be made */
  start(): Promise<void>;
  /** Lets requests under way be answered, then ends every connection and removes socket and key. */
  stop(): Promise<void>;
  /** Where the Unix socket lies; null before the start, and on Windows. */
  path(): string | null;
}

/**
 * The same-user door: newline-delimited JSON over a Unix socket (`0600`, in a `0700` folder) or a Windows named pipe.
 * The first line is `{"key"}`; after that any number of
 *
 *     {"id", "procedure", "input"}  →  {"id", "output"} or {"id", "error": ErrorView}
 *     {"id", "subscribe": true}     →  {"id", "output": {}}, then {"event", "data"} for every event of the contract
 *
 * The key is asked for on every platform. On Windows it is what keeps other users out, since anybody may open a pipe; on
 * the others it is a second lock beside the file modes, and one rule is easier to trust than two.
 */
export function createSocketDoor(parts: { dataDir: string; control: ControlDoor; logger: Logger }): SocketDoor {
  const { dataDir, control, logger } = parts;
  const connections = new Set<{ close(): void }>();
  const key = randomBytes(32).toString('base64url');
  let path: string | null = null;

  const server = createServer((socket) => {
    const connection = serveConnection({ socket, key, control, logger });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  server.maxConnections = MOST_CONNECTIONS;

  return {
    async start() {
      try {
        // What is still there was left by a killed run: the instance lock says that we are alone.
        await removeLeftovers(dataDir);
        path = await choosePath(dataDir);
        await listen(server, path);
        // Before this line the folder's 0700 alone protects it; the process-wide umask is nothing to play with.
        if (process.platform !== 'win32') await chmod(path, 0o600);
        writeControlKey(dataDir, { path, key });
      } catch (cause) {
        throw new AppError('data_folder_unusable', `No command socket can be made for ${dataDir}.`, { cause });
      }
      server.on('error', (error) => logger.error('the command socket failed', { error }));
    },

    async stop() {
      removeControlKey(dataDir);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.close();
      await closed;
      await removeFolderOf(path, dataDir);
      path = null;
    },

    path: () => (process.platform === 'win32' ? null : path),
  };
}

/** Speaks with one peer. */
function serveConnection(parts: { socket: Socket; key: string; control: ControlDoor; logger: Logger }) {
  const { socket, key, control, logger } = parts;
  let admitted = false;
  let running = 0;
  let closing = false;
  let unsubscribe: (() => void) | null = null;

  const send = (message: object) => {
    if (socket.destroyed) return;
    if (socket.writableLength > MOST_WAITING_BYTES) socket.destroy();
    else socket.write(`${JSON.stringify(message)}\n`);
  };
  const refuse = (error: AppError) => {
    send({ error: error.toView() });
    socket.end();
  };

  const answer = async (id: unknown, procedure: string, input: unknown) => {
    running += 1;
    try {
      if (running > MOST_REQUESTS_AT_ONCE) throw new AppError('rate_limited', 'Too many requests at once.');
      send({ id, output: await control.call('socket', procedure, input) });
    } catch (error) {
      send({ id, error: toAppError(error).toView() });
    } finally {
      running -= 1;
      if (closing && running === 0) socket.end();
    }
  };

  const take = (message: unknown) => {
    if (!admitted) {
      admitted = isObject(message) && sameSecret(message.key, key);
      if (!admitted) return refuse(new AppError('not_permitted', 'The key of this connection is wrong.'));
      socket.setTimeout(0);
    } else if (isObject(message) && typeof message.procedure === 'string') {
      void answer(message.id ?? null, message.procedure, message.input ?? {});
    } else if (isObject(message) && message.subscribe === true) {
      unsubscribe ??= control.subscribe((event) => send(event));
      send({ id: message.id ?? null, output: {} });
    } else {
      refuse(new AppError('bad_input', 'This is no message of the command socket.'));
    }
  };

  socket.setTimeout(HANDSHAKE_MS, () => socket.destroy());
  const read = createLineReader(take, () => refuse(new AppError('bad_input', 'A line is too long, or no JSON.')));
  socket.on('data', (piece) => {
    if (socket.writable) read(piece);
  });
  socket.on('error', (error) => logger.debug('a command connection broke', { error }));
  socket.once('close', () => unsubscribe?.());

  return {
    close() {
      closing = true;
      unsubscribe?.();
      unsubscribe = null;
      socket.setTimeout(STOP_GRACE_MS);
      if (running === 0) socket.end();
    },
  };
}

function listen(server: ReturnType<typeof createServer>, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function choosePath(dataDir: string): Promise<string> {
  // A name that nobody can guess: another user who took it first would be sent what is meant for us.
  if (process.platform === 'win32') return `\\\\.\\pipe\\trackeep-${randomBytes(16).toString('hex')}`;
  const path = join(dataDir, SOCKET_FILE);
  if (Buffer.byteLength(path) <= MOST_PATH_BYTES) return path;
  // A fresh folder with mode 0700; where it is stands in the key file.
  return join(await mkdtemp(join(process.env.XDG_RUNTIME_DIR || tmpdir(), 'trackeep-')), SOCKET_FILE);
}

async function removeLeftovers(dataDir: string): Promise<void> {
  const left = readControlKey(dataDir)?.path ?? null;
  removeControlKey(dataDir);
  if (process.platform === 'win32') return;
  await rm(join(dataDir, SOCKET_FILE), { force: true });
  if (left !== null && /[\\/]trackeep-\w{6}[\\/]control\.sock$/.test(left)) await rm(left, { force: true });
  await removeFolderOf(left, dataDir);
}

/** Removes the short-named folder of a socket that did not fit into the data folder; never one that holds something. */
async function removeFolderOf(path: string | null, dataDir: string): Promise<void> {
  if (path === null || process.platform === 'win32' || dirname(path) === dataDir) return;
  if (/[\\/]trackeep-\w{6}$/.test(dirname(path))) await rmdir(dirname(path)).catch(() => undefined);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function sameSecret(given: unknown, expected: string): boolean {
  if (typeof given !== 'string') return false;
  // Hashed first: the comparison wants equal lengths, and the length itself is told to nobody.
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', expected, 'buffer'));
}
