/** The system keychain in a process of its own: see keychain-process.ts. */
import { systemClock } from '../../src/main/core/clock.ts';
import { toAppError } from '../../src/main/core/errors.ts';
import type { Keychain } from '../../src/main/vault/keychain.ts';
import { systemKeychain } from '../../src/main/vault/system-keychain.ts';
import type { Answer, Question } from './keychain-process.ts';

const keychain: Keychain = systemKeychain({ clock: systemClock() });

process.on('message', async ({ id, method, account, secret }: Question) => {
  const reply = (answer: Answer) => process.send?.(answer);
  try {
    const value = method === 'write' ? await keychain.write(account, secret) : await keychain[method](account);
    reply({ id, value: value ?? null });
  } catch (error) {
    const { code, message, remedy } = toAppError(error);
    reply({ id, code, message, remedy });
  }
});
process.send?.(keychain.name);
