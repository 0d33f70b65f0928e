import type { Clock } from '../core/clock.ts';
import type { Keychain } from './keychain.ts';
import { keychainLocked } from './keychain-trouble.ts';

/** How long anyone waits for the keychain. */
const BOUND_MS = 3_000;

/**
 * A call waiting in a prompt holds one of the four threads that file and DNS work share. More than one are allowed,
 * since the keyring may have been unlocked by other means (a login, the lock screen) while the first prompt still
 * stands, and then a second call succeeds at once. One thread stays free in any case.
 */
const MOST_HANGING = 3;

/** The cause of a `vault_locked` whose call is still under way: whether it will take effect is not known. */
export class NoAnswer extends Error {
  constructor() {
    super(`the keychain did not answer within ${BOUND_MS} ms`);
    this.name = 'NoAnswer';
  }
}

export interface BoundedKeychain extends Keychain {
  /** Whether a call that was given up is still under way: most likely a prompt stands before the person. */
  isHanging(): boolean;
}

/**
 * The same keychain, but nobody waits for it longer than 3 s. Native keychain calls cannot be cancelled: one that
 * waits for a person stays behind, and `onLateAnswer` tells when it came to a good end after all.
 *
 * @throws AppError `vault_locked` with NoAnswer as its cause when the bound passes
 */
export function boundedKeychain(keychain: Keychain, { clock, onLateAnswer }: BoundedKeychainOptions): BoundedKeychain {
  let hanging = 0;

  function bounded<T>(call: () => Promise<T>): Promise<T> {
    if (hanging >= MOST_HANGING) return Promise.reject(keychainLocked());
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = clock.after(BOUND_MS, () => {
        late = true;
        hanging += 1;
        reject(keychainLocked(new NoAnswer()));
      });
      const settled = () => {
        timer.cancel();
        if (late) hanging -= 1;
      };
      call().then(
        (answer) => {
          settled();
          resolve(answer);
          if (late) onLateAnswer();
        },
        (error: unknown) => {
          settled();
          reject(error);
        },
      );
    });
  }

  return {
    name: keychain.name,
    read: (account) => bounded(() => keychain.read(account)),
    write: (account, secret) => bounded(() => keychain.write(account, secret)),
    remove: (account) => bounded(() => keychain.remove(account)),
    isHanging: () => hanging > 0,
  };
}

interface BoundedKeychainOptions {
  clock: Clock;
  /** A call that was given up answered after all: the keychain is open now. */
  onLateAnswer: () => void;
}
