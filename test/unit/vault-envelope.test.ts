import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { decodeProtectedHeader } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { importKey, keyIdOf, open, type SealingKey, seal } from '../../src/main/vault/envelope.ts';
import type { Place } from '../../src/main/vault/vault.ts';

const refused = expect.objectContaining({ code: 'vault_refused' });
const home: Place = { table: 'installations', row: 'a1', column: 'sealed_access_token' };

describe('a sealed record', () => {
  let key: SealingKey;
  let sealed: string;
  beforeAll(async () => {
    key = await importKey('key-1', randomBytes(32));
    sealed = await seal(key, home, 'gho_a_token');
  });

  it('opens at its place with its key', async () => {
    expect(await open(key, home, sealed)).toBe('gho_a_token');
  });

  it('brings any text back byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (text) => {
        expect(await open(key, home, await seal(key, home, text))).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('is a compact JWE that names its algorithm and its key, and shows nothing of the secret', () => {
    expect(decodeProtectedHeader(sealed)).toMatchObject({ alg: 'dir', enc: 'A256GCM', kid: 'key-1' });
    expect(sealed).not.toContain(Buffer.from('gho_a_token').toString('base64url'));
  });

  it('is another text each time, so equal secrets do not show', async () => {
    expect(await seal(key, home, 'gho_a_token')).not.toBe(sealed);
  });

  it.each<[string, Place]>([
    ['row', { ...home, row: 'a2' }],
    ['column', { ...home, column: 'sealed_refresh_token' }],
    ['table', { ...home, table: 'providers' }],
  ])('is refused after it was moved to another %s', async (_what, elsewhere) => {
    await expect(open(key, elsewhere, sealed)).rejects.toEqual(refused);
  });

  it('is refused at a place whose parts only look the same when joined', async () => {
    const moved = await seal(key, { table: 'http_cache', row: 'a b', column: 'sealed_body' }, 'x');
    await expect(open(key, { table: 'http_cache', row: 'a', column: 'b sealed_body' }, moved)).rejects.toEqual(refused);
  });

  it('is refused under another key, even one that claims the same id', async () => {
    await expect(open(await importKey('key-1', randomBytes(32)), home, sealed)).rejects.toEqual(refused);
    await expect(open(await importKey('key-2', randomBytes(32)), home, sealed)).rejects.toEqual(refused);
  });

  it('is refused after any single character was altered', async () => {
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'Q' : 'A';
      const altered = sealed.slice(0, at) + other + sealed.slice(at + 1);
      await expect(open(key, home, altered), `altered at ${at}`).rejects.toEqual(refused);
    }
  });

  it('is refused after it was truncated anywhere', async () => {
    for (let length = 0; length < sealed.length; length += 7) {
      await expect(open(key, home, sealed.slice(0, length)), `cut at ${length}`).rejects.toEqual(refused);
    }
  });

  it('is refused when its header asks for another algorithm', async () => {
    const [, ...rest] = sealed.split('.');
    const header = { ...decodeProtectedHeader(sealed), enc: 'A128GCM' };
    const altered = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
    await expect(open(key, home, altered)).rejects.toEqual(refused);
  });

  it('never says what it was', async () => {
    const error = await open(key, { ...home, row: 'a2' }, sealed).catch((reason: unknown) => reason);
    expect(JSON.stringify(error) + String(error)).not.toContain('gho_a_token');
  });
});

describe('the key id of a record', () => {
  it('is read without any key', async () => {
    const sealed = await seal(await importKey('key-9', randomBytes(32)), home, 'x');
    expect(await keyIdOf(sealed)).toBe('key-9');
  });

  it('is null for what is no record', async () => {
    expect(await keyIdOf('gho_a_plain_token')).toBeNull();
    expect(await keyIdOf('')).toBeNull();
  });
});
