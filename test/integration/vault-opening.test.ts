import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryKeychain } from '../support/memory-keychain.ts';
import { accessTokenOf, openVaultLab, readToken, storeToken, type VaultLab } from '../support/vault-lab.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const PASSPHRASE = 'correct horse battery';

let lab: VaultLab;
afterEach(() => lab.close());

describe.each([
  { source: 'keychain' as const, backend: 'keychain in memory' },
  { source: 'passphrase' as const, backend: 'passphrase (scrypt)' },
  { source: 'file' as const, backend: 'key file (not protected by the system)' },
])('a vault with its key in the $source', ({ source, backend }) => {
  it('opens on a new data folder and names its backend', async () => {
    lab = await openVaultLab({ source, passphrase: PASSPHRASE });
    expect(await lab.vault.unlock()).toEqual({ source, backend, state: 'open', problem: null });
  });

  it('reads after a restart what it sealed before', async () => {
    lab = await openVaultLab({ source, passphrase: PASSPHRASE });
    await storeToken(lab, 'a', 'gho_first_token');
    lab = await lab.restart();
    expect(await readToken(lab, 'a')).toBe('gho_first_token');
  });

  it('has one key, and only one, after any number of starts', async () => {
    lab = await openVaultLab({ source, passphrase: PASSPHRASE });
    for (let start = 0; start < 3; start++) {
      await lab.vault.unlock();
      lab = await lab.restart();
    }
    expect(await lab.db.selectFrom('vault_keys').select(['state', 'source']).execute()).toEqual([
      { state: 'current', source },
    ]);
  });

  it('opens by itself when something is asked of it', async () => {
    lab = await openVaultLab({ source, passphrase: PASSPHRASE });
    await storeToken(lab, 'a', 'gho_first_token');
    expect(lab.vault.view().state).toBe('open');
  });

  it('writes neither key nor secret to its log, and teaches the redactor both', async () => {
    lab = await openVaultLab({ source, passphrase: PASSPHRASE });
    await storeToken(lab, 'a', 'gho_first_token');
    await lab.vault.rotate();
    await readToken(lab, 'a');
    expect(lab.learned).toContain('gho_first_token');
    expect(lab.learned).toContain(PASSPHRASE);
    const keys = [...lab.learned].filter((secret) => Buffer.from(secret, 'base64url').length === 32);
    expect(keys).toHaveLength(2);
    for (const secret of lab.learned) expect(lab.log.join('\n')).not.toContain(secret);
  });
});

describe('a locked keychain', () => {
  it('makes a locked vault, and deletes nothing', async () => {
    lab = await openVaultLab();
    await storeToken(lab, 'a', 'gho_first_token');
    lab = await lab.restart();
    lab.keychain.become('locked');
    expect(await lab.vault.unlock()).toMatchObject({ state: 'locked', problem: { code: 'vault_locked' } });
    await expect(readToken(lab, 'a')).rejects.toEqual(code('vault_locked'));
    lab.keychain.become('open');
    expect(await readToken(lab, 'a')).toBe('gho_first_token');
  });

  it('makes no vault key on a new data folder, until it is unlocked', async () => {
    lab = await openVaultLab();
    lab.keychain.become('locked');
    for (let tries = 0; tries < 5; tries++) {
      await expect(lab.vault.seal(accessTokenOf('a'), 'x')).rejects.toEqual(code('vault_locked'));
    }
    expect(await lab.db.selectFrom('vault_keys').selectAll().execute()).toEqual([]);
    lab.keychain.become('open');
    expect((await lab.vault.unlock()).state).toBe('open');
    expect(lab.keychain.entries.size).toBe(1);
  });

  it.each([
    ['denied', 'denied'],
    ['unavailable', 'unavailable'],
  ] as const)('is told apart from one that is %s', async (mood, state) => {
    lab = await openVaultLab();
    lab.keychain.become(mood);
    expect(await lab.vault.unlock()).toMatchObject({ state, problem: { code: `vault_${state}` } });
  });
});

describe('a prompt that nobody answers', () => {
  /** The first attempt, given up after three seconds with its prompt still standing. */
  async function askInVain(): Promise<void> {
    lab.keychain.become('silent');
    const attempt = lab.vault.unlock();
    await lab.keychain.asked();
    await lab.clock.advance(3_000);
    expect(await attempt).toMatchObject({ state: 'locked' });
  }

  it('locks the vault after three seconds for everyone who asked, with one question to the keychain', async () => {
    const keychain = memoryKeychain();
    let questions = 0;
    const { write } = keychain;
    keychain.write = (account, secret) => {
      questions += 1;
      return write(account, secret);
    };
    lab = await openVaultLab({ keychain });
    keychain.become('silent');
    const asked = Promise.allSettled([
      lab.vault.unlock(),
      lab.vault.unlock(),
      lab.vault.seal(accessTokenOf('a'), 'x'),
      lab.vault.open(accessTokenOf('a'), 'x'),
    ]);
    await keychain.asked();
    await lab.clock.advance(3_000);
    const [first, second, sealing, opening] = await asked;
    expect(first).toMatchObject({ value: { state: 'locked' } });
    expect(second).toMatchObject({ value: { state: 'locked' } });
    expect(sealing).toMatchObject({ reason: code('vault_locked') });
    expect(opening).toMatchObject({ reason: code('vault_locked') });
    expect(questions).toBe(1);
  });

  it('is not followed by another for a minute, unless the person asks', async () => {
    lab = await openVaultLab();
    await storeToken(lab, 'a', 'gho_first_token');
    lab = await lab.restart();
    await askInVain();
    lab.keychain.become('locked');
    await lab.clock.settle();
    lab.keychain.become('open');

    await expect(readToken(lab, 'a')).rejects.toEqual(code('vault_locked'));
    expect(await lab.vault.unlock()).toMatchObject({ state: 'open' });
    expect(await readToken(lab, 'a')).toBe('gho_first_token');
  });

  it('is asked again by work in the background when that minute is over', async () => {
    lab = await openVaultLab();
    await askInVain();
    lab.keychain.become('locked');
    await lab.clock.settle();
    lab.keychain.become('open');
    await lab.clock.advance(60_000);
    await storeToken(lab, 'a', 'gho_first_token');
    expect(await readToken(lab, 'a')).toBe('gho_first_token');
  });

  it('is not joined by a second one for work in the background, as long as it stands', async () => {
    lab = await openVaultLab();
    await askInVain();
    await lab.clock.advance(3_600_000);
    await expect(lab.vault.seal(accessTokenOf('a'), 'x')).rejects.toEqual(code('vault_locked'));
    expect(lab.clock.waiting).toBe(0);
  });

  it('opens the vault by itself when the person answers late', async () => {
    lab = await openVaultLab();
    await storeToken(lab, 'a', 'gho_first_token');
    lab = await lab.restart();
    await askInVain();
    const heard = lab.changes();
    lab.keychain.become('open');
    await expect.poll(() => lab.vault.view().state).toBe('open');
    expect(lab.changes()).toBe(heard + 1);
  });

  it('leaves one key behind, though the first one was written late', async () => {
    lab = await openVaultLab();
    await askInVain();
    lab.keychain.become('open');
    await expect.poll(() => lab.vault.view().state).toBe('open');
    expect(lab.keychain.entries.size).toBe(1);
    expect(await lab.db.selectFrom('vault_keys').select('state').execute()).toEqual([{ state: 'current' }]);
  });
});

describe('a key that is gone', () => {
  it('is missing, not replaced, as long as anything is sealed under it', async () => {
    lab = await openVaultLab();
    await storeToken(lab, 'a', 'gho_first_token');
    const saved = new Map(lab.keychain.entries);
    lab.keychain.entries.clear();
    lab = await lab.restart();
    expect(await lab.vault.unlock()).toMatchObject({ state: 'missing', problem: { code: 'vault_missing' } });
    await expect(lab.vault.seal(accessTokenOf('b'), 'x')).rejects.toEqual(code('vault_missing'));
    expect(lab.keychain.entries.size).toBe(0);

    for (const [account, secret] of saved) lab.keychain.entries.set(account, secret);
    expect(await readToken(lab, 'a')).toBe('gho_first_token');
  });

  it('is replaced once nothing is sealed under it any more', async () => {
    lab = await openVaultLab();
    await storeToken(lab, 'a', 'gho_first_token');
    lab.keychain.entries.clear();
    lab = await lab.restart();
    await lab.vault.unlock();
    await lab.db.deleteFrom('installations').execute();
    await storeToken(lab, 'b', 'gho_second_token');
    lab = await lab.restart();
    expect(await readToken(lab, 'b')).toBe('gho_second_token');
  });

  it('is missing when another key stands in its place', async () => {
    lab = await openVaultLab();
    await storeToken(lab, 'a', 'gho_first_token');
    for (const account of lab.keychain.entries.keys()) {
      lab.keychain.entries.set(account, Buffer.alloc(32, 7).toString('base64url'));
    }
    lab = await lab.restart();
    expect((await lab.vault.unlock()).state).toBe('missing');
  });

  it('is missing when the database names none but holds sealed records', async () => {
    lab = await openVaultLab();
    await storeToken(lab, 'a', 'gho_first_token');
    await lab.db.deleteFrom('vault_keys').execute();
    lab = await lab.restart();
    expect((await lab.vault.unlock()).state).toBe('missing');
    expect(await lab.db.selectFrom('vault_keys').selectAll().execute()).toEqual([]);
  });
});

describe('another key source than the data folder was made with', () => {
  it('is refused, naming both, and nothing is changed', async () => {
    lab = await openVaultLab({ source: 'file' });
    await storeToken(lab, 'a', 'gho_first_token');
    lab = await lab.restart({ source: 'keychain' });
    const { state, problem } = await lab.vault.unlock();
    expect(state).toBe('missing');
    expect(problem?.message).toBe('This data folder was made with --vault=file, not with --vault=keychain.');
    expect(problem?.remedy).toContain('Start with --vault=file');
    lab = await lab.restart({ source: 'file' });
    expect(await readToken(lab, 'a')).toBe('gho_first_token');
  });
});

describe('a passphrase typed by a person', () => {
  it('opens a vault that was started without one', async () => {
    lab = await openVaultLab({ source: 'passphrase', passphrase: PASSPHRASE });
    await storeToken(lab, 'a', 'gho_first_token');
    lab = await lab.restart({ passphrase: null });
    expect(await lab.vault.unlock()).toMatchObject({ state: 'locked', problem: { code: 'vault_locked' } });
    expect(await lab.vault.unlock({ passphrase: 'no, another' })).toMatchObject({
      state: 'locked',
      problem: { code: 'vault_passphrase_wrong', action: 'unlock_vault' },
    });
    expect(await lab.vault.unlock({ passphrase: PASSPHRASE })).toMatchObject({ state: 'open' });
    expect(await readToken(lab, 'a')).toBe('gho_first_token');
    expect(lab.learned).toContain('no, another');
  });

  it('may be chosen on a new data folder, if it is long enough', async () => {
    lab = await openVaultLab({ source: 'passphrase' });
    expect(await lab.vault.unlock({ passphrase: 'short' })).toMatchObject({ problem: { code: 'bad_input' } });
    expect(await lab.vault.unlock({ passphrase: PASSPHRASE })).toMatchObject({ state: 'open' });
  });
});

describe('a key file that others may read', () => {
  it('denies the vault until its mode is right again', async () => {
    lab = await openVaultLab({ source: 'file' });
    await storeToken(lab, 'a', 'gho_first_token');
    const path = join(lab.dataDir, 'master.key');
    await chmod(path, 0o644);
    lab = await lab.restart();
    expect(await lab.vault.unlock()).toMatchObject({ state: 'denied', problem: { code: 'vault_denied' } });
    await chmod(path, 0o600);
    expect(await readToken(lab, 'a')).toBe('gho_first_token');
    expect(await readFile(path, 'utf8')).toContain('"version":1');
  });
});

describe('the vault as others see it', () => {
  it('says that it changed when it opens, and only then', async () => {
    lab = await openVaultLab();
    lab.keychain.become('locked');
    await lab.vault.unlock();
    await lab.vault.unlock();
    expect(lab.changes()).toBe(1);
    lab.keychain.become('open');
    await lab.vault.unlock();
    await lab.vault.unlock();
    expect(lab.changes()).toBe(2);
  });

  it('works at memory speed once it is open', async () => {
    lab = await openVaultLab();
    await lab.vault.unlock();
    const records = 2_000;
    const began = performance.now();
    for (let n = 0; n < records; n++) {
      const place = accessTokenOf(String(n));
      await lab.vault.open(place, await lab.vault.seal(place, `gho_token_${n}`));
    }
    // Sealing and opening together; a tenth of it on an idle machine.
    expect((performance.now() - began) / records).toBeLessThan(2);
  });
});
