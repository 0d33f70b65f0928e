import type { Clock } from '../core/clock.ts';
import type { Keychain } from './keychain.ts';
import { keychainLocked, keychainTrouble } from './keychain-trouble.ts';

const SERVICE = 'Trackeep Tray';
const PROBE = 'probe (may be deleted)';
/** A read that took longer had a person in it: a keychain by itself answers in milliseconds. */
const PROMPT_TIME_MS = 1_000;

const NAMES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

/** What is used of keytar. Not `findCredentials`: on a locked collection it ends the process (see below). */
export type NativeKeychain = Pick<typeof import('keytar'), 'getPassword' | 'setPassword' | 'deletePassword'>;

/**
 * The keychain of the operating system through keytar, loaded at the first call: it needs libsecret on Linux, and
 * whoever keeps the key elsewhere must not need that.
 *
 * What was found out about the Secret Service (gnome-keyring 42, libsecret 0.20), and decides how this is written:
 * - Reading a locked entry whose unlock prompt is dismissed, or cannot be shown, answers null: the same as an entry
 *   that does not exist. Only a write tells them apart: it fails in a locked collection. So a null is believed only
 *   after a probe could be written. The probe would show a second prompt to a person who just dismissed one; a null
 *   that came as late as people are is therefore taken for that.
 * - Deleting a locked entry answers "there was none" and deletes nothing.
 * - `findCredentials` on a locked collection hands a null pointer to strdup and takes the process down. Nothing here
 *   ever searches; the database remembers the names of all entries.
 * - A call that waits in a prompt occupies a thread of the pool until the prompt ends, and keeps the process from
 *   ending: see bounded-keychain.ts.
 */
export function systemKeychain({
  clock,
  platform = process.platform,
  load = async () => (await import('keytar')).default,
}: SystemKeychainOptions): Keychain {
  async function call<T>(operation: (native: NativeKeychain) => Promise<T>): Promise<T> {
    try {
      return await operation(await load());
    } catch (error) {
      throw keychainTrouble(error, platform);
    }
  }

  async function read(account: string): Promise<string | null> {
    const asked = clock.monotonic();
    const secret = await call((native) => native.getPassword(SERVICE, account));
    if (secret === null && platform === 'linux') {
      if (clock.monotonic() - asked >= PROMPT_TIME_MS) throw keychainLocked();
      await probe();
    }
    return secret;
  }

  /** @throws AppError `vault_locked` when the default collection takes no entry */
  async function probe(): Promise<void> {
    await call((native) => native.setPassword(SERVICE, PROBE, 'x'));
    await call((native) => native.deletePassword(SERVICE, PROBE));
  }

  return {
    name: NAMES[platform] ?? 'Secret Service (system keyring)',
    read,
    async write(account, secret) {
      await call((native) => native.setPassword(SERVICE, account, secret));
    },
    async remove(account) {
      const removed = await call((native) => native.deletePassword(SERVICE, account));
      if (!removed && (await read(account)) !== null) throw keychainLocked();
    },
  };
}

interface SystemKeychainOptions {
  clock: Clock;
  platform?: NodeJS.Platform;
  /** The native module; keytar unless a test says otherwise. */
  load?: () => Promise<NativeKeychain>;
}
