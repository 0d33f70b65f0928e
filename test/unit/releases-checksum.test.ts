import { describe, expect, it } from 'vitest';
import { checksumIn, findChecksum } from '../../src/main/releases/checksum.ts';

const A = 'a1'.repeat(32);
const B = 'b2'.repeat(32);
const FILE = 'trackeep-linux-amd64.tar.gz';

describe('a checksum in a text', () => {
  it.each([
    ['sha256sum', `${A}  ${FILE}`],
    ['sha256sum in binary mode', `${A} *${FILE}`],
    ['BSD', `SHA256 (${FILE}) = ${A}`],
    ['with a path', `${A}  ./${FILE}`],
    ['a table row', `| \`${FILE}\` | \`${A}\` |`],
    ['prose', `The SHA-256 of ${FILE} is ${A}.`],
    ['capitals', `${A.toUpperCase()}  ${FILE}`],
    ['Windows line ends', `${B}  other.zip\r\n${A}  ${FILE}\r\n`],
  ])('is read from %s', (_, text) => {
    expect(checksumIn(text, FILE, { lone: false })).toBe(A);
  });

  it.each([
    ['of a file whose name only ends the same', `${A}  my-${FILE}`],
    ['of its signature', `${A}  ${FILE}.sig`],
    ['among several on one line', `${FILE}: ${A} or ${B}`],
    ['of another kind', `${'a'.repeat(128)}  ${FILE}`],
    ['alone, in a text that is not its own', A],
  ])('is not one %s', (_, text) => {
    expect(checksumIn(text, FILE, { lone: false })).toBeNull();
  });

  it('may stand alone in a file of its own', () => {
    expect(checksumIn(`${A}\n`, FILE, { lone: true })).toBe(A);
  });
});

describe('the checksum of a release file', () => {
  const file = (name: string, digest: string | null = null) => ({ name, digest });
  const never = async (asset: { name: string }) => {
    throw new Error(`${asset.name} was fetched`);
  };

  it('is GitHub’s own digest before anything that the release says', async () => {
    const assets = [file(FILE, `sha256:${A}`), file('checksums.txt')];
    const notes = `${B}  ${FILE}`;
    expect(await findChecksum(assets[0]!, { assets, notes }, never)).toEqual({ sha256: A, source: 'digest' });
  });

  it.each([`${FILE}.sha256`, 'SHA256SUMS', 'checksums.txt', 'trackeep_1.3.0_checksums.txt', 'sha256sum.txt'])(
    'is looked up in %s',
    async (name) => {
      const assets = [file(FILE), file(name), file('notes.txt')];
      const found = await findChecksum(assets[0]!, { assets, notes: '' }, async (asset) =>
        asset.name === name ? `${A}  ${FILE}\n` : never(asset),
      );
      expect(found).toEqual({ sha256: A, source: 'checksum_asset' });
    },
  );

  it('comes from the file of its own before that of the whole release', async () => {
    const assets = [file(FILE), file('SHA256SUMS'), file(`${FILE}.sha256`)];
    const texts: Record<string, string> = { SHA256SUMS: `${B}  ${FILE}`, [`${FILE}.sha256`]: A };
    expect(await findChecksum(assets[0]!, { assets, notes: '' }, async ({ name }) => texts[name] ?? '')).toEqual({
      sha256: A,
      source: 'checksum_asset',
    });
  });

  it('is no digest of another kind', async () => {
    const assets = [file(FILE, `sha512:${'c'.repeat(128)}`)];
    expect(await findChecksum(assets[0]!, { assets, notes: '' }, never)).toBeNull();
  });

  it('is not given up because its file cannot be read', async () => {
    const assets = [file(FILE), file('checksums.txt')];
    const notes = `${A}  ${FILE}`;
    await expect(findChecksum(assets[0]!, { assets, notes }, never)).rejects.toThrow('checksums.txt was fetched');
  });
});
