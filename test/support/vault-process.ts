import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { KeySourceName } from '../../src/shared/app-views.ts';

/** What a process does with the vault of a data folder, and when it dies of it. */
export type VaultTask = { dataDir: string; source: KeySourceName } & (
  | {
      /** Replaces the master key; dies by SIGKILL at this database statement or keychain call, counted from 1. */
      name: 'rotate';
      dieAtStep: number;
    }
  | {
      /** Stores one bundle after the other and sends the number of each that is stored. Never ends. */
      name: 'store-bundles';
    }
);

export function startVaultProcess(task: VaultTask, env: Record<string, string> = {}): ChildProcess {
  return fork(join(import.meta.dirname, 'vault-child.ts'), [JSON.stringify(task)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** @returns whether the process came to the end of its task */
export async function runVaultProcess(task: VaultTask, env: Record<string, string> = {}): Promise<boolean> {
  const [code, signal] = await once(startVaultProcess(task, env), 'exit');
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the process ended with ${code ?? signal}`);
  return code === 0;
}

const BUNDLE_BYTES = 12_288;

/** Tokens as a provider with signed tokens hands them out: 12 kB in one record, told apart by their version. */
export function bundle(version: number): string {
  const filling = { access_token: `v${version}.`, refresh_token: 'Grüße, 世界 🔑 "\\\u0000\u001f' };
  const rest = BUNDLE_BYTES - Buffer.byteLength(JSON.stringify(filling));
  filling.access_token += Array.from({ length: rest }, (_, i) =>
    String.fromCharCode(33 + ((i * 7 + version) % 58)),
  ).join('');
  return JSON.stringify(filling).slice(0, BUNDLE_BYTES);
}
