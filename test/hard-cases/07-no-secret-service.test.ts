import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_SECRET_SERVICE } from '../support/keyring.ts';
import { answerOf, type VaultApp, vaultApp } from '../support/vault-app.ts';

let scene: VaultApp;
beforeEach(async () => {
  scene = await vaultApp();
});
afterEach(() => scene.stop());

describe('a machine without a Secret Service', () => {
  it('stores no secret, and says how to go on', async () => {
    const app = await scene.start('keychain', NO_SECRET_SERVICE);
    const answer = await app.cli('connect', 'github', '--device', '--json');
    expect(answer.code).not.toBe(0);
    expect(answer.stdout + answer.stderr).toContain('vault_unavailable');
    expect(answer.stdout + answer.stderr).toMatch(/--vault=passphrase or --vault=file/);
    expect(answerOf(await app.cli('status', '--json'))).toMatchObject({
      connections: [],
      vault: { source: 'keychain', state: 'unavailable' },
    });
  });

  it('never falls back to a key file by itself', async () => {
    const app = await scene.start('keychain', NO_SECRET_SERVICE);
    await app.cli('connect', 'github', '--device');
    await app.cli('unlock');
    expect(await readdir(scene.dataDir)).not.toContain('master.key');
  });

  it.each([
    { vault: 'file' as const, env: {}, backend: 'key file (not protected by the system)' },
    {
      vault: 'passphrase' as const,
      env: { TRACKEEP_VAULT_PASSPHRASE: 'correct horse battery' },
      backend: 'passphrase (scrypt)',
    },
  ])('works with --vault=$vault, which is named in the status', async ({ vault, env, backend }) => {
    const app = await scene.start(vault, { ...NO_SECRET_SERVICE, ...env });
    expect((await app.cli('connect', 'github', '--device')).code).toBe(0);
    const token = (await app.cli('token', 'github')).stdout.trim();
    expect(token).toMatch(/^ghu_/);
    expect(answerOf(await app.cli('status', '--json'))).toMatchObject({ vault: { source: vault, backend } });
    await app.stop();
    for (const name of await readdir(scene.dataDir)) {
      if (name.startsWith('trackeep.db'))
        expect(await readFile(join(scene.dataDir, name), 'latin1')).not.toContain(token);
    }
  });
});
