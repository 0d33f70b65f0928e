import type { Vault } from '../vault/vault.ts';
import { place } from './installation-row.ts';
import type { Grant } from './provider.ts';

/** The tokens of a grant, sealed for the row of one account. @throws AppError a vault code */
export type SealTokens = (
  id: string,
  grant: Pick<Grant, 'accessToken' | 'refreshToken'>,
) => Promise<{ access: string; refresh: string | null }>;

export function createSealTokens(vault: Pick<Vault, 'seal'>): SealTokens {
  return async (id, { accessToken, refreshToken }) => ({
    access: await vault.seal(place(id, 'sealed_access_token'), accessToken),
    refresh: refreshToken === null ? null : await vault.seal(place(id, 'sealed_refresh_token'), refreshToken),
  });
}
