import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { vaultChecks } from '../../src/main/vault/vault-checks.ts';
import { openVaultLab, storeToken, type VaultLab } from '../support/vault-lab.ts';

let lab: VaultLab;
afterEach(() => lab.close());

/** The verdicts by check. */
async function verdicts() {
  const checks = await vaultChecks(lab);
  return Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict]));
}

describe("the doctor's look at the vault", () => {
  it.each(['keychain', 'passphrase'] as const)('finds an open one with its key in the %s safe', async (source) => {
    lab = await openVaultLab({ source, passphrase: 'correct horse battery' });
    await storeToken(lab, 'a', 'gho_first_token');
    expect(await verdicts()).toEqual({ vault_protection: 'safe', vault_records: 'safe', vault_former_keys: 'safe' });
  });

  it('calls a key file unsafe, and says what would be better', async () => {
    lab = await openVaultLab({ source: 'file' });
    await lab.vault.unlock();
    const [protection] = await vaultChecks(lab);
    expect(protection).toMatchObject({ verdict: 'unsafe', remedy: expect.stringContaining('keychain') });
    expect(await verdicts()).toMatchObject({ vault_records: 'safe' });
  });

  it('sees that a key file was opened to others while the app runs', async () => {
    lab = await openVaultLab({ source: 'file' });
    await lab.vault.unlock();
    expect(await verdicts()).toMatchObject({ vault_key_file: 'safe' });
    await chmod(join(lab.dataDir, 'master.key'), 0o604);
    expect(await verdicts()).toMatchObject({ vault_key_file: 'unsafe' });
  });

  it('claims nothing about a closed one, and does not ask for its key', async () => {
    lab = await openVaultLab();
    await storeToken(lab, 'a', 'gho_first_token');
    lab = await lab.restart();
    expect(await verdicts()).toMatchObject({ vault_protection: 'inconclusive', vault_records: 'inconclusive' });
    expect(lab.vault.view().state).toBe('locked');
  });

  it('finds a moved record, names its column and not its secret', async () => {
    lab = await openVaultLab();
    await storeToken(lab, 'a', 'gho_first_token');
    await lab.db.updateTable('installations').set({ id: 'b' }).execute();
    const check = (await vaultChecks(lab)).find(({ id }) => id === 'vault_records');
    expect(check?.verdict).toBe('unsafe');
    expect(check?.detail).toContain('installations.sealed_access_token');
    expect(JSON.stringify(check)).not.toContain('gho_first_token');
  });

  it('sees a former key until it is removed', async () => {
    lab = await openVaultLab();
    await storeToken(lab, 'a', 'gho_first_token');
    await lab.vault.rotate();
    expect(await verdicts()).toMatchObject({ vault_former_keys: 'inconclusive' });
    await lab.clock.advance(30_000);
    await expect.poll(verdicts).toMatchObject({ vault_former_keys: 'safe' });
  });
});
