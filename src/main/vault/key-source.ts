import type { KeySourceName } from '../../shared/app-views.ts';

/**
 * Where master keys are kept. It knows nothing of what is sealed under them: which key is current, which is being made
 * and which is retired stands in the database (`vault_keys`), so a source is never searched, only asked by id.
 *
 * Every method throws AppError `vault_locked`, `vault_denied` or `vault_unavailable` when the source does not answer.
 */
export interface KeySource {
  readonly name: KeySourceName;
  /** The source in words a person knows, such as "macOS Keychain". */
  readonly backend: string;
  /**
   * Keeps a new key beside those it has.
   * @param key 32 bytes
   * @returns what the database must remember to fetch it again (the passphrase source's wrapped key), or null
   */
  keep(id: string, key: Uint8Array): Promise<string | null>;
  /**
   * @param wrapping what `keep` answered for this key
   * @returns the key, or null when the source works and surely does not have it
   * @throws AppError `vault_passphrase_wrong`
   */
  fetch(id: string, wrapping: string | null): Promise<Uint8Array | null>;
  /** Removes a key. Afterwards it is surely gone; one that was not there is no error. */
  remove(id: string): Promise<void>;
  /** Whether it is asking a person right now, where it is one that does: then only that person should make it ask again. */
  isAsking?(): boolean;
  /** Takes a passphrase that a person typed, where the source works with one. */
  offer?(passphrase: string): void;
}
