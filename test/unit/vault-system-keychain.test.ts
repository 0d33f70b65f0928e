import { beforeEach, describe, expect, it } from 'vitest';
import type { Keychain } from '../../src/main/vault/keychain.ts';
import { type NativeKeychain, systemKeychain } from '../../src/main/vault/system-keychain.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const locked = expect.objectContaining({ code: 'vault_locked' });

/** keytar over libsecret as it was observed: a locked entry reads as null, only a write tells. */
interface Observed {
  locked: boolean;
  /** How long the person takes to dismiss the prompt of a read, in ms. */
  dismissedAfter: number;
  prompts: number;
}

describe('what an empty answer of the Secret Service means', () => {
  let clock: ManualClock;
  let service: Observed;
  let keychain: Keychain;
  beforeEach(() => {
    clock = createManualClock();
    service = { locked: false, dismissedAfter: 0, prompts: 0 };
    keychain = systemKeychain({ clock, platform: 'linux', load: async () => native });
  });

  const native: NativeKeychain = {
    async getPassword() {
      if (service.locked) service.prompts += 1;
      await clock.advance(service.locked ? service.dismissedAfter : 0);
      return null;
    },
    async setPassword() {
      if (!service.locked) return;
      service.prompts += 1;
      throw new Error('Cannot create an item in a locked collection');
    },
    deletePassword: async () => !service.locked,
  };

  it('is "not there" when the service takes a new entry', async () => {
    expect(await keychain.read('one')).toBeNull();
  });

  it('is "locked" when it takes none', async () => {
    service.locked = true;
    await expect(keychain.read('one')).rejects.toEqual(locked);
  });

  it('is "locked", without a second prompt, when a person took their time to say no', async () => {
    service.locked = true;
    service.dismissedAfter = 1_000;
    await expect(keychain.read('one')).rejects.toEqual(locked);
    expect(service.prompts).toBe(1);
  });
});

describe('other systems', () => {
  it.each([
    { platform: 'darwin' as const, name: 'macOS Keychain' },
    { platform: 'win32' as const, name: 'Windows Credential Manager' },
  ])('$platform tell a missing entry themselves, so nothing is written to find out', async ({ platform, name }) => {
    const native: NativeKeychain = {
      getPassword: async () => null,
      setPassword: () => expect.unreachable(),
      deletePassword: () => expect.unreachable(),
    };
    const keychain = systemKeychain({ clock: createManualClock(), platform, load: async () => native });
    expect(await keychain.read('one')).toBeNull();
    expect(keychain.name).toBe(name);
  });
});

describe('a machine without libsecret', () => {
  it('has no keychain, and nobody else needs the native module', async () => {
    let loads = 0;
    const keychain = systemKeychain({
      clock: createManualClock(),
      platform: 'linux',
      load() {
        loads += 1;
        return Promise.reject(new Error('Failed to load keytar native addon, checked ["../build/Release"]'));
      },
    });
    expect(loads).toBe(0);
    await expect(keychain.read('one')).rejects.toEqual(expect.objectContaining({ code: 'vault_unavailable' }));
  });
});
