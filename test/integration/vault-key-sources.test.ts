import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileSource } from '../../src/main/vault/file-source.ts';
import type { KeySource } from '../../src/main/vault/key-source.ts';
import { keychainSource } from '../../src/main/vault/keychain-source.ts';
import { passphraseSource } from '../../src/main/vault/passphrase-source.ts';
import { memoryKeychain } from '../support/memory-keychain.ts';

const PASSPHRASE = 'correct horse battery';
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tt-keys-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const code = (name: string) => expect.objectContaining({ code: name });

describe.each<{ name: string; make: () => KeySource }>([
  { name: 'the keychain source', make: () => keychainSource({ ...memoryKeychain(), isHanging: () => false }) },
  { name: 'the key file source', make: () => fileSource({ dataDir }) },
  { name: 'the passphrase source', make: () => passphraseSource(PASSPHRASE) },
])('$name', ({ make }) => {
  it('gives back the key it keeps', async () => {
    const source = make();
    const key = randomBytes(32);
    const wrapping = await source.keep('k1', key);
    expect(Buffer.from((await source.fetch('k1', wrapping)) ?? [])).toEqual(key);
  });

  it('keeps two keys apart, as a rotation needs', async () => {
    const source = make();
    const [one, two] = [randomBytes(32), randomBytes(32)];
    const first = await source.keep('k1', one);
    const second = await source.keep('k2', two);
    expect(Buffer.from((await source.fetch('k1', first)) ?? [])).toEqual(one);
    expect(Buffer.from((await source.fetch('k2', second)) ?? [])).toEqual(two);
  });

  it('answers null for a key it does not have', async () => {
    expect(await make().fetch('k1', null)).toBeNull();
  });

  it('takes a second removal for done', async () => {
    const source = make();
    await source.keep('k1', randomBytes(32));
    await source.remove('k1');
    await expect(source.remove('k1')).resolves.toBeUndefined();
  });
});

describe('the key file', () => {
  const path = () => join(dataDir, 'master.key');

  it('is for its owner alone', async () => {
    await fileSource({ dataDir }).keep('k1', randomBytes(32));
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  it('is refused, not quietly tightened, when others may read it', async () => {
    const source = fileSource({ dataDir });
    await source.keep('k1', randomBytes(32));
    await chmod(path(), 0o640);
    await expect(source.fetch('k1', null)).rejects.toEqual(
      expect.objectContaining({ code: 'vault_denied', remedy: expect.stringContaining(`chmod 600 "${path()}"`) }),
    );
    expect((await stat(path())).mode & 0o777).toBe(0o640);
  });

  it('no longer holds a key that was removed', async () => {
    const source = fileSource({ dataDir });
    const key = randomBytes(32);
    await source.keep('k1', key);
    await source.keep('k2', randomBytes(32));
    await source.remove('k1');
    expect(await readFile(path(), 'utf8')).not.toContain(key.toString('base64url'));
    expect(await source.fetch('k1', null)).toBeNull();
  });

  it.each(['', '{"version":1,"keys":[{"id":"k1","ke', '{"version":9}', 'null'])(
    'is named and left untouched when it is damaged: %j',
    async (content) => {
      await writeFile(path(), content, { mode: 0o600 });
      const source = fileSource({ dataDir });
      await expect(source.fetch('k1', null)).rejects.toEqual(code('vault_missing'));
      await expect(source.keep('k2', randomBytes(32))).rejects.toEqual(code('vault_missing'));
      expect(await readFile(path(), 'utf8')).toBe(content);
    },
  );

  it('never turns up in an error, not even in its cause', async () => {
    await writeFile(path(), '{"keys": secret-key-material', { mode: 0o600 });
    const error: unknown = await fileSource({ dataDir })
      .fetch('k1', null)
      .catch((reason: unknown) => reason);
    expect(String(error) + String((error as Error).cause)).not.toContain('secret-key');
  });

  it('leaves no temporary file behind, not even one of a crash', async () => {
    const source = fileSource({ dataDir });
    await source.keep('k1', randomBytes(32));
    await writeFile(`${path()}.0a1b2c.tmp`, 'half a fi', { mode: 0o600 });
    await source.fetch('k1', null);
    expect(await readdir(dataDir)).toEqual(['master.key']);
  });

  it('cannot be written into a folder that is gone, and says so', async () => {
    const gone = fileSource({ dataDir: join(dataDir, 'gone') });
    await expect(gone.keep('k1', randomBytes(32))).rejects.toEqual(code('data_folder_unusable'));
  });
});

describe('the passphrase', () => {
  it('opens what was wrapped with it, in a later process', async () => {
    const key = randomBytes(32);
    const wrapping = await passphraseSource(PASSPHRASE).keep('k1', key);
    expect(Buffer.from((await passphraseSource(PASSPHRASE).fetch('k1', wrapping)) ?? [])).toEqual(key);
  });

  it('is refused when it is another, until the right one is offered', async () => {
    const wrapping = await passphraseSource(PASSPHRASE).keep('k1', randomBytes(32));
    const source = passphraseSource('incorrect horse');
    await expect(source.fetch('k1', wrapping)).rejects.toEqual(code('vault_passphrase_wrong'));
    await expect(source.fetch('k1', wrapping)).rejects.toEqual(code('vault_passphrase_wrong'));
    source.offer?.(PASSPHRASE);
    expect(await source.fetch('k1', wrapping)).toHaveLength(32);
  });

  it('is waited for when there is none', async () => {
    const wrapping = await passphraseSource(PASSPHRASE).keep('k1', randomBytes(32));
    await expect(passphraseSource(null).fetch('k1', wrapping)).rejects.toEqual(code('vault_locked'));
    await expect(passphraseSource('').keep('k2', randomBytes(32))).rejects.toEqual(code('vault_locked'));
  });

  it('must have eight characters when it is chosen', async () => {
    await expect(passphraseSource('1234567').keep('k1', randomBytes(32))).rejects.toEqual(code('bad_input'));
  });

  it('is the same however the keyboard composes its letters', async () => {
    const wrapping = await passphraseSource('un café crème'.normalize('NFC')).keep('k1', randomBytes(32));
    expect(await passphraseSource('un café crème'.normalize('NFD')).fetch('k1', wrapping)).toHaveLength(32);
  });

  it('stands nowhere in the wrapping, and neither does the key', async () => {
    const key = randomBytes(32);
    const wrapping = await passphraseSource(PASSPHRASE).keep('k1', key);
    expect(wrapping).not.toContain(PASSPHRASE);
    expect(wrapping).not.toContain(key.toString('base64url'));
  });

  it.each(['{"kdf":"scrypt","N":1073741824,"r":8,"p":1,"salt":"AAAA","key":"x"}', 'not json', '{}'])(
    'does not follow an altered wrapping into exhaustion: %s',
    async (wrapping) => {
      expect(await passphraseSource(PASSPHRASE).fetch('k1', wrapping)).toBeNull();
    },
  );
});
