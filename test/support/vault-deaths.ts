import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { KeySourceName } from '../../src/shared/app-views.ts';
import { keychainProcess } from './keychain-process.ts';
import { startKeyring } from './keyring.ts';
import { openVaultLab, readToken, storeToken, type VaultLab } from './vault-lab.ts';
import { runVaultProcess } from './vault-process.ts';

const ACCOUNTS = ['a', 'b', 'c'];

/**
 * Replaces the master key again and again, each time in a process that is killed at another step, and looks after each
 * death whether everything opens and no key was left behind. The keychain is a real gnome-keyring.
 *
 * @param stride 1 dies at every step there is, 4 at every fourth
 * @returns how many processes died
 */
export async function rotateUntilOneSurvives(source: KeySourceName, stride: number): Promise<number> {
  const keyring = await startKeyring();
  const keychain = await keychainProcess(keyring.env);
  let lab: VaultLab | null = null;
  try {
    lab = await openVaultLab({ source, passphrase: 'correct horse battery', realKeychain: keychain });
    for (const account of ACCOUNTS) await storeToken(lab, account, `gho_token_of_${account}`);
    const { dataDir } = lab;
    for (let deaths = 0, dieAtStep = 1; ; deaths++, dieAtStep += stride) {
      const survived = await runVaultProcess({ name: 'rotate', dataDir, source, dieAtStep }, keyring.env);
      const where = `after a death at step ${dieAtStep}`;
      lab = await lab.restart();
      for (const account of ACCOUNTS) {
        expect(await readToken(lab, account), where).toBe(`gho_token_of_${account}`);
      }
      expect(await lab.db.selectFrom('vault_keys').select('state').execute(), where).toEqual([{ state: 'current' }]);
      if (source === 'keychain') expect(await keyring.entries(), where).toHaveLength(1);
      if (source === 'file') {
        expect(JSON.parse(await readFile(join(dataDir, 'master.key'), 'utf8')).keys, where).toHaveLength(1);
      }
      if (survived) return deaths;
    }
  } finally {
    await lab?.close();
    await keychain.stop();
    await keyring.stop();
  }
}
