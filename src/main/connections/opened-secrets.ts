import type { Place, Vault } from '../vault/vault.ts';

/** A few thousand accounts with two tokens each, some MB at most. */
const MOST_KEPT = 20_000;

/** Opens sealed values, and keeps what is opened again and again: programs ask for the same token many times a second. */
export interface OpenedSecrets {
  /** @throws AppError as `Vault.open` */
  open(place: Place, sealed: string): Promise<string>;
  forget(sealed: string): void;
}

/**
 * Kept by the sealed text, which is another after every change, so nothing outdated can be found. It is the same process
 * memory that the master key lives in; a vault that is closed opens nothing here either.
 */
export function createOpenedSecrets(vault: Pick<Vault, 'open' | 'view'>): OpenedSecrets {
  const opened = new Map<string, { place: string; secret: string }>();
  return {
    async open(place, sealed) {
      const where = `${place.table} ${place.row} ${place.column}`;
      const known = opened.get(sealed);
      // A text that was moved to another place must be refused, as the vault does.
      if (known?.place === where && vault.view().state === 'open') return known.secret;
      const secret = await vault.open(place, sealed);
      if (opened.size >= MOST_KEPT) opened.delete(opened.keys().next().value ?? '');
      opened.set(sealed, { place: where, secret });
      return secret;
    },
    forget(sealed) {
      opened.delete(sealed);
    },
  };
}
