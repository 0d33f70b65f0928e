import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessTokenOf, openVaultLab, readToken, storeToken, type VaultLab } from '../support/vault-lab.ts';

const PASSPHRASE = 'correct horse battery';
const ACCOUNTS = ['a', 'b', 'c'];
const code = (name: string) => expect.objectContaining({ code: name });

let lab: VaultLab;
afterEach(() => lab.close());

async function storeAll(): Promise<void> {
  for (const account of ACCOUNTS) await storeToken(lab, account, `gho_token_of_${account}`);
}

async function expectAllReadable(): Promise<void> {
  for (const account of ACCOUNTS) expect(await readToken(lab, account)).toBe(`gho_token_of_${account}`);
}

const ciphertexts = () => lab.db.selectFrom('installations').select(['id', 'sealed_access_token']).execute();
const keyStates = async () => (await lab.db.selectFrom('vault_keys').select('state').execute()).map((row) => row.state);

describe.each(['keychain', 'passphrase', 'file'] as const)('replacing a master key kept in the %s', (source) => {
  beforeEach(async () => {
    lab = await openVaultLab({ source, passphrase: PASSPHRASE });
    await storeAll();
  });

  it('seals every record anew and loses none', async () => {
    const before = await ciphertexts();
    expect(await lab.vault.rotate()).toEqual({ records: 3 });
    const after = await ciphertexts();
    for (const [n, row] of after.entries()) expect(row.sealed_access_token).not.toBe(before[n]?.sealed_access_token);
    await expectAllReadable();
    lab = await lab.restart();
    await expectAllReadable();
  });

  it('can be done again and again, with the same passphrase', async () => {
    for (let round = 0; round < 3; round++) await lab.vault.rotate();
    lab = await lab.restart();
    await expectAllReadable();
  });

  it('removes the former key half a minute later', async () => {
    await lab.vault.rotate();
    expect(await keyStates()).toEqual(['retired', 'current']);
    await lab.clock.advance(30_000);
    await expect.poll(keyStates).toEqual(['current']);
    await expectAllReadable();
  });

  it('removes the former key at the next start, if there was no half minute', async () => {
    await lab.vault.rotate();
    lab = await lab.restart();
    await lab.vault.unlock();
    expect(await keyStates()).toEqual(['current']);
    await expectAllReadable();
  });
});

describe('every kind of record', () => {
  it('is sealed anew, wherever the schema says that one is sealed', async () => {
    lab = await openVaultLab();
    const places = {
      state: { table: 'oauth_states', row: 'hash', column: 'sealed_code_verifier' },
      provider: { table: 'providers', row: 'github', column: 'sealed_client_secret' },
      body: { table: 'http_cache', row: 'a https://api.github.com/user?x=1 2', column: 'sealed_body' },
    };
    await storeAll();
    const verifier = await lab.vault.seal(places.state, 'verifier');
    const secret = await lab.vault.seal(places.provider, 'client secret');
    const body = await lab.vault.seal(places.body, '{"private":true}');
    const [created_at, updated_at, expires_at] = [0, 0, 1];
    await lab.db
      .insertInto('oauth_states')
      .values({
        state_hash: 'hash',
        platform: 'github',
        flow_id: 'f',
        sealed_code_verifier: verifier,
        created_at,
        expires_at,
      })
      .execute();
    await lab.db
      .insertInto('providers')
      .values({ platform: 'github', client_id: 'c', sealed_client_secret: secret, updated_at })
      .execute();
    await lab.db
      .insertInto('http_cache')
      .values({
        installation_id: 'a',
        url: 'https://api.github.com/user?x=1 2',
        etag: 'e',
        sealed_body: body,
        updated_at,
      })
      .execute();

    expect(await lab.vault.rotate()).toEqual({ records: 6 });
    lab = await lab.restart();

    const [state] = await lab.db.selectFrom('oauth_states').selectAll().execute();
    const [provider] = await lab.db.selectFrom('providers').selectAll().execute();
    const [cached] = await lab.db.selectFrom('http_cache').selectAll().execute();
    expect(await lab.vault.open(places.state, state?.sealed_code_verifier ?? '')).toBe('verifier');
    expect(await lab.vault.open(places.provider, provider?.sealed_client_secret ?? '')).toBe('client secret');
    expect(await lab.vault.open(places.body, cached?.sealed_body ?? '')).toBe('{"private":true}');
  });
});

describe('a record sealed just before a rotation and stored just after it', () => {
  it.each(['in the same run', 'after a restart'])('is readable %s', async (when) => {
    lab = await openVaultLab();
    await storeAll();
    const straggler = await lab.vault.seal(accessTokenOf('a'), 'gho_straggler');
    await lab.vault.rotate();
    await lab.db.updateTable('installations').set({ sealed_access_token: straggler }).where('id', '=', 'a').execute();
    if (when === 'after a restart') lab = await lab.restart();
    expect(await readToken(lab, 'a')).toBe('gho_straggler');
    if (when === 'in the same run') {
      await lab.clock.advance(30_000);
      await expect.poll(keyStates).toEqual(['current']);
    }
    expect(await readToken(lab, 'a')).toBe('gho_straggler');
    expect(lab.keychain.entries.size).toBe(1);
  });
});

describe('a record that was damaged before', () => {
  it('does not keep the others from a new key, and stays as it is', async () => {
    lab = await openVaultLab();
    await storeAll();
    const moved = (await ciphertexts()).find((row) => row.id === 'b')?.sealed_access_token ?? '';
    await lab.db.updateTable('installations').set({ sealed_access_token: moved }).where('id', '=', 'a').execute();
    expect(await lab.vault.rotate()).toEqual({ records: 2 });
    await expect(readToken(lab, 'a')).rejects.toEqual(code('vault_refused'));
    expect(await readToken(lab, 'b')).toBe('gho_token_of_b');
    expect((await ciphertexts()).find((row) => row.id === 'a')?.sealed_access_token).toBe(moved);
  });
});

describe('a rotation that cannot be done', () => {
  it('leaves everything as it was when the keychain is locked', async () => {
    lab = await openVaultLab();
    await storeAll();
    lab.keychain.become('locked');
    await expect(lab.vault.rotate()).rejects.toEqual(code('vault_locked'));
    expect(await keyStates()).toEqual(['current']);
    await expectAllReadable();
  });

  it('leaves everything as it was when the database takes no more', async () => {
    lab = await openVaultLab();
    await storeAll();
    const before = await ciphertexts();
    await sql`create trigger full before update on installations when new.id = 'c'
      begin select raise(abort, 'no room'); end`.execute(lab.db);
    await expect(lab.vault.rotate()).rejects.toThrow();
    expect(await ciphertexts()).toEqual(before);
    await expectAllReadable();
    lab = await lab.restart();
    await expectAllReadable();
    expect(await keyStates()).toEqual(['current']);
    expect(lab.keychain.entries.size).toBe(1);
  });

  it('is refused while the vault is closed', async () => {
    lab = await openVaultLab();
    lab.keychain.become('locked');
    await expect(lab.vault.rotate()).rejects.toEqual(code('vault_locked'));
  });
});

describe('two rotations asked for at once', () => {
  it('are one', async () => {
    lab = await openVaultLab();
    await storeAll();
    expect(await Promise.all([lab.vault.rotate(), lab.vault.rotate()])).toEqual([{ records: 3 }, { records: 3 }]);
    expect(await keyStates()).toEqual(['retired', 'current']);
  });
});
