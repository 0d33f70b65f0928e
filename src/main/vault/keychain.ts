/**
 * The operating system's keychain, or its twin in memory: entries of this product by account name. Both satisfy the
 * same contract test.
 *
 * A closed keychain is never mistaken for an empty one: every method throws AppError `vault_locked`, `vault_denied` or
 * `vault_unavailable` instead of answering "not there".
 */
export interface Keychain {
  /** The keychain in words a person knows. */
  readonly name: string;
  /** @returns the secret, or null when the keychain is open and surely has no such entry */
  read(account: string): Promise<string | null>;
  /** Makes or replaces an entry. */
  write(account: string, secret: string): Promise<void>;
  /** Removes an entry; afterwards it is surely gone. One that was not there is no error. */
  remove(account: string): Promise<void>;
}
