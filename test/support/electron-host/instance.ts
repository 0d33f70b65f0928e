import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a second instance tells the first. */
export interface InstanceCall {
  argv: string[];
  directory: string;
  data: unknown;
}

interface Holder {
  pid: number;
  socket: string;
}

/**
 * The single-instance lock as Electron has it: one for a `userData` folder, gone with its process.
 * @returns whether this process holds it now
 */
export function takeLock(folder: string, onCall: (call: InstanceCall) => void): boolean {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'stand-in.lock');
  const holder = readHolder(file);
  if (holder !== null && isAlive(holder.pid)) return false;
  // Not in the folder: its path may be longer than a socket's may be.
  const socket = join(tmpdir(), `electron-stand-in-${process.pid}.sock`);
  writeFileSync(file, JSON.stringify({ pid: process.pid, socket } satisfies Holder));
  const server = createServer((peer) => {
    let text = '';
    peer.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    peer.on('end', () => onCall(JSON.parse(text)));
  });
  server.listen(socket).unref();
  process.on('exit', () => {
    rmSync(file, { force: true });
    rmSync(socket, { force: true });
  });
  return true;
}

/** Tells the first instance, and resolves when it has heard. */
export async function handOver(folder: string, call: InstanceCall): Promise<void> {
  const holder = readHolder(join(folder, 'stand-in.lock'));
  if (holder === null) return;
  await new Promise<void>((resolve) => {
    const peer = connect(holder.socket, () => peer.end(JSON.stringify(call)));
    peer.on('close', () => resolve());
    peer.on('error', () => undefined);
    peer.resume();
  });
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
