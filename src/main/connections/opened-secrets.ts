import type { Place, Vault } from '../vault/vault.ts';

/** A few thousand accounts with two tokens each, some MB at most. */
const MOST_KEPT = 20_000;

/** Opens sealed values, and keeps what is opened again and again: programs ask for the same token many times a second. */
export interface OpenedSecrets {
  /** @throws AppError as `Vault.open` */
  open(place: Place, sealed: string): Promise<string>;
  /** @returns null for what was not opened yet, or while the vault is closed */
  known(place: Place, sealed: string): string | null;
  forget(place: Place): void;
}

/**
 * Kept with the sealed text, which is another after every change, so nothing outdated can be found. It is the same process
 * memory that the master key lives in; a vault that is closed opens nothing here either.
 */
export function createOpenedSecrets(vault: Pick<Vault, 'open' | 'view'>): OpenedSecrets {
  const opened = new Map<string, { sealed: string; secret: string }>();
  // Not by the sealed text, which would be hashed anew for each look, and which another place may hold, too: a text that was
  // moved must be refused, as the vault does.
  const keyOf = ({ table, row, column }: Place) => `${table} ${row} ${column}`;

  const known = (place: Place, sealed: string): string | null => {
    const found = opened.get(keyOf(place));
    return found?.sealed === sealed && vault.view().state === 'open' ? found.secret : null;
  };

  return {
    known,
    async open(place, sealed) {
      const kept = known(place, sealed);
      if (kept !== null) return kept;
      const secret = await vault.open(place, sealed);
      if (opened.size >= MOST_KEPT) opened.delete(opened.keys().next().value ?? '');
      opened.set(keyOf(place), { sealed, secret });
      return secret;
    },
    forget(place) {
      opened.delete(keyOf(place));
    },
  };
}
