import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/main/core/errors.ts';
import type { Keychain } from '../../src/main/vault/keychain.ts';
import { keychainProcess } from '../support/keychain-process.ts';
import { type KeyringOptions, NO_SECRET_SERVICE, startKeyring } from '../support/keyring.ts';
import { memoryKeychain } from '../support/memory-keychain.ts';

/** A keychain under test, and what a person can do to it. */
interface Subject {
  keychain: Keychain;
  lock(): Promise<void>;
  unlock(): Promise<void>;
  stop(): Promise<void>;
}

async function twin(): Promise<Subject> {
  const keychain = memoryKeychain();
  return {
    keychain,
    lock: async () => keychain.become('locked'),
    unlock: async () => keychain.become('open'),
    stop: async () => {},
  };
}

async function gnomeKeyring(options?: KeyringOptions): Promise<Subject> {
  const keyring = await startKeyring(options);
  const keychain = await keychainProcess(keyring.env);
  return {
    keychain,
    lock: keyring.lock,
    unlock: keyring.unlock,
    async stop() {
      await keychain.stop();
      await keyring.stop();
    },
  };
}

const code = (name: ErrorCode) => expect.objectContaining({ code: name });

describe.each([
  { name: 'the twin in memory', open: twin },
  { name: 'gnome-keyring', open: gnomeKeyring },
])('$name', ({ open }) => {
  let subject: Subject;
  let keychain: Keychain;
  beforeEach(async () => {
    subject = await open();
    keychain = subject.keychain;
  });
  afterEach(() => subject.stop());

  it('gives back what was written', async () => {
    await keychain.write('one', 'first secret');
    expect(await keychain.read('one')).toBe('first secret');
  });

  it('replaces an entry and keeps it apart from others', async () => {
    await keychain.write('one', 'first secret');
    await keychain.write('two', 'another secret');
    await keychain.write('one', 'second secret');
    expect(await keychain.read('one')).toBe('second secret');
    expect(await keychain.read('two')).toBe('another secret');
  });

  it('answers null for an entry that is not there', async () => {
    expect(await keychain.read('never written')).toBeNull();
  });

  it('removes an entry, and takes a second removal for done', async () => {
    await keychain.write('one', 'first secret');
    await keychain.remove('one');
    expect(await keychain.read('one')).toBeNull();
    await expect(keychain.remove('one')).resolves.toBeUndefined();
  });

  it('says "locked" when it is locked, not that the entry is missing', async () => {
    await keychain.write('one', 'first secret');
    await subject.lock();
    await expect(keychain.read('one')).rejects.toEqual(code('vault_locked'));
  });

  it('claims nothing about an absent entry while it is locked', async () => {
    await subject.lock();
    await expect(keychain.read('never written')).rejects.toEqual(code('vault_locked'));
  });

  it('refuses to write and to remove while it is locked, and changes nothing', async () => {
    await keychain.write('one', 'first secret');
    await subject.lock();
    await expect(keychain.write('one', 'second secret')).rejects.toEqual(code('vault_locked'));
    await expect(keychain.remove('one')).rejects.toEqual(code('vault_locked'));
    await subject.unlock();
    expect(await keychain.read('one')).toBe('first secret');
  });

  it('works again after it was unlocked', async () => {
    await keychain.write('one', 'first secret');
    await subject.lock();
    await expect(keychain.read('one')).rejects.toEqual(code('vault_locked'));
    await subject.unlock();
    expect(await keychain.read('one')).toBe('first secret');
  });
});

describe('a Secret Service that cannot be used', () => {
  it('is unavailable when there is no message bus', async () => {
    const keychain = await keychainProcess(NO_SECRET_SERVICE);
    try {
      await expect(keychain.read('one')).rejects.toEqual(code('vault_unavailable'));
      await expect(keychain.write('one', 'secret')).rejects.toEqual(code('vault_unavailable'));
    } finally {
      await keychain.stop();
    }
  });

  it('works as soon as the service is started, however late', async () => {
    const keyring = await startKeyring();
    await keyring.stopService();
    const keychain = await keychainProcess(keyring.env);
    try {
      await expect(keychain.write('one', 'secret')).rejects.toEqual(code('vault_unavailable'));
      await keyring.startService();
      await keychain.write('one', 'secret');
      expect(await keychain.read('one')).toBe('secret');
    } finally {
      await keychain.stop();
      await keyring.stop();
    }
  });

  it('asks for a restart of the app when the service was restarted under it', async () => {
    const keyring = await startKeyring();
    const keychain = await keychainProcess(keyring.env);
    try {
      await keychain.write('one', 'secret');
      await keyring.stopService();
      await keyring.startService();
      const restart = expect.objectContaining({
        code: 'vault_unavailable',
        remedy: expect.stringContaining('restart Trackeep Tray'),
      });
      await expect(keychain.read('one')).rejects.toEqual(restart);
      await expect(keychain.write('one', 'other')).rejects.toEqual(restart);
    } finally {
      await keychain.stop();
      await keyring.stop();
    }
  });

  it('is denied when the bus does not let us speak to it', async () => {
    const { keychain, stop } = await gnomeKeyring({ access: 'refused' });
    try {
      await expect(keychain.read('one')).rejects.toEqual(code('vault_denied'));
      await expect(keychain.write('one', 'secret')).rejects.toEqual(code('vault_denied'));
    } finally {
      await stop();
    }
  });
});
