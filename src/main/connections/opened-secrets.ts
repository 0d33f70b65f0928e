import type { Place, Vault } from '../vault/vault.ts';

/** A few thousand accounts with two tokens each, some MB at most. */
const MOST_KEPT = 20_000;

/** Opens sealed values, and keeps what is opened again and again: programs ask for the same token many times a second. */
export interface OpenedSecrets {
  /** @throws AppError as `Vault.open` */
  open(place: Place, sealed: string): Promise<string>;
  /** @returns null for what was not opened yet, or while the vault is closed */
  known(place: Place, sealed: string): string | null;
  forget(sealed: string): void;
}

/**
 * Kept by the sealed text, which is another after every change, so nothing outdated can be found. It is the same process
 * memory that the master key lives in; a vault that is closed opens nothing here either.
 */
export function createOpenedSecrets(vault: Pick<Vault, 'open' | 'view'>): OpenedSecrets {
  const opened = new Map<string, { place: string; secret: string }>();
  const whole = ({ table, row, column }: Place) => `${table} ${row} ${column}`;

  const known = (place: Place, sealed: string): string | null => {
    const found = opened.get(sealed);
    // A text that was moved to another place must be refused, as the vault does.
    return found?.place === whole(place) && vault.view().state === 'open' ? found.secret : null;
  };

  return {
    known,
    async open(place, sealed) {
      const kept = known(place, sealed);
      if (kept !== null) return kept;
      const secret = await vault.open(place, sealed);
      if (opened.size >= MOST_KEPT) opened.delete(opened.keys().next().value ?? '');
      opened.set(sealed, { place: whole(place), secret });
      return secret;
    },
    forget(sealed) {
      opened.delete(sealed);
    },
  };
}
