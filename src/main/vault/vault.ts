import type { KeySourceName, VaultView } from '../../shared/app-views.ts';

/** Where a secret stands in the database. A ciphertext opens only at the place it was sealed for. */
export interface Place {
  table: string;
  /** The row's key; for a key of several columns, their values joined with a space. */
  row: string;
  column: string;
}

/** Keeps secrets: one master key from a key source, every record sealed under it and bound to its place. */
export interface Vault {
  readonly source: KeySourceName;
  view(): VaultView;
  /**
   * Reads the master key. Called at start and again by `vault.unlock`; never throws for a closed vault, which is a
   * state, but answers it.
   */
  unlock(input?: { passphrase?: string }): Promise<VaultView>;
  /**
   * @returns a compact JWE (`dir`, `A256GCM`) bound to `place`
   * @throws AppError `vault_locked`, `vault_missing`, `vault_denied` or `vault_unavailable` within 3 s
   */
  seal(place: Place, plaintext: string): Promise<string>;
  /** @throws AppError as `seal`, and `vault_refused` for an altered or moved record */
  open(place: Place, sealed: string): Promise<string>;
  /**
   * Makes a new master key and re-encrypts every sealed column in one transaction. Interrupted at any instant, either
   * the old or the new key opens everything. The former key is removed half a minute later, or at the next start.
   *
   * @throws AppError as `seal`; then everything is as it was
   */
  rotate(): Promise<{ records: number }>;
}
