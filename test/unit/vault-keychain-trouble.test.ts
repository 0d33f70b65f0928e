import { describe, expect, it } from 'vitest';
import { keychainTrouble } from '../../src/main/vault/keychain-trouble.ts';

/** What the systems say, word for word: Linux as recorded from gnome-keyring, macOS as its OSStatus texts read. */
describe("a keychain's sentence", () => {
  it.each([
    ['linux', 'Cannot create an item in a locked collection'],
    ['darwin', 'User canceled the operation.'],
    ['darwin', 'User interaction is not allowed.'],
  ] as const)('on %s "%s" means locked', (platform, sentence) => {
    expect(keychainTrouble(new Error(sentence), platform).code).toBe('vault_locked');
  });

  it.each([
    ['linux', 'Rejected send message, 2 matched rules; type="method_call", sender=":1.1"'],
    ['linux', 'GDBus.Error:org.freedesktop.DBus.Error.AccessDenied: Rejected send message, 2 matched rules;'],
    ['linux', 'An AppArmor policy prevents this sender from sending this message to this recipient'],
    ['darwin', 'The user name or passphrase you entered is not correct.'],
    ['darwin', "A required entitlement isn't present."],
    ['win32', 'Access is denied.'],
  ] as const)('on %s "%s" means denied', (platform, sentence) => {
    expect(keychainTrouble(new Error(sentence), platform).code).toBe('vault_denied');
  });

  it.each([
    ['linux', 'Cannot autolaunch D-Bus without X11 $DISPLAY'],
    ['linux', 'Could not connect: No such file or directory'],
    ['linux', 'Could not connect: Permission denied'],
    ['linux', 'The name org.freedesktop.secrets was not provided by any .service files'],
    ['linux', 'Object does not exist at path “/org/freedesktop/secrets/collection/login”'],
    ['linux', 'Failed to load keytar native addon, checked ["../build/Release"] on prebuilds/linux-x64'],
    ['darwin', 'No keychain is available. You may need to restart your computer.'],
    ['win32', 'A specified logon session does not exist. It may already have been terminated.'],
    ['darwin', 'An unknown error occurred.'],
  ] as const)('on %s "%s" means unavailable, and says how to go on without it', (platform, sentence) => {
    const trouble = keychainTrouble(new Error(sentence), platform);
    expect(trouble.code).toBe('vault_unavailable');
    expect(trouble.remedy).toMatch(/--vault=passphrase or --vault=file/);
  });

  it.each(['The name :1.1 was not provided by any .service files', 'The session wrapping the secret does not exist'])(
    '"%s" means that the service was restarted under us',
    (sentence) => {
      const trouble = keychainTrouble(new Error(sentence), 'linux');
      expect(trouble.code).toBe('vault_unavailable');
      expect(trouble.remedy).toContain('restart Trackeep Tray');
    },
  );

  it('is kept as the cause, for the log', () => {
    const sentence = new Error('Cannot create an item in a locked collection');
    expect(keychainTrouble(sentence, 'linux').cause).toBe(sentence);
  });
});
