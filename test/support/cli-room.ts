/** The built `trackeep` command as a process, against a real socket door over a stand-in contract. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Handlers } from '../../src/main/control/control.ts';
import type { Bus } from '../../src/main/core/bus.ts';
import { createSocketDoor } from '../../src/main/http/socket.ts';
import { type CommandResult, cleanEnvironment, runCli } from './app.ts';
import { createQuietLogger } from './quiet-logger.ts';
import { standInControl } from './stand-in-control.ts';

export const CLI = resolve(import.meta.dirname, '../../out/cli/trackeep.mjs');

export interface CliRoom extends AsyncDisposable {
  readonly dataDir: string;
  readonly bus: Bus;
  /** Runs a command to its end. */
  trackeep(...args: string[]): Promise<CommandResult>;
  /** Starts a command and leaves it running, with pipes to it. */
  start(...args: string[]): ChildProcess;
  /** Ends the app behind the door. */
  stopApp(): Promise<void>;
}

export async function openCliRoom(handlers: Partial<Handlers> = {}): Promise<CliRoom> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-cli-'));
  await chmod(dataDir, 0o700);
  const { control, bus } = standInControl(handlers);
  const door = createSocketDoor({ dataDir, control, logger: createQuietLogger() });
  await door.start();
  return {
    dataDir,
    bus,
    trackeep: (...args) => runCli([...args, '--data', dataDir]),
    start: (...args) => spawn(process.execPath, [CLI, ...args, '--data', dataDir], { env: cleanEnvironment() }),
    stopApp: () => door.stop(),
    async [Symbol.asyncDispose]() {
      await door.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** Collects what a process writes; `said` resolves once the text is there. */
export function listenTo(child: ChildProcess): { text(): string; said(part: string): Promise<void> } {
  let text = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      for (const look of waiting) look();
    });
  }
  return {
    text: () => text,
    said: (part) =>
      new Promise((done, fail) => {
        const look = () => {
          if (!text.includes(part)) return;
          waiting.delete(look);
          done();
        };
        waiting.add(look);
        child.once('close', () => fail(new Error(`It ended without saying "${part}": ${text}`)));
        look();
      }),
  };
}
