import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { AppError, type ErrorCode } from '../../src/main/core/errors.ts';
import type { Keychain } from '../../src/main/vault/keychain.ts';

export type Question = { id: number; account: string } & (
  | { method: 'read' | 'remove'; secret?: undefined }
  | { method: 'write'; secret: string }
);
export type Answer =
  | { id: number; value: string | null }
  | { id: number; code: ErrorCode; message: string; remedy: string };

/**
 * The system keychain as a process with another environment sees it. keytar takes the bus address from the environment
 * at its first use and keeps the connection, so one process can only ever see one Secret Service.
 */
export async function keychainProcess(env: Record<string, string>): Promise<Keychain & { stop(): Promise<void> }> {
  const child = fork(join(import.meta.dirname, 'keychain-child.ts'), { env: { ...process.env, ...env } });
  const [name] = (await once(child, 'message')) as [string];
  const open = new Map<number, { resolve(value: string | null): void; reject(error: unknown): void }>();
  child.on('message', (answer: Answer) => {
    const question = open.get(answer.id);
    open.delete(answer.id);
    if ('code' in answer) question?.reject(new AppError(answer.code, answer.message, { remedy: answer.remedy }));
    else question?.resolve(answer.value);
  });
  let last = 0;
  type Asked = { account: string } & ({ method: 'read' | 'remove' } | { method: 'write'; secret: string });
  const ask = (asked: Asked) =>
    new Promise<string | null>((resolve, reject) => {
      last += 1;
      open.set(last, { resolve, reject });
      child.send({ id: last, ...asked });
    });
  return {
    name,
    read: (account) => ask({ method: 'read', account }),
    write: async (account, secret) => void (await ask({ method: 'write', account, secret })),
    remove: async (account) => void (await ask({ method: 'remove', account })),
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
