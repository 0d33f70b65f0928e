import type { BoundedKeychain } from './bounded-keychain.ts';
import type { KeySource } from './key-source.ts';

/** Master keys as entries of the operating system's keychain, one entry a key. The default source. */
export function keychainSource(keychain: BoundedKeychain): KeySource {
  // The key's random id is part of the name, so a new key never overwrites the one that records still need.
  const account = (id: string) => `master key ${id}`;
  return {
    name: 'keychain',
    backend: keychain.name,
    async keep(id, key) {
      await keychain.write(account(id), Buffer.from(key).toString('base64url'));
      return null;
    },
    async fetch(id) {
      const entry = await keychain.read(account(id));
      return entry === null ? null : Buffer.from(entry, 'base64url');
    },
    remove: (id) => keychain.remove(account(id)),
    isAsking: () => keychain.isHanging(),
  };
}
