import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keychainProcess } from '../support/keychain-process.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { openVaultLab, readToken, type VaultLab } from '../support/vault-lab.ts';
import { bundle, startVaultProcess } from '../support/vault-process.ts';

const DEATHS = 6;

let keyring: Keyring;
let keychain: Awaited<ReturnType<typeof keychainProcess>>;
let dataDir: string;
beforeEach(async () => {
  keyring = await startKeyring();
  keychain = await keychainProcess(keyring.env);
  dataDir = await mkdtemp(join(tmpdir(), 'tt-bundle-'));
});
afterEach(async () => {
  await keychain.stop();
  await keyring.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/**
 * Lets a process store bundle after bundle and kills it while it is at the next one.
 * @returns the version of the last bundle it said it had stored
 */
async function storeUntilKilled(after: number): Promise<number> {
  const child = startVaultProcess({ name: 'store-bundles', dataDir, source: 'keychain' }, keyring.env);
  let stored = 0;
  child.on('message', (version: number) => {
    stored = version;
    if (version === after) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  return stored;
}

async function storedBundle(): Promise<string> {
  const lab: VaultLab = await openVaultLab({ dataDir, realKeychain: keychain });
  try {
    return await readToken(lab, 'a');
  } finally {
    await lab.release();
  }
}

describe('a token bundle of 12 kB', () => {
  it('comes back byte for byte in a later process', async () => {
    expect(Buffer.byteLength(bundle(1))).toBe(12_288);
    await storeUntilKilled(1);
    const found = await storedBundle();
    const version = Number(/v(\d+)\./.exec(found)?.[1]);
    expect(Buffer.from(found).equals(Buffer.from(bundle(version)))).toBe(true);
  });

  it(`is the old or the new one after a crash in mid-write, never neither (${DEATHS} crashes)`, async () => {
    for (let death = 1; death <= DEATHS; death++) {
      const stored = await storeUntilKilled(death * 3);
      const found = await storedBundle();
      const version = Number(/v(\d+)\./.exec(found)?.[1]);
      expect(version).toBeGreaterThanOrEqual(stored);
      expect(found).toBe(bundle(version));
    }
  });
});
