import { AppError } from '../../src/main/core/errors.ts';
import type { Keychain } from '../../src/main/vault/keychain.ts';

export type KeychainMood = 'open' | 'locked' | 'denied' | 'unavailable' | 'silent';

/** The system keychain's twin in memory. The contract test holds both to the same behaviour. */
export interface MemoryKeychain extends Keychain {
  readonly entries: Map<string, string>;
  /** `silent`: calls get no answer, as while a prompt stands; those waiting are settled when the mood changes. */
  become(mood: KeychainMood): void;
  /** Resolves when a call waits in silence. */
  asked(): Promise<void>;
}

export function memoryKeychain(entries = new Map<string, string>()): MemoryKeychain {
  let mood: KeychainMood = 'open';
  let waiting: (() => void)[] = [];
  let heard = Promise.withResolvers<void>();

  async function entered<T>(work: () => T): Promise<T> {
    while (mood === 'silent') {
      heard.resolve();
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    if (mood !== 'open') throw new AppError(`vault_${mood}`, `The keychain is ${mood}.`);
    return work();
  }

  return {
    name: 'keychain in memory',
    entries,
    read: (account) => entered(() => entries.get(account) ?? null),
    write: (account, secret) => entered(() => void entries.set(account, secret)),
    remove: (account) => entered(() => void entries.delete(account)),
    become(next) {
      mood = next;
      const released = waiting;
      waiting = [];
      heard = Promise.withResolvers();
      for (const release of released) release();
    },
    asked: () => heard.promise,
  };
}
