import { AppError } from '../core/errors.ts';

/**
 * keytar rejects with nothing but the operating system's sentence: no code, no error name. So this one place reads
 * sentences, and everything above it works with codes. What matches nothing counts as unavailable, the answer that
 * sends a person to the other key sources and touches nothing.
 *
 * The Linux sentences were collected from gnome-keyring 42 with libsecret 0.20; the macOS ones are what
 * SecCopyErrorMessageString says for the OSStatus beside them.
 */
const LOCKED = [
  /in a locked collection/i, // Secret Service: a write whose unlock prompt was dismissed, or could not be shown
  /prompt was dismissed/i,
  /user cancell?ed/i, // errSecUserCanceled (-128)
  /interaction is not allowed/i, // errSecInteractionNotAllowed (-25308): the login keychain, asked over SSH
];

const DENIED = [
  /^(GDBus\.Error:\S+AccessDenied: )?Rejected send message/, // the message bus's policy
  /AppArmor policy prevents/i,
  /name or passphrase you entered is not correct/i, // errSecAuthFailed (-25293)
  /required entitlement/i, // errSecMissingEntitlement (-34018)
  /^Access is denied/i, // Windows, ERROR_ACCESS_DENIED
];

/**
 * The Secret Service went away after this process had spoken to it, and maybe came back. libsecret holds on to the old
 * one for as long as the process lives, and keytar gives no way to make it let go.
 */
const RESTARTED = [/^The name :\S+ was not provided/, /session wrapping the secret does not exist/i];

/**
 * A keychain's rejection as one of three codes.
 *
 * @param error what keytar threw, or what its import threw (libsecret-1.so.0 is not installed)
 * @returns AppError `vault_locked`, `vault_denied` or `vault_unavailable`
 */
export function keychainTrouble(error: unknown, platform: NodeJS.Platform): AppError {
  const sentence = error instanceof Error ? error.message : String(error);
  if (LOCKED.some((sign) => sign.test(sentence))) return keychainLocked(error);
  if (DENIED.some((sign) => sign.test(sentence))) {
    return new AppError('vault_denied', 'The keychain does not let Trackeep Tray in.', { cause: error });
  }
  if (RESTARTED.some((sign) => sign.test(sentence))) {
    return new AppError('vault_unavailable', 'The Secret Service has ended since Trackeep Tray was started.', {
      cause: error,
      remedy: 'Start the Secret Service again if it is not running, then restart Trackeep Tray.',
    });
  }
  if (platform === 'linux') return new AppError('vault_unavailable', 'No Secret Service answers.', { cause: error });
  return new AppError('vault_unavailable', 'The keychain of this system does not answer.', {
    cause: error,
    remedy: 'Sign in to the system again, or choose --vault=passphrase or --vault=file.',
  });
}

export function keychainLocked(cause?: unknown): AppError {
  return new AppError('vault_locked', 'The keychain is locked.', { cause });
}
