import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { answerOf, type VaultApp, vaultApp } from '../support/vault-app.ts';

let scene: VaultApp;
let keyring: Keyring;
let token: string;
beforeEach(async () => {
  scene = await vaultApp();
  keyring = await startKeyring();
  const app = await scene.start('keychain', keyring.env);
  expect((await app.cli('connect', 'github', '--device')).code).toBe(0);
  token = (await app.cli('token', 'github')).stdout.trim();
  expect(token).toMatch(/^ghu_/);
  await app.stop();
});
afterEach(async () => {
  await scene.stop();
  await keyring.stop();
});

describe('a copy of the data folder without the keychain entry', () => {
  let copy: string;
  let foreign: Keyring;
  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'tt-copy-'));
    await cp(scene.dataDir, copy, { recursive: true, filter: (path) => !/\.(sock|lock)$/.test(path) });
    foreign = await startKeyring();
  });
  afterEach(async () => {
    await foreign.stop();
    await rm(copy, { recursive: true, force: true });
  });

  it('decrypts nothing', async () => {
    const thief = await scene.start('keychain', foreign.env, copy);
    const answer = await thief.cli('token', 'github', '--json');
    expect(answer.code).not.toBe(0);
    expect(answerOf(answer)).toMatchObject({ error: 'vault_missing' });
    expect(answer.stdout + answer.stderr).not.toContain(token);
    expect(await foreign.entries()).toEqual([]);
    await thief.stop();
  });

  it('holds the token nowhere in the clear', async () => {
    const files = await readdir(copy, { recursive: true, withFileTypes: true });
    const contents = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name)));
    const all = Buffer.concat(await Promise.all(contents));
    expect(all.length).toBeGreaterThan(10_000);
    for (const encoding of ['utf8', 'base64', 'base64url', 'hex', 'utf16le'] as const) {
      const form =
        encoding === 'utf8' || encoding === 'utf16le' ? Buffer.from(token, encoding) : inner(token, encoding);
      expect(all.includes(form), encoding).toBe(false);
    }
  });

  it('leaves the original as it was', async () => {
    const thief = await scene.start('keychain', foreign.env, copy);
    await thief.cli('token', 'github');
    await thief.stop();
    const app = await scene.start('keychain', keyring.env);
    expect((await app.cli('token', 'github')).stdout.trim()).toBe(token);
  });
});

/** The text's encoded form without its ends, which depend on what stands around it. */
function inner(text: string, encoding: 'base64' | 'base64url' | 'hex'): Buffer {
  return Buffer.from(Buffer.from(text).toString(encoding).slice(0, -4));
}

describe('a ciphertext moved to another place', () => {
  /** Somebody with the data folder in their hands, but without the key. */
  function tamper(statement: string): void {
    const file = new Database(join(scene.dataDir, 'trackeep.db'));
    file.pragma('foreign_keys = OFF');
    expect(file.prepare(statement).run().changes).toBe(1);
    file.close();
  }

  async function expectRefused(): Promise<void> {
    const app = await scene.start('keychain', keyring.env);
    const answer = await app.cli('token', 'github', '--json');
    expect(answer.code).not.toBe(0);
    expect(answerOf(answer)).toMatchObject({ error: 'vault_refused' });
    const doctor = await app.cli('doctor', '--json');
    expect(answerOf(doctor)).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ id: 'vault_records', verdict: 'unsafe' })]),
    });
  }

  it('is refused in another column', async () => {
    tamper(
      'update installations set sealed_access_token = sealed_refresh_token where sealed_refresh_token is not null',
    );
    await expectRefused();
  });

  it('is refused in another row', async () => {
    tamper("update installations set id = '5f0c8c53-0a3c-4f0e-9d43-3f1f9a2f7c11'");
    await expectRefused();
  });

  it('is refused when a single bit of it was changed', async () => {
    tamper(`update installations set sealed_access_token =
      substr(sealed_access_token, 1, length(sealed_access_token) - 10) ||
      case substr(sealed_access_token, -10, 1) when 'A' then 'B' else 'A' end || substr(sealed_access_token, -9)`);
    await expectRefused();
  });
});
